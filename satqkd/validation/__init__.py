"""Published figures held against ours."""
