#!/usr/bin/env python3
"""SubagentStart: tell our agent which project documents exist, its id, and whether a turn of a quest waits for it.

Any other agent hears something only when a turn waits for it by name: then how to take and answer it.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generated
import hook_io

DOCUMENTS = ("vision", "architecture", "technical-decisions", "team-preferences", "project-context", "roadmap")
_MOST_FALLBACKS = 12
_INVISIBLE = "\u115f\u1160\u3164\uffa0"  # Hangul fillers, which count as letters


def handle(event: hook_io.Event) -> hook_io.Answer:
    """Context for the subagent only; names of files are told as data, never their contents."""
    agent = hook_io.agent_type(event)
    context = _for_ours(event, agent) if agent in generated.OUR_AGENTS else _for_others(event)
    if not context:
        return None
    return {"hookSpecificOutput": {"hookEventName": "SubagentStart", "additionalContext": context}}


def _for_others(event: hook_io.Event) -> str:
    """How an agent that knows nothing of quests takes its turn. No hook adds --as to its calls, so they carry it."""
    agent, caller = str(event.get("agent_type") or ""), hook_io.session(event)
    turn = _waiting_turn(str(event.get("cwd") or "."), agent) if agent and caller else None
    if not turn:
        return ""
    return (
        f"Quest board: turn {turn[1]} of quest {turn[0]} waits for {agent}. If you were not started for a quest, leave"
        " it alone. Else run, one plain call each:\n"
        f"acolytes-quest monitor --role worker --agent {agent} --as {caller}\n"
        "It gives you the turn for 15 minutes; call it again for more time. Do the work, then answer:\n"
        f"acolytes-quest respond --quest {turn[0]} --as {caller} --msg 'Completed: ...' (or CLARIFICATION:, BLOCKED:)\n"
        f"What was said before: acolytes-quest conversation --quest {turn[0]} --as {caller}\n"
        "Then monitor again, until the quest is over."
    )


def _for_ours(event: hook_io.Event, agent: str) -> str:
    cwd = str(event.get("cwd") or ".")
    caller = hook_io.session(event)
    lines = [_documents(cwd), f"Your id on the quest board is {caller}; it is added to your calls by itself."]
    turn = _waiting_turn(cwd, agent)
    if turn:
        lines.append(
            f"Turn {turn[1]} of quest {turn[0]} waits for {agent}. Unless you were started for a quest, leave it alone."
        )
    return "\n".join(lines)


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
    plain = all((char.isalnum() or char in "._-/+@~") and char not in _INVISIBLE for char in path)
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
        waiting = board.waiting_turn(cwd, os.environ, agent) if board else None
        return (waiting.quest, waiting.turn) if waiting else None
    except Exception:
        return None  # a busy or broken board must not cost the agent its project context


if __name__ == "__main__":
    hook_io.run(handle)
