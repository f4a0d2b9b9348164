"""Let the client load the plugins of a hundred marketplaces at once; those with odd names are added one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.client_truth.case import Case, Class, write_cases, write_files
from bench.client_truth.client_run import in_batches
from bench.client_truth.kinds.plugins.observe import Start, started

from acolytes_cc.doctor.client_run import environment, run_client

_CASES_IN_A_RUN = 100
_SAID = re.compile(r"(?:ignored|[Ii]nvalid|[Ff]ailed|not found|Stubbing|conflict)")


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    return in_batches(_observe_batch, cases, client, scratch, size=_CASES_IN_A_RUN)


def _observe_batch(client: Path, place: Path, cases: Sequence[Case]) -> list[Case]:
    project, home = place / "project", place / "home"
    for folder in (project, home):
        folder.mkdir(parents=True)
    write_cases(cases, project, home)
    (project / "notes.txt").write_text("notes\n")
    added = {case.id: _refused(case, client, project, place) for case in cases if case.intent["adds"]}
    markets = {case.intent["market"]: case.intent["folder"] for case in cases if not case.intent["adds"]}
    enabled = [f"{plugin}@{case.intent['market']}" for case in cases for plugin in case.intent["plugins"]]
    for key in {case.intent["key"] for case in cases} - {""}:
        markets[f"probe-{key}".lower()] = f"probe-{key}".lower()
        enabled.append(f"probe@probe-{key}".lower())
        _write_probe(key, project)
    sources = {name: {"source": {"source": "directory", "path": str(project / at)}} for name, at in markets.items()}
    settings = {"extraKnownMarketplaces": sources, "enabledPlugins": dict.fromkeys(enabled, True)}
    write_files({".claude/settings.json": json.dumps(settings)}, home)
    start = started(client, project, home)
    return [_judged(case, start, added.get(case.id)) for case in cases]


def _write_probe(key: str, project: Path) -> None:
    """A marketplace in which the key in question is a number, at the top and in the entry."""
    name = f"probe-{key}".lower()
    entry = {"name": "probe", "source": "./p", key: 5}
    content = {"name": name, "owner": {"name": "A"}, "plugins": [entry], key: 5}
    agent = "---\nname: a\ndescription: b\n---\n\nc\n"
    write_files(
        {f"{name}/.claude-plugin/marketplace.json": json.dumps(content), f"{name}/p/agents/a.md": agent}, project
    )


def _refused(case: Case, client: Path, project: Path, place: Path) -> str:
    """What the client says when a user adds the marketplace; nothing when it takes it."""
    home = place / f"home-{case.intent['folder']}"
    home.mkdir()
    done = run_client(
        client,
        *("plugin", "marketplace", "add", str(project / case.intent["folder"])),
        cwd=project,
        env=environment(home, "http://127.0.0.1:9"),
        debug_file=place / f"add-{case.intent['folder']}.txt",
    )
    return (done.stdout + done.stderr)[-300:] if done.code else ""


def _judged(case: Case, start: Start, refused: str | None) -> Case:
    if refused is not None:
        return replace(case, verdict="DROP" if refused else "OK", observed=({"seen": [refused] if refused else []},))
    loaded = [plugin for plugin in start.said["plugins"] if plugin["source"].endswith(f"@{case.intent['market']}")]
    seen = [f"not there: {name}" for name in case.intent["wants"] if name not in start.names]
    own = re.compile(rf"\b(?:{'|'.join(map(re.escape, (*case.intent['plugins'], case.intent['market'])))})\b")
    seen += [
        line[:300]
        for line in start.debug
        if line.startswith(("[WARN]", "[ERROR]")) and _SAID.search(line) and own.search(line)
    ]
    key = case.intent["key"]
    if key and any(plugin["source"].endswith(f"@probe-{key.lower()}") for plugin in start.said["plugins"]):
        seen.append(f"the key {key} is not read")
    verdict: Class = "CHANGE" if seen else "OK"
    if seen and not loaded:
        verdict = "DROP"
    return replace(case, verdict=verdict, observed=({"seen": seen},))
