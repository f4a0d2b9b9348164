"""``acolytes lint --verify-with-client``: let the real client load the same definitions, and compare.

The definitions are copied into an empty project with an empty home, so none of the user's hooks and servers run. The
model is the loopback server: nothing leaves the machine, and no tokens are used.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from acolytes_cc.client import bundled_client, client_on_path
from acolytes_cc.definitions.definition import SIZE_LIMIT, Definition
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import parse_subject
from acolytes_cc.doctor.client_run import environment
from acolytes_cc.doctor.inspection import Inspection, agent_name
from acolytes_cc.doctor.isolation import refuse_managed
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Block, ModelRequest, Step, Text, ToolUse
from acolytes_cc.doctor.supervise import run_supervised
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import find_places
from acolytes_cc.lint.file_selection import select_files
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.printable import printable

# The client runs at most ten agents side by side.
_AT_ONCE = 10


class AgentComparison(NamedTuple):
    """What the client did with one definition, what the linter found in it, and whether they agree."""

    path: str
    client: str
    lint: str
    agree: bool


def verify_command(paths: Sequence[str], report: LintReport, *, to_stderr: bool = False) -> bool:
    """Print for each agent whether the client does what the linter's report says; True when it does for all."""
    definitions = tuple(_definitions(paths))
    if not definitions:
        raise UserError("--verify-with-client: there is no agent definition in these paths")
    comparisons = compare(_client(), definitions, report)
    for comparison in comparisons:
        verdict = "agree" if comparison.agree else "DISAGREE"
        path, client = printable(comparison.path), printable(comparison.client)
        click.echo(f"{verdict:<10}{path}: the client {client}; lint finds {comparison.lint}", err=to_stderr)
    disagreeing = sum(not comparison.agree for comparison in comparisons)
    click.echo(f"{len(comparisons)} verified with the client, {disagreeing} disagree", err=to_stderr)
    return not disagreeing


def compare(client: Path, definitions: Sequence[Definition], report: LintReport) -> list[AgentComparison]:
    """Run the client once and have it call each agent; UserError (CANNOT) when it calls no model."""
    refuse_managed(Inspection(find_places("user", None), Path.cwd(), client))
    with tempfile.TemporaryDirectory(prefix="acolytes-verify-") as folder, LoopbackModel(_roles(definitions)) as model:
        home, project = Path(folder, "home"), Path(folder, "project")
        home.mkdir()
        _write(definitions, project)
        command = [str(client), "-p", "acolytes lint --verify-with-client", "--allowedTools", "Agent"]
        ended = run_supervised(command, project, environment(home, model.url), lambda: bool(model.requests))
        if not model.of("main"):
            raise UserError(f"the client did not call the loopback server; its last output: {ended}", Exit.CANNOT)
    findings_by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        findings_by_path[finding.path].append(finding)
    return [_comparison(definition, model.of(_role(definition)), findings_by_path) for definition in definitions]


def _definitions(paths: Sequence[str]) -> Iterator[Definition]:
    for path in select_files(paths).files:
        try:
            subject = parse_subject(read_bytes(Path(path), SIZE_LIMIT + 1), path)
        except OSError:
            continue  # the client cannot read it either
        if isinstance(subject, Definition) and subject.kind == "agent":
            yield subject


def _client() -> Path:
    client = client_on_path() or bundled_client()
    if client is None:
        raise UserError("--verify-with-client needs the client: put `claude` on PATH", Exit.CANNOT)
    return Path(client)


def _write(definitions: Sequence[Definition], project: Path) -> None:
    """Write each to a folder of its own, because two may have the same file name."""
    for number, definition in enumerate(definitions):
        path = project / ".claude" / "agents" / f"{number:04}" / Path(definition.path).name
        path.parent.mkdir(parents=True)
        path.write_bytes(definition.source.data)


def _roles(definitions: Sequence[Definition]) -> list[Role]:
    named = [definition for definition in definitions if agent_name(definition)]
    calls = [
        ToolUse("Agent", {"description": "verify", "prompt": _role(one), "subagent_type": agent_name(one)})
        for one in named
    ]
    steps: list[Step] = [list[Block](calls[cut : cut + _AT_ONCE]) for cut in range(0, len(calls), _AT_ONCE)]
    agents = [Role(_role(one), partial(_is_for, _role(one)), [Text("done")]) for one in named]
    return [*agents, Role("main", lambda _: True, [*steps, Text("done")])]


def _role(definition: Definition) -> str:
    return f"Verify the definition at {definition.path}."


def _is_for(role: str, request: ModelRequest) -> bool:
    return role in request.first_prompt


def _comparison(
    definition: Definition, requests: list[ModelRequest], findings_by_path: dict[str, list[Finding]]
) -> AgentComparison:
    findings = findings_by_path[definition.path]
    titles = [f"{finding.severity} {finding.name}" for finding in findings if finding.severity != "info"]
    lint = ", ".join(dict.fromkeys(titles))
    difference = _difference(definition, requests[0] if requests else None)
    # A request does not show a wrong colour, so a finding without a difference is not a contradiction.
    is_reported_as_dropped = any("drops the agent" in finding.message for finding in findings)
    agree = bool(lint) if difference else not is_reported_as_dropped
    return AgentComparison(definition.path, difference or "uses it as it is written", lint or "nothing", agree)


def _difference(definition: Definition, request: ModelRequest | None) -> str | None:
    """How the client's agent differs from its definition, as far as a request shows it."""
    if request is None:
        return "does not start it"
    body = re.sub(r"\s+", " ", definition.body).strip()[:2000]
    if body not in re.sub(r"\s+", " ", request.system):
        return "starts another agent of that name, or cuts its text"
    aliases = registry().tool_aliases
    declared = {aliases.get(entry.name, entry.name) for entry in definition.tool_entries("tools")} - {"*"}
    missing = sorted(tool for tool in declared if not tool.startswith("mcp__") and tool not in request.tools)
    return f"does not give it {', '.join(missing)}" if missing else None
