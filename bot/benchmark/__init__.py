"""Measures of the reading step: how well traces are read, how time grows with size, whether every secret is hidden."""
