"""Declared measures and the engine that counts them."""
