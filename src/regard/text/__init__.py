"""A string in, a finding out."""
