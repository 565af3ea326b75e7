"""Word lists of the readers, one file a language: another language is another file."""
