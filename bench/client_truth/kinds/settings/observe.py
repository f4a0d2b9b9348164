"""Let the client load up to three settings files in a run, one of each scope, and see which parts take effect."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.client_truth.case import Case, Class, write_cases
from bench.client_truth.client_run import MAIN, Conversation, converse, in_parallel, tools_of
from bench.client_truth.kinds.settings.parts import PARTS, SCOPES, Traces, allowed_command

from acolytes_cc.doctor.loopback import Role
from acolytes_cc.doctor.messages import Block, Text, ToolUse

# what a variable has when its value in the file is missing, or is no text
_NO_TEXT = (None, "null", "[object Object]")
# the client's messages have the first name
_OTHER_NAMES = {"extraKnownMarketplaces": "additionalMarketplaces"}
_COMPLAINT = re.compile(
    r"(?:Invalid setting skipped|Ignoring|Invalid settings?)[^\n]*?: (?P<path>/\S+?): (?P<words>.*)"
)
_OF_MANAGED = re.compile(r"/etc/claude-code/\S+ \((\S+)\): (.*)")


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    batches = list(enumerate(_batches(cases)))
    done = in_parallel(lambda batch: observe_together(batch[1], client, scratch / str(batch[0])), batches)
    observed = {case.id: case for batch in done for case in batch}
    return [observed[case.id] for case in cases]


def _batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Cases of different scopes together, of which at most one has parts that others would hide."""
    waiting = list(cases)
    while waiting:
        batch: list[Case] = []
        for case in waiting:
            scopes = {other.intent["scope"] for other in batch}
            alone = [other for other in (*batch, case) if any(PARTS[name].alone for name in other.intent["parts"])]
            if case.intent["scope"] not in scopes and len(alone) <= 1:
                batch.append(case)
            if len(batch) == len(SCOPES):
                break
        waiting = [case for case in waiting if all(case is not other for other in batch)]
        yield batch


def observe_together(cases: list[Case], client: Path, place: Path) -> list[Case]:
    """Return cases of different scopes as one run of the client shows them."""
    project, home = place / "project", place / "home"
    for folder in (project, home, *(place / f"beside-{scope}" for scope in SCOPES)):
        folder.mkdir(parents=True)
    write_cases(cases, project, home)
    trust = home / ".claude.json"
    if not trust.exists():
        trust.write_text(json.dumps({"projects": {str(project): {"hasTrustDialogAccepted": True}}}))
    variables, watcher = place / "variables", place / "watcher.json"
    dump = f"env -0 > {shlex.quote(str(variables))}"
    watcher.write_text(json.dumps({"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": dump}]}]}}))
    calls: list[Block] = [
        ToolUse("Bash", {"command": allowed_command(scope), "description": "make a file"}) for scope in SCOPES
    ]
    said = converse(
        client, project, home, [Role(MAIN, lambda _: True, [calls, Text("done")])], "--settings", str(watcher)
    )
    if not said.of(MAIN):
        if len(cases) == 1:
            return [replace(cases[0], verdict="DROP", observed=("the client does not start", said.run.stderr[-300:]))]
        return [one for at, case in enumerate(cases) for one in observe_together([case], client, place / f"alone-{at}")]
    seen = _traces(said, project, variables)
    return [_judged(case, seen, said) for case in cases]


def _traces(said: Conversation, project: Path, variables: Path) -> Traces:
    first = said.of(MAIN)[0]
    written = variables.read_text("utf-8", "replace") if variables.exists() else ""
    environ = dict(line.split("=", 1) for line in written.split("\0") if "=" in line)
    return Traces(environ, tools_of(first), first.everything, first.body.get("model", ""), project)


def _judged(case: Case, seen: Traces, said: Conversation) -> Case:
    scope = case.intent["scope"]
    lost = tuple(name for name in case.intent["parts"] if not PARTS[name].shows(scope, seen))
    lost += tuple(name for name in case.intent.get("variables", ()) if seen.environ.get(name) in _NO_TEXT)
    complaints = tuple(_complaints(case, said))
    declared = [*case.intent["parts"], *case.intent.get("variables", ())]
    verdict: Class = "OK" if not lost and not complaints else "CHANGE"
    if declared and len(lost) == len(declared):
        verdict = "DROP"
    what = tuple(f"without effect: {name}" for name in lost) + complaints
    about = {key for name in lost for key in (PARTS[name].path if name in PARTS else (name,))}
    about |= {words.partition(":")[0].replace("[", ".").split(".")[0] for words in complaints}
    about |= {_OTHER_NAMES[name] for name in about if name in _OTHER_NAMES}
    return replace(case, verdict=verdict, observed=what, about=tuple(sorted(about)))


def _complaints(case: Case, said: Conversation) -> Iterator[str]:
    """What the debug log says of the case's file, or standard error of the administrator's."""
    if case.intent.get("managed"):
        yield from (f"{key}: {words}" for key, words in _OF_MANAGED.findall(said.run.stderr))
        return
    folder = "home" if case.intent["scope"] == "user" else "project"
    for line in said.debug_lines:
        found = _COMPLAINT.search(line)
        if found and found["path"].endswith(f"{folder}/{SCOPES[case.intent['scope']]}"):
            yield found["words"]
