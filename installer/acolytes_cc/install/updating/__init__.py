"""The verbs install, update and diff: make a plan, show it and apply it."""
