"""A choice among options, by criteria, requirements and comparisons."""
