"""A whole mission as one frozen value; no input or output."""
