"""Reads the files that configure the client: definitions of agents and skills, settings, hooks and manifests.

Everything is read as the client reads it, and each value knows its place in the file.
"""
