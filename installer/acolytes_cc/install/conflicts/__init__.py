"""Parts of a file that both sides changed: which are still open, and the verb that settles them."""
