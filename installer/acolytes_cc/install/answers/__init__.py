"""The answers to the questions of the templates: from options, a file, the manifest or the user."""
