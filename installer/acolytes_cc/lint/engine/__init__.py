"""Runs rules over files and turns problems into findings."""
