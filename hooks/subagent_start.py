#!/usr/bin/env python3
"""SubagentStart: tell our agent its id, which project documents exist, and whether a turn of a quest waits for it.

Any other agent gets a text only when a turn waits for it by name: how to take the turn and answer it.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generated
import hook_io

DOCUMENTS = ("vision", "architecture", "technical-decisions", "team-preferences", "project-context", "roadmap")
_MOST_DOCUMENTS = 12
_INVISIBLE = "\u115f\u1160\u3164\uffa0"  # Hangul fillers, which count as letters


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Answer with context for the subagent: names of files as data, never their contents."""
    agent = hook_io.agent_type(event)
    context = _own_context(event, agent) if agent in generated.OUR_AGENTS else _turn_for_another(event)
    if not context:
        return None
    return {"hookSpecificOutput": {"hookEventName": "SubagentStart", "additionalContext": context}}


def _turn_for_another(event: hook_io.Event) -> str:
    """How an agent without our instructions takes its turn. No hook adds --as to its calls, so the text has it."""
    agent, caller = str(event.get("agent_type") or ""), hook_io.session(event)
    turn = _waiting_turn(event, agent) if agent and caller else None
    if not turn:
        return ""
    return (
        f"Quest board: turn {turn[1]} of quest {turn[0]} waits for {agent}. If you were not started for a quest, leave"
        " it alone. Otherwise take the turn with this command, alone in its Bash call:\n"
        f"acolytes-quest monitor --role worker --agent {agent} --quest {turn[0]} --as {caller}\n"
        "It gives you the turn for 15 minutes; run it again for more time. Do the work, then answer:\n"
        f"acolytes-quest respond --quest {turn[0]} --as {caller} --msg 'Completed: ...' (or CLARIFICATION:, BLOCKED:)\n"
        f"Earlier messages: acolytes-quest conversation --quest {turn[0]} --as {caller}\n"
        "End with your report; to stay for more turns, monitor again first."
    )


def _own_context(event: hook_io.Event, agent: str) -> str:
    cwd = str(event.get("cwd") or ".")
    caller = hook_io.session(event)
    lines = [_documents(cwd), f"Your id on the quest board is {caller}. A hook adds it to your calls."]
    turn = _waiting_turn(event, agent)
    if turn:
        lines.append(
            f"Turn {turn[1]} of quest {turn[0]} waits for {agent}. Unless you were started for a quest, leave it alone."
            f" Otherwise take it: acolytes-quest monitor --role worker --agent {agent} --quest {turn[0]}"
        )
    return "\n".join(lines)


def _documents(cwd: str) -> str:
    root = _project_root(cwd)
    context = [os.path.join(".claude", "project", f"{name}.md") for name in DOCUMENTS]
    existing = [path for path in context if os.path.isfile(os.path.join(root, path))]
    if existing:
        return f"Read the project's documents in this order (in {_as_data(root)}): {', '.join(existing)}"
    others = _other_documents(root, cwd)
    if others:
        return f"There is no .claude/project/. Read what the request needs (in {_as_data(root)}): {', '.join(others)}"
    return "No project documents here: no .claude/project/, README.md, docs/ or other Markdown file."


def _other_documents(root: str, cwd: str) -> list[str]:
    """README.md of the project, the module's documents, docs/ or documentation/, Markdown files here, in this order."""
    paths = [name for name in ("README.md",) if os.path.isfile(os.path.join(root, name))]
    module = [] if os.path.samefile(root, cwd) else [os.path.join(cwd, "README.md"), os.path.join(cwd, "docs")]
    paths += [os.path.relpath(path, root) for path in module if os.path.exists(path)]
    paths += [name + "/" for name in ("docs", "documentation") if os.path.isdir(os.path.join(root, name))]
    here = sorted(name for name in os.listdir(cwd) if name.endswith(".md"))
    for name in here:
        path = os.path.relpath(os.path.join(cwd, name), root)
        if path not in paths:
            paths.append(path)
    shown = [_as_data(path) for path in paths[:_MOST_DOCUMENTS]]
    return shown + ([f"and {len(paths) - _MOST_DOCUMENTS} more"] if len(paths) > _MOST_DOCUMENTS else [])


def _as_data(path: str) -> str:
    """The name of a file; quoted where it could be read as an instruction."""
    is_plain = all((char.isalnum() or char in "._-/+@~") and char not in _INVISIBLE for char in path)
    if is_plain and len(path) <= 200:
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


def _waiting_turn(event: hook_io.Event, agent: str) -> tuple[int, int] | None:
    try:
        board = hook_io.board()
        cwd, client = str(event.get("cwd") or "."), hook_io.client_session(event)
        waiting = board.waiting_turn(cwd, os.environ, agent, client) if board else None
        return (waiting.quest, waiting.turn) if waiting else None
    except Exception:
        return None  # a busy or broken board must not cost the agent its project context


if __name__ == "__main__":
    hook_io.run(handle)
