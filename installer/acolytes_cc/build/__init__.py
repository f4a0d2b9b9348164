"""Build what is handed out from the one source: the Claude Code plugin."""
