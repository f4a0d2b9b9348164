"""Install into a Claude Code configuration folder, and take it away again without a trace."""
