"""The same links as clocks: how well two of them can be compared."""
