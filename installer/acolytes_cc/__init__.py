"""Acolytes: installs, lints and proves agent definitions for Claude Code."""

__version__ = "0.1.0"
