"""Our entries in the client's settings file. Nothing else in that file changes."""
