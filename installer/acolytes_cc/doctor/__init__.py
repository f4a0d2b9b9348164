"""Proof that an installation works: the real client against a scripted model on the loopback."""
