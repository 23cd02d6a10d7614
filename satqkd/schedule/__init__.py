"""Which contacts to fly, and how to spend their keys on pairs of stations."""
