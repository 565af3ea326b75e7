"""The ways of other products, a module each."""
