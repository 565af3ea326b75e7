"""The words everything else is said in: no input or output here."""
