"""From the clicks of a block to two equal secret keys, bit by bit."""
