"""From files and systems to rows of the event model."""
