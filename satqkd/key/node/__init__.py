"""Key of two links with a node between them that need not be trusted."""
