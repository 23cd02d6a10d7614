"""Reads, calls, prints."""
