"""The operational side: people and what they keep in Regard."""
