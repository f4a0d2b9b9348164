"""Checks agent definitions: one rule a module, found, not registered."""
