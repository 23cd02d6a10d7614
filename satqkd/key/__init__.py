"""From counts to secret bits, and why there are none when there are none."""
