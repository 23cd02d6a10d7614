"""Which contacts to schedule, and how to spend their keys on pairs of stations."""
