"""Columns of tables, each described once."""
