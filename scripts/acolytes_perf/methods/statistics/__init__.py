"""Intervals, distributions and tests that several methods need."""
