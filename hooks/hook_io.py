"""What every hook shares: it reads the event, answers, and never blocks by accident.

Hooks run on every tool call: they import the standard library only, and as late as possible.
"""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Optional

    Event = Mapping[str, Any]
    Answer = Optional[dict[str, Any]]

# The client's tools that write a file, and those that start or address another agent (2.1.330, and older names).
EDITS = frozenset(("Edit", "MultiEdit", "NotebookEdit", "Write"))
AGENT_CALLS = frozenset(("Agent", "SendMessage", "Task", "Workflow"))


class Wake:
    """The answer of a hook that runs beside the client and wakes the agent with a text."""

    def __init__(self, text: str) -> None:
        self.text = text


def run(handle: Callable[[Event], Answer] | Callable[[Event], Wake | None]) -> None:
    """Hand the event on standard input to ``handle``, print its answer as JSON and end the process with exit 0.

    Only a ``Wake`` is exit 2, with its text on standard error: so the client wants it of a hook that wakes an agent.

    Whatever goes wrong, the tool proceeds: an error of ours must never stop the user's work. With
    ``ACOLYTES_HOOK_DEBUG`` set, the error goes to standard error, which the client keeps in its debug file.
    """
    if sys.version_info < (3, 9):  # noqa: UP036 - a plugin's hooks run with the python3 on PATH
        os._exit(0)  # our commands need 3.9 and say so
    try:
        event = json.loads(sys.stdin.buffer.read())
        answer = handle(event) if isinstance(event, dict) else None
        if isinstance(answer, Wake):
            sys.stderr.buffer.write(answer.text.encode("utf-8", "backslashreplace") + b"\n")
            sys.stderr.flush()
            os._exit(2)
        if answer:
            sys.stdout.write(json.dumps(answer))
            sys.stdout.flush()
    except BaseException as error:
        if os.environ.get("ACOLYTES_HOOK_DEBUG"):
            print(f"acolytes hook: {type(error).__name__}: {error}", file=sys.stderr)
    # Skips the interpreter's shutdown, which takes milliseconds and may itself fail.
    os._exit(0)


def end_with_the_client() -> None:
    """From now on end this process when the client ends or stops waiting: nobody would read the answer."""
    import select
    import threading

    parent = os.getppid()
    output = select.poll()
    output.register(1, 0)  # reports an error when the reader has closed the pipe

    def watch() -> None:
        while os.getppid() == parent and not output.poll(1000):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def client_process() -> int:
    """The number of the client's process. A plugin's hook is started by a shell, which names it."""
    named = os.environ.get("ACOLYTES_CLIENT_PROCESS", "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else os.getppid()


def agent_type(event: Event) -> str:
    """The agent's name without a plugin's prefix (``acolytes:ops.performance``)."""
    return str(event.get("agent_type") or "").rpartition(":")[2]


def session(event: Event) -> str:
    """The subagent's id, by which the board knows it; empty for the main agent.

    It goes into a command line, so it must have the form that the board itself accepts.
    """
    agent_id = str(event.get("agent_id") or "")
    return agent_id if _is_plain(agent_id) else ""


def client_session(event: Event) -> str:
    """The client's own session, to which its agents belong; empty when it has no plain form."""
    session_id = str(event.get("session_id") or "")
    return session_id if _is_plain(session_id) else ""


def edited_file(event: Event) -> str:
    """The file that a tool call writes to, as the call names it; empty for every other call."""
    tool_input = event.get("tool_input")
    if event.get("tool_name") not in EDITS or not isinstance(tool_input, dict):
        return ""
    return str(tool_input.get("file_path") or tool_input.get("notebook_path") or "")


def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= 64


def quest_scripts() -> str:
    """The folder of the quest scripts that belong to these hooks; empty where they are not installed."""
    here = os.path.dirname(os.path.abspath(__file__))
    # <target>/acolytes/hooks beside <target>/scripts; in the plugin and the checkout hooks/ beside scripts/;
    # in the wheel acolytes_cc/_data/hooks beside the package itself
    for place in ("../scripts", "../../scripts", "../../.."):
        folder = os.path.normpath(os.path.join(here, place, "acolytes_quest"))
        if os.path.isdir(folder):
            return folder
    return ""


def board() -> Any:
    """The quest board's interface for hooks, or None where the quest scripts are not installed."""
    folder = quest_scripts()
    if not folder:
        return None
    sys.path.insert(0, os.path.dirname(folder))
    import acolytes_quest  # noqa: F401 - its submodules are imported through it from now on

    del sys.path[0]  # a stray module beside the package must not shadow the standard library's
    from acolytes_quest.hooks import api as hook_api

    return hook_api


def client_identity() -> str:
    """The client's process as the board knows it; empty where that cannot be found out."""
    board_interface = board()
    return str(board_interface.client_identity(client_process())) if board_interface else ""
