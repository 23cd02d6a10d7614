"""Stray light, source by source."""
