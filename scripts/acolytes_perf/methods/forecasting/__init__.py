"""Forecasts of a series: models, their selection, special days, and when capacity runs out."""
