"""The verbs of `acolytes-quest`: the function `run` of the module with the verb's name runs it."""
