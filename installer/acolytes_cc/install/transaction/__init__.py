"""Change many files as one: all or nothing, also after a crash, and with a way back."""
