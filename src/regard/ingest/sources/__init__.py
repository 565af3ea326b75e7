"""One file a source that needs more than a mapping."""
