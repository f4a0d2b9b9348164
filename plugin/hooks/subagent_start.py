#!/usr/bin/env python3
"""SubagentStart: tell our agent which project documents exist, its id, and whether a turn of a quest waits for it."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hook_io

DOCUMENTS = ("vision", "architecture", "technical-decisions", "team-preferences", "project-context", "roadmap")
_MOST_FALLBACKS = 12


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Context for the subagent only; names of files are told as data, never their contents."""
    agent = hook_io.agent_type(event)
    if agent not in hook_io.OUR_AGENTS:
        return None
    cwd = str(event.get("cwd") or ".")
    caller = hook_io.session(event)
    lines = [_documents(cwd), f"Your id on the quest board is {caller}; it is added to your calls by itself."]
    turn = _waiting_turn(cwd, agent)
    if turn:
        lines.append(
            f"Turn {turn[1]} of quest {turn[0]} waits for {agent}. Unless you were started for a quest, leave it alone."
        )
    return {"hookSpecificOutput": {"hookEventName": "SubagentStart", "additionalContext": "\n".join(lines)}}


def _documents(cwd: str) -> str:
    root = _project_root(cwd)
    context = [os.path.join(".claude", "project", f"{name}.md") for name in DOCUMENTS]
    found = [path for path in context if os.path.isfile(os.path.join(root, path))]
    if found:
        return f"Project context, to be read in this order (below {_told(root)}): {', '.join(found)}"
    found = _fallbacks(root, cwd)
    if found:
        return f"No .claude/project/ here. Read what bears on the request (below {_told(root)}): {', '.join(found)}"
    return "No project documents here: no .claude/project/, README.md, docs/ or other Markdown file."


def _fallbacks(root: str, cwd: str) -> list[str]:
    """README.md of the project, the module's documents, docs/ or documentation/, Markdown files here, in this order."""
    found = [name for name in ("README.md",) if os.path.isfile(os.path.join(root, name))]
    module = [] if os.path.samefile(root, cwd) else [os.path.join(cwd, "README.md"), os.path.join(cwd, "docs")]
    found += [os.path.relpath(path, root) for path in module if os.path.exists(path)]
    found += [name + "/" for name in ("docs", "documentation") if os.path.isdir(os.path.join(root, name))]
    here = sorted(name for name in os.listdir(cwd) if name.endswith(".md"))
    for name in here:
        path = os.path.relpath(os.path.join(cwd, name), root)
        if path not in found:
            found.append(path)
    told = [_told(path) for path in found[:_MOST_FALLBACKS]]
    return told + ([f"and {len(found) - _MOST_FALLBACKS} more"] if len(found) > _MOST_FALLBACKS else [])


def _told(path: str) -> str:
    """A file's name as data: whoever can create files here must not be able to write instructions."""
    plain = all(char.isalnum() or char in "._-/+@~" for char in path)
    if plain and len(path) <= 200:
        return path
    import json

    return json.dumps(path[:200])


def _project_root(cwd: str) -> str:
    folder = os.path.abspath(cwd)
    while True:
        if os.path.exists(os.path.join(folder, ".git")) or os.path.isdir(os.path.join(folder, ".claude", "project")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return os.path.abspath(cwd)
        folder = parent


def _waiting_turn(cwd: str, agent: str) -> tuple[int, int] | None:
    try:
        board = hook_io.board()
        return board.waiting_turn(cwd, os.environ, agent) if board else None
    except Exception:
        return None  # a busy or broken board must not cost the agent its project context


if __name__ == "__main__":
    hook_io.run(handle)
