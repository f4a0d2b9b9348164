"""The commands of client 2.1.332: it does not use these as the name of a skill in another folder."""

from __future__ import annotations

_BUILT_IN_COMMANDS_WORDS = """
help exit login logout status model memory mcp permissions plugin hooks resume rewind skills theme tasks usage
bug feedback doctor export ide release-notes sandbox statusline terminal-setup add-dir agents config compact
clear copy diff fork branch btw mobile keybindings output-style plan rename loop batch simplify debug verify
fast effort context init insights color security-review passes stickers tui focus team-onboarding powerup
heapdump goal recap reload-plugins reload-skills deep-research claude-api run dataviz update-config code-review
autocompact auto-mode-setup list-agents workflow-authoring run-skill-generator plugin-authoring
fewer-permission-prompts
"""
BUILT_IN_COMMANDS = frozenset(_BUILT_IN_COMMANDS_WORDS.split())
