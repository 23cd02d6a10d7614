"""The desk: a local page on which tonight is decided, made of the report's parts."""
