"""The beam from one telescope to the other: divergence, capture, pointing."""
