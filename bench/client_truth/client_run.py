"""Runs of the real client in a scratch home, against the scripted model that `tests/client` uses, too."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from acolytes_cc.client import bundled_client, client_on_path, client_version
from acolytes_cc.doctor.client_run import ClientRun, environment, run_client
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Block, ModelRequest, Step, Text, ToolUse

AT_ONCE = 2
"""So many clients run side by side; each keeps a core busy."""
AGENTS_AT_ONCE = 10
"""So many agents the client runs side by side; it makes others wait."""
MAIN = "main"
PATIENCE_SECONDS = 300

_PLACEHOLDERS = frozenset({"DeferredToolPlaceholder"})

running = threading.BoundedSemaphore(AT_ONCE)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one run of the client left: its output and debug log, and its requests to the model."""

    run: ClientRun
    model: LoopbackModel

    def of(self, role: str) -> list[ModelRequest]:
        """The requests of one role, oldest first."""
        return self.model.of(role)

    def result_of(self, role: str) -> str:
        """What the main agent got back for starting the agent of this role; empty when it started none."""
        messages = [message for request in self.of(MAIN)[-1:] for message in request.body["messages"]]
        blocks = [block for message in messages if isinstance(message["content"], list) for block in message["content"]]
        calls = {block["id"] for block in blocks if block.get("input", {}).get("prompt") == _prompt(role)}
        results = (block["content"] for block in blocks if block.get("tool_use_id") in calls)
        return next((text if isinstance(text, str) else text[0].get("text", "") for text in results), "")

    @property
    def debug_lines(self) -> list[str]:
        """The lines of the debug log without the time in front."""
        return [line.partition(" ")[2] or line for line in self.run.debug.splitlines()]


def converse(
    client: Path,
    project: Path,
    home: Path,
    roles: Iterable[Role],
    *arguments: str,
    prompt: str = "go",
    allowed: str = "Agent",
    environ: Mapping[str, str] | None = None,
    trusted: bool = True,
) -> Conversation:
    """Run the client once with a prompt, and answer its requests as ``roles`` say.

    Args:
        client: The program.
        project: The folder in which it starts.
        home: Its HOME.
        roles: Who answers; the first that matches a request does.
        arguments: Further options of the client.
        prompt: What the user says.
        allowed: Tools that need no approval, separated by commas.
        environ: Further environment variables.
        trusted: Whether the user trusts the folder: else the client skips hooks and servers of agents.

    Raises:
        subprocess.TimeoutExpired: The client ran for longer than five minutes.
    """
    if trusted:
        trust(home, project)
    with running, LoopbackModel(list(roles)) as model:
        run = run_client(
            client,
            *("-p", prompt, "--output-format", "json", "--allowedTools", allowed, *arguments),
            cwd=project,
            env={**environment(home, model.url), **(environ or {})},
            debug_file=home.parent / f"debug-{threading.get_ident()}.txt",
            timeout=PATIENCE_SECONDS,
        )
    return Conversation(run, model)


def spawning(agents: Mapping[str, str], answers: Callable[[str], list[Step]] | None = None) -> list[Role]:
    """Roles with which the main agent starts each agent once, ten at a time.

    Args:
        agents: For each role the name by which its agent is started.
        answers: What the model says as each role's agent (default: "done").
    """
    calls = [
        ToolUse(
            "Agent",
            {"description": "probe", "prompt": _prompt(role), "subagent_type": name, "run_in_background": False},
        )
        for role, name in agents.items()
    ]
    steps: list[Step] = [list[Block](calls[cut : cut + AGENTS_AT_ONCE]) for cut in range(0, len(calls), AGENTS_AT_ONCE)]
    by_prompt = [
        Role(role, _asked_as(role), answers(role) if answers else [Text("done")], may_have_no_tools=True)
        for role in agents
    ]
    return [*by_prompt, Role(MAIN, lambda _: True, [*steps, Text("done")])]


def in_parallel(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """Do the work for each item, as many at once as clients may run."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))


def in_batches(
    observe: Callable[[Path, Path, Sequence[_Item]], list[_Item]],
    cases: Sequence[_Item],
    client: Path,
    scratch: Path,
    *,
    size: int,
) -> list[_Item]:
    """Observe ``size`` cases in each run of the client, which has a folder of its own; several runs at once."""
    starts = range(0, len(cases), size)
    batches = in_parallel(lambda at: observe(client, scratch / str(at), cases[at : at + size]), starts)
    return [case for batch in batches for case in batch]


def trust(home: Path, project: Path) -> None:
    """Record in the client's own file that the user trusts the folder."""
    path = home / ".claude.json"
    facts = json.loads(path.read_text("utf-8")) if path.exists() else {}
    facts.setdefault("projects", {}).setdefault(str(project), {})["hasTrustDialogAccepted"] = True
    path.write_text(json.dumps(facts), "utf-8")


def tools_of(request: ModelRequest) -> frozenset[str]:
    """The tools that a request offers, also those whose schemas the client sends only on demand."""
    deferred = re.search(r"to load tool schemas before calling them:\n((?:\S+\n)*)", request.everything)
    return (frozenset(request.tools) | frozenset(deferred[1].split() if deferred else ())) - _PLACEHOLDERS


def make_repository(project: Path) -> None:
    """Make the folder a git repository with one commit."""
    author = ("-c", "user.name=probe", "-c", "user.email=probe@example.org")
    for command in (("init", "-q", "-b", "main"), (*author, "commit", "-q", "--allow-empty", "-m", "start")):
        subprocess.run(["git", "-C", str(project), *command], check=True, capture_output=True)


def client_at(path: Path | None) -> tuple[Path, str]:
    """The client to run (default: the one of the package claude-agent-sdk, else of PATH), and its version."""
    program = str(path) if path else bundled_client() or client_on_path()
    version = client_version(program, timeout=60) if program else None
    if program is None or version is None:
        raise SystemExit("no client: install the extra `test`, or pass one with --client")
    return Path(program).absolute(), version


def _prompt(role: str) -> str:
    return f"Probe <{role}>."


def _asked_as(role: str) -> Callable[[ModelRequest], bool]:
    prompt = _prompt(role)
    return lambda request: prompt in request.first_prompt
