"""MCP servers of a project: each key of a server, variables, names, shapes and places of the file, and good files."""

from __future__ import annotations

from bench.client_truth.kinds.servers.changes import KINDS, generate
from bench.client_truth.kinds.servers.observe import observe

__all__ = ["KINDS", "generate", "observe"]
