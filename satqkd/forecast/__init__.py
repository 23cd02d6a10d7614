"""The chain from passes to keys, and from keys to a plan."""
