"""One file a page: a function of what a request sees, put together from the report's parts."""
