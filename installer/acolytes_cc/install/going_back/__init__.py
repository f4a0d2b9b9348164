"""The verbs rollback and forward: undo past changes, and make them again."""
