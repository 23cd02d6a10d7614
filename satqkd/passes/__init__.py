"""When a station sees a satellite, and the geometry while it does."""
