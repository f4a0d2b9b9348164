"""Keeps results between runs."""
