"""The command line: `regard`, one module a group of commands."""

from regard.cli.app import main

__all__ = ["main"]
