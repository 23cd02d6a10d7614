"""Pages of a plan: markup made from its tables, without script."""
