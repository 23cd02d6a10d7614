"""From arriving light to expected counts and errors."""
