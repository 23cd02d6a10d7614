"""From a log of flown passes to the constants that differ between sky and model."""
