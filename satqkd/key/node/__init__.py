"""Key of two links with a node between them that nobody has to trust."""
