"""What customers and people of the demo write: one file a language, all of it our own words."""
