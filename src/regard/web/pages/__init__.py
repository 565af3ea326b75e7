"""One file a page: read a question from the address, ask it, show the answer."""
