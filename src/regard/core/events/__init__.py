"""The tables of the event model, one file a theme."""
