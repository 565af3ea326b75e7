"""The analytic store: Delta tables under one manifest, read through DuckDB."""
