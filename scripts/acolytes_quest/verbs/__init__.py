"""The verbs of `acolytes-quest`, a module for those that belong together."""
