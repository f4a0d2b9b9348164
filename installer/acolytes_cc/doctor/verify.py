"""``acolytes lint --verify-with-client``: has the real client load the same definitions, and compares.

They are copied into a project of their own, with an empty home, so that none of the user's hooks and servers run, and
the model is the loopback's: nothing leaves the machine, and no token is spent.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from acolytes_cc.definitions.definition import SIZE_LIMIT, Definition
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import parse_subject
from acolytes_cc.doctor.client import environment, find_client
from acolytes_cc.doctor.guard import refuse_managed
from acolytes_cc.doctor.loopback import LoopbackModel, Request, Role, Step, Text, Use
from acolytes_cc.doctor.subject import Subject, agent_name
from acolytes_cc.doctor.supervise import supervised
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import find_places
from acolytes_cc.lint.api import choose
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.printable import printable

# The client runs at most ten agents side by side.
_AT_ONCE = 10


class Compared(NamedTuple):
    """One definition: what the client did with it, what the linter says of it, and whether they agree."""

    path: str
    client: str
    lint: str
    agree: bool


def verify_command(paths: Sequence[str], report: Report, *, to_stderr: bool = False) -> bool:
    """Print a line for each agent, and whether the client does what the report says; True when it always does."""
    definitions = tuple(_definitions(paths))
    if not definitions:
        raise UserError("--verify-with-client has nothing to verify: no agent definition among these")
    compared = compare(_find_client(), definitions, report)
    for one in compared:
        verdict = "agree" if one.agree else "DISAGREE"
        click.echo(
            f"{verdict:<10}{printable(one.path)}: the client {printable(one.client)}; lint finds {one.lint}",
            err=to_stderr,
        )
    disagreeing = sum(not one.agree for one in compared)
    click.echo(f"{len(compared)} verified with the client, {disagreeing} disagree", err=to_stderr)
    return not disagreeing


def compare(client: Path, definitions: Sequence[Definition], report: Report) -> list[Compared]:
    """Run the client once and have it call each of the definitions; UserError (CANNOT) when it asks for no model."""
    refuse_managed(Subject(find_places("user", None), Path.cwd(), client))
    with tempfile.TemporaryDirectory(prefix="acolytes-verify-") as folder, LoopbackModel(_roles(definitions)) as model:
        home, project = Path(folder, "home"), Path(folder, "project")
        home.mkdir()
        _write(definitions, project)
        command = [str(client), "-p", "acolytes lint --verify-with-client", "--allowedTools", "Agent"]
        ended = supervised(command, project, environment(home, model.url), lambda: bool(model.requests))
        if not model.of("main"):
            raise UserError(f"the client asked nothing of the loopback model; it said: {ended}", Exit.CANNOT)
    of_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        of_path[finding.path].append(finding)
    return [_compared(definition, model.of(_role(definition)), of_path) for definition in definitions]


def _definitions(paths: Sequence[str]) -> Iterator[Definition]:
    for path in choose(paths).files:
        try:
            subject = parse_subject(read_bytes(Path(path), SIZE_LIMIT + 1), path)
        except OSError:
            continue  # the client cannot read it either
        if isinstance(subject, Definition) and subject.kind == "agent":
            yield subject


def _find_client() -> Path:
    found = shutil.which("claude")
    client = Path(found) if found else find_client()
    if client is None:
        raise UserError("--verify-with-client needs the client: put `claude` on PATH", Exit.CANNOT)
    return client


def _write(definitions: Sequence[Definition], project: Path) -> None:
    """Each in a folder of its own, for two of them may have one file name."""
    for number, definition in enumerate(definitions):
        path = project / ".claude" / "agents" / f"{number:04}" / Path(definition.path).name
        path.parent.mkdir(parents=True)
        path.write_bytes(definition.source.data)


def _roles(definitions: Sequence[Definition]) -> list[Role]:
    named = [definition for definition in definitions if agent_name(definition)]
    calls = [
        Use("Agent", {"description": "verify", "prompt": _role(one), "subagent_type": agent_name(one)}) for one in named
    ]
    steps: list[Step] = [list(calls[cut : cut + _AT_ONCE]) for cut in range(0, len(calls), _AT_ONCE)]
    agents = [Role(_role(one), partial(_is_for, _role(one)), [Text("done")]) for one in named]
    return [*agents, Role("main", lambda _: True, [*steps, Text("done")])]


def _role(definition: Definition) -> str:
    return f"Verify the definition at {definition.path}."


def _is_for(role: str, request: Request) -> bool:
    return role in request.first_prompt


def _compared(definition: Definition, requests: list[Request], of_path: dict[str, list[Finding]]) -> Compared:
    findings = of_path[definition.path]
    told = [f"{finding.severity} {finding.name}" for finding in findings if finding.severity != "info"]
    lint = ", ".join(dict.fromkeys(told))
    difference = _difference(definition, requests[0] if requests else None)
    # A wrong colour shows in no request, so an error without a difference is no contradiction; a dropped agent shows.
    said_dropped = any("drops the agent" in finding.message for finding in findings)
    agree = bool(lint) if difference else not said_dropped
    return Compared(definition.path, difference or "takes it as it is written", lint or "nothing", agree)


def _difference(definition: Definition, request: Request | None) -> str | None:
    """What the client makes different from what stands there, as far as a request shows it."""
    if request is None:
        return "does not start it"
    body = re.sub(r"\s+", " ", definition.body).strip()[:2000]
    if body not in re.sub(r"\s+", " ", request.system):
        return "starts another one of that name, or cuts its text"
    aliases = registry().tool_aliases
    declared = {aliases.get(entry.name, entry.name) for entry in definition.tool_entries("tools")} - {"*"}
    missing = sorted(tool for tool in declared if not tool.startswith("mcp__") and tool not in request.tools)
    return f"gives it no {', '.join(missing)}" if missing else None
