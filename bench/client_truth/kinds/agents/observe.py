"""Let the client load hundreds of agents at once, start each, and compare them with what their authors want."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case, Class, write_cases
from bench.client_truth.client_run import Conversation, converse, in_parallel, make_repository, spawning
from bench.client_truth.kinds.agents.compare import Seen, differences
from bench.client_truth.kinds.agents.tool_log import log_tool_calls, logged_events

from acolytes_cc.doctor.messages import Step, Text, ToolUse

_CASES_IN_A_RUN = 150
_READS = 12
"""So often an agent with a limit of turns tries to read; the limits that are probed are lower."""
HOOKED_FILE = "to-read.txt"
_MODEL = "claude-opus-4-8"
"""The main agent's model: no alias leads to it, so that an agent that inherits it shows."""
_MODEL_BESIDE_OPUS = "claude-sonnet-4-6"
"""The main agent's model where agents want Opus: with a main agent of that family an alias gives its version, too."""
_NO_WORKTREE = "Failed to create worktree: Preparing worktree"
CONTROL = "control-agent"
_CONTROL_FILE = f"---\nname: {CONTROL}\ndescription: Nothing is declared.\n---\n\nYou are a control.\n"


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen; those that fit share a run of the client."""
    batches = list(enumerate(_batches(cases)))
    done = in_parallel(lambda batch: _observe_batch(batch[1], client, scratch / str(batch[0])), batches)
    observed = {case.id: case for batch in done for case in batch}
    for case in cases:
        if _NO_WORKTREE in str(observed[case.id].observed):  # git makes no two worktrees at the same moment
            [observed[case.id]] = _observe_batch([case], client, scratch / f"again-{case.id}")
    return [observed[case.id] for case in cases]


def _batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    groups: dict[tuple[Any, ...], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.cwd, case.args, case.git, case.intent["group"], _main_model(case)].append(case)
    for group in groups.values():
        for start in range(0, len(group), _CASES_IN_A_RUN):
            yield group[start : start + _CASES_IN_A_RUN]


def _main_model(case: Case) -> str:
    wanted = [str(intent.get("model", "")).lower() for intent in case.intent["agents"]]
    return _MODEL_BESIDE_OPUS if any(word.startswith(("opus", "best")) for word in wanted) else _MODEL


def _observe_batch(cases: list[Case], client: Path, place: Path) -> list[Case]:
    project, home = place / "project", place / "home"
    project.mkdir(parents=True)
    home.mkdir()
    if cases[0].git is not None:
        make_repository(project / cases[0].git)
    write_cases([replace(case, git=None) for case in cases], project, home)
    (home / ".claude" / "agents").mkdir(parents=True, exist_ok=True)
    (home / ".claude" / "agents" / f"{CONTROL}.md").write_text(_CONTROL_FILE)
    log_tool_calls(home)
    (project / HOOKED_FILE).write_text("Something to read.\n")
    agents = {f"{case.id} {at}": intent for case in cases for at, intent in enumerate(case.intent["agents"])}
    names = {CONTROL: CONTROL, **{role: intent["name"] for role, intent in agents.items()}}
    roles = spawning(names, lambda role: _answers(agents.get(role, {}), project))
    said = converse(client, project / cases[0].cwd, home, roles, "--model", _main_model(cases[0]), *cases[0].args)
    if not said.of(CONTROL):
        raise SystemExit(f"the client did not start a plain agent: {said.run.stderr[-500:]}{said.run.stdout[-500:]}")
    modes = _modes(home)
    log = project / "hooks.log"
    hooks_ran = Counter(log.read_text("utf-8").split() if log.exists() else ())
    return [_judged(case, said, project, modes, hooks_ran) for case in cases]


def _answers(intent: dict[str, Any], project: Path) -> list[Step]:
    read = ToolUse("Read", {"file_path": str(project / "nothing.txt")})
    if "turns" in intent:
        return [*[read] * _READS, Text("done")]
    if "hooks" in intent:
        return [*[ToolUse("Read", {"file_path": str(project / HOOKED_FILE)})] * 2, Text("done")]
    return [read, Text("done")] if "mode" in intent else [Text("done")]


def _judged(case: Case, said: Conversation, project: Path, modes: dict[str, str], hooks_ran: Counter[str]) -> Case:
    found: list[tuple[str, str]] = []
    is_loaded = True
    records = []
    for at, intent in enumerate(case.intent["agents"]):
        seen = _seen(f"{case.id} {at}", intent, said, project, modes, hooks_ran)
        is_loaded = is_loaded and (seen.is_listed or seen.ran) and not seen.is_refused
        differing = list(differences(intent, seen))
        found += differing
        records.append({**seen.record(), "seen": [words for _, words in differing]})
    only_loaded = any(intent.get("only_loaded") for intent in case.intent["agents"])
    works: Class = "LOADED" if only_loaded else "CHANGE" if found else "OK"
    verdict = works if is_loaded else "DROP"
    fields = tuple(dict.fromkeys(field for field, _ in found))
    about = fields if verdict == "CHANGE" and "" not in fields else ()
    return replace(case, verdict=verdict, observed=tuple(records), about=about)


def _seen(
    role: str,
    intent: dict[str, Any],
    said: Conversation,
    project: Path,
    modes: dict[str, str],
    hooks_ran: Counter[str],
) -> Seen:
    requests = said.of(role)
    listing = said.of("main")[0].everything
    entry = _entry(re.escape(intent["name"]), listing) or _entry(
        r"(?:(?!\n- ).)*?", listing, re.escape(intent["own_words"])
    )
    names = (f"'{intent['name']}'", f"/{Path(intent['path']).name}", f"[Agent: {intent['name']}]")
    debug = [line for line in said.debug_lines if any(name in line for name in names)]
    return Seen(
        entry[1] if entry else intent["name"],
        entry[2] if entry else None,
        entry[3] if entry else "",
        requests,
        said.of(CONTROL)[0],
        [
            line
            for line in debug
            if re.search(r"invalid|not recogni|not found|not loaded|ignored|Failed|Duplicate|Invalid", line)
        ],
        said.result_of(role),
        modes.get(intent["name"], ""),
        hooks_ran,
        project,
    )


def _entry(name: str, listing: str, description: str = r".*?") -> re.Match[str] | None:
    return re.search(rf"^- ({name}): ({description}) \(Tools: ([^\n]*)", listing, re.MULTILINE | re.DOTALL)


def _modes(home: Path) -> dict[str, str]:
    """For each agent the permission mode in which it called its first tool."""
    modes: dict[str, str] = {}
    for event in logged_events(home):
        modes.setdefault(event.get("agent_type", ""), event.get("permission_mode", ""))
    return modes
