"""Answers made fit for readers: formats, charts, boards, files."""
