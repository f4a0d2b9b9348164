"""Compare schemas/client-registry.json with a client: which tools does it give a subagent for each tool name?

    python bench/client_registry.py [--client PATH] [--write]

The client runs once, against the scripted model. There is one subagent for each name, with ``tools: Read, NAME``. Two
more have ``Glob, Grep``, one of them with Bash. The tools in their requests are the tools that they got. The main
agent's list of skills has those that the client brings. The output lists each name that the registry describes
otherwise; the exit code is then 1. ``--write`` updates the file: it adds new tools and skills, and tools that the
client has but does not give in this run without a terminal and MCP servers. No run can show aliases, removed tools,
fields and events; look them up in the client's text.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.client import bundled_client, client_on_path, client_version
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.doctor.client_run import environment, run_client
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelRequest, Text, ToolUse
from acolytes_cc.resources import data_path

OWN = frozenset({"DeferredToolPlaceholder"})
AT_ONCE = 10
CONTROL = "Read"


class Seen(NamedTuple):
    """What a client gave: for each name the tools beside Read, and what the main agent was offered."""

    granted: dict[str, frozenset[str]]
    offered: frozenset[str]
    beside_bash: frozenset[str]
    without_bash: frozenset[str]
    skills: frozenset[str]


def look(client: Path, names: Sequence[str]) -> Seen:
    """Run the client once and read its requests."""
    lists = {f"probe-{number}": f"{CONTROL}, {name}" for number, name in enumerate(names)}
    lists |= {"beside-bash": "Read, Bash, Glob, Grep", "without-bash": "Read, Glob, Grep"}
    agents = list(lists)
    calls: list[Any] = [[_call(agent) for agent in agents[at : at + AT_ONCE]] for at in range(0, len(agents), AT_ONCE)]
    roles = [Role(agent, partial(_is_for, agent), [Text("done")]) for agent in agents]
    with (
        tempfile.TemporaryDirectory() as folder,
        LoopbackModel([*roles, Role("main", lambda _: True, [*calls, Text("done")])]) as model,
    ):
        home, project = Path(folder, "home"), Path(folder, "project")
        for agent, tools in lists.items():
            path = project / ".claude" / "agents" / f"{agent}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"---\nname: {agent}\ndescription: Use to probe.\ntools: {tools}\n---\n\nProbe.\n")
        home.mkdir()
        run_client(
            client,
            *("-p", "probe", "--allowedTools", "Agent"),
            cwd=project,
            env=environment(home, model.url),
            debug_file=Path(folder, "debug.txt"),
            timeout=600,
        )
        got = {agent: _tools(model.of(agent)) for agent in agents}
        offered = _tools(model.of("main"))
        skills = _skills(model.of("main")[0])
    missing = [agent for agent in agents if CONTROL not in got[agent]]
    if missing:
        raise SystemExit(f"the client did not start {len(missing)} of {len(agents)} agents; nothing was compared")
    granted = {name: got[f"probe-{number}"] - {CONTROL} for number, name in enumerate(names)}
    return Seen(granted, offered, got["beside-bash"], got["without-bash"], skills)


def differences(seen: Seen, facts: Registry) -> dict[str, str]:
    """Return the names for which client and registry differ, each with the difference."""
    differing = dict.fromkeys(seen.offered - facts.tools - OWN, "the client offers it, the registry does not list it")
    differing |= dict.fromkeys(seen.skills - facts.bundled_skills, "the client has this skill, the registry does not")
    for name, tools in seen.granted.items():
        expected_tools = expected(name, facts)
        if (
            name != CONTROL
            and tools != expected_tools
            and not (expected_tools <= facts.conditional_tools and not tools)
        ):
            differing[name] = (
                f"gives {', '.join(sorted(tools)) or 'nothing'}, not {', '.join(sorted(expected_tools)) or 'nothing'}"
            )
    for name in facts.only_without_bash:
        if name in seen.beside_bash or name not in seen.without_bash:
            differing[name] = "the registry says that only agents without Bash get it; that is not so"
    return differing


def expected(name: str, facts: Registry) -> frozenset[str]:
    """What the registry says that a subagent gets for ``name``."""
    tool = facts.tool_aliases.get(name, name)
    is_kept = tool in facts.never_for_subagents or tool in facts.off_by_default or tool in facts.removed_tools
    return frozenset() if is_kept or tool not in facts.tools else frozenset({tool})


def known_names(facts: Registry) -> list[str]:
    """Every name of a tool that the registry has, whatever it says of it."""
    names = facts.tools | facts.later_tools.keys() | facts.tool_aliases.keys() | facts.removed_tools.keys()
    return sorted(names | facts.never_for_subagents | facts.off_by_default.keys())


def write(seen: Seen, facts: Registry, version: str) -> None:
    """Put what was seen into the registry's file, as that version's."""
    path = data_path("schemas") / "client-registry.json"
    data = json.loads(path.read_text("utf-8"))
    tools = data["tools"]
    new = sorted(seen.offered - facts.tools - OWN)
    tools["known"] = sorted({*tools["known"], *new}, key=str.lower)
    tools["since"].update(dict.fromkeys(new, version))
    tools["conditional"] = sorted(
        name for name in facts.tools - {CONTROL} if expected(name, facts) > seen.granted[name]
    )
    data["skills"]["bundled"] = sorted({*data["skills"]["bundled"], *seen.skills})
    for versions in ("clients", "run"):
        data["about"][versions] = sorted({*data["about"][versions], version}, key=_numbers)
    data["about"]["verified"] = datetime.now(timezone.utc).date().isoformat()
    path.write_text(laid_out(data) + "\n", "utf-8")


def laid_out(value: Any, depth: int = 0) -> str:
    """JSON whose lists fill their lines, so that a change shows as few lines."""
    line, inner = json.dumps(value, ensure_ascii=False), "  " * (depth + 1)
    if not isinstance(value, dict | list) or ((depth > 1 or isinstance(value, list)) and len(line) < 100):
        return line
    if isinstance(value, dict):
        members = (f"{inner}{json.dumps(key)}: {laid_out(inside, depth + 1)}" for key, inside in value.items())
        return "{\n" + ",\n".join(members) + f"\n{inner[2:]}}}"
    filled = textwrap.fill(
        line[1:-1], 120, initial_indent=inner, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False
    )
    return f"[\n{filled}\n{inner[2:]}]"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _tools(requests: Iterable[ModelRequest]) -> frozenset[str]:
    return frozenset(tool for request in requests for tool in request.tools) - OWN


def _skills(request: ModelRequest) -> frozenset[str]:
    """The skills that the client brings: the scratch home and project have none."""
    listing = request.everything.partition("available for use with the Skill tool")[2]
    return frozenset(re.findall(r"^- ([\w-]+):", listing, re.MULTILINE))


def _call(agent: str) -> ToolUse:
    prompt = {"description": "probe", "prompt": _prompt(agent), "subagent_type": agent, "run_in_background": False}
    return ToolUse("Agent", prompt)


def _prompt(agent: str) -> str:
    return f"Probe {agent}."


def _is_for(agent: str, request: ModelRequest) -> bool:
    return _prompt(agent) in request.first_prompt


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the differences, and write them if asked; return 1 if there are some."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--client", type=Path, help="the client to run (default: that of the tests)")
    parser.add_argument("--write", action="store_true", help="update the registry")
    options = parser.parse_args(arguments)
    program = options.client or bundled_client() or client_on_path()
    version = client_version(str(program), timeout=60) if program else None
    if program is None or version is None:
        print("no client: install the extra `test`, or pass one with --client", file=sys.stderr)
        return 3
    facts = registry(version)
    seen = look(Path(program), known_names(facts))
    differing = differences(seen, facts)
    for name, words in sorted(differing.items()):
        print(f"{name}: {words}")
    print(f"client {version}: {len(seen.granted)} names tried, {len(differing)} differ from the registry")
    if options.write:
        write(seen, facts, version)
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
