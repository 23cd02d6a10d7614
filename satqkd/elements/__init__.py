"""Orbit elements: read strictly, propagated by SGP4, always with their age."""
