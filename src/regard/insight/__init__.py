"""Questions asked of the store, and what the answers mean."""
