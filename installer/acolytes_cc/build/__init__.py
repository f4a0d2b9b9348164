"""Build the Claude Code plugin, and the other files that follow from the sources."""
