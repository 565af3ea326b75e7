"""One file a theme of metrics."""
