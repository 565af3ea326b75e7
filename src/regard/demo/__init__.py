"""A seeded company whose truth is known."""
