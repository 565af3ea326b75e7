"""One file a fact or a few kindred ones."""
