"""Writes findings as text, JSON, SARIF and annotations, and the rules' own pages."""
