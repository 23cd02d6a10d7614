"""Finite-size bounds, and what a block risks."""
