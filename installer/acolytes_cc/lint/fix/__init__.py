"""Applies the fixes that rules offer."""
