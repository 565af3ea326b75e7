"""Numbers in, an Estimate out. scipy and statsmodels live here only."""
