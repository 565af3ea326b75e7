"""Regard measures how well a company treats its customers."""

__version__ = "0.1.0"
