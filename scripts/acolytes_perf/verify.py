"""`acolytes-perf verify FILE`: recomputes worked examples of others. Each is reproduced, off or not covered.

The file is a list of entries `{"id", "command", "inputs", "expected", "tolerance"}`: a tolerance is `abs` (in the
expected figure's own unit) or `rel`, and none means equal.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from acolytes_perf import SCHEMA, commands
from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, PerfError, one_line, quoted
from acolytes_perf.inputs.input_sources import read_text_file
from acolytes_perf.kinds import READINGS, Case, Figure, cases, rules
from acolytes_perf.outcome import Outcome
from acolytes_perf.outputs.document import json_text
from acolytes_perf.references import Check, compared
from acolytes_perf.wording import format_quantity

REPRODUCED, OFF, NOT_COVERED = "reproduced", "off", "not covered"
USAGE = "acolytes-perf verify FILE [--json]"
_EQUAL = {"rel": 1e-9}


class WorkedExample(NamedTuple):
    """An entry of the file: a call of a command and the figures that are expected, under the entry's own names."""

    id: str
    command: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    tolerance: dict[str, float]


class Verdict(NamedTuple):
    """The result of one entry: one of the three words, the reason, and the computed figures."""

    id: str
    command: str
    verdict: str
    detail: str
    figures: list[Check]


def verified(words: list[str]) -> tuple[str, int]:
    """Verify all entries of a file.

    Returns:
        A text with a line for each entry, or JSON, and the exit code: 1 when an entry is off.
    """
    files = [word for word in words if word != "--json"]
    if len(files) != 1 or files[0].startswith("--"):
        raise InputError("", f"verify takes one file of worked examples: {USAGE}")
    verdicts = [check_example(example) for example in _read_examples(files[0])]
    counts = {word: sum(entry.verdict == word for entry in verdicts) for word in (REPRODUCED, OFF, NOT_COVERED)}
    answer = f"{len(verdicts)} entries: {', '.join(f'{count} {word}' for word, count in counts.items())}"
    if "--json" in words:
        entries = [{**entry._asdict(), "figures": [figure._asdict() for figure in entry.figures]} for entry in verdicts]
        text = json_text({"schema": SCHEMA, "command": "verify", "answer": answer, **counts, "entries": entries})
    else:
        lines = [
            f"{entry.verdict:<12} {one_line(entry.id)} ({one_line(entry.command)}): {entry.detail}"
            for entry in verdicts
        ]
        text = "\n".join([*lines, answer]) + "\n"
    return text, int(counts[OFF] > 0)


def check_example(example: WorkedExample) -> Verdict:
    """Compute a worked example by the first rule that applies."""
    name = example.command

    def verdict(word: str, detail: str, figures: list[Check] | None = None) -> Verdict:
        return Verdict(example.id, name, word, detail, figures or [])

    named = _rules(name)
    if not named:
        return verdict(NOT_COVERED, "there is no such command")
    applying = ((command, cases(rule, example.inputs, example.expected)) for command, rule in named)
    command, calls = next(((command, calls) for command, calls in applying if calls), ("", None))
    if calls is None:
        names = ", ".join([*example.inputs, "->", *example.expected])
        return verdict(NOT_COVERED, f"no rule reads {one_line(names, 200)}")
    try:
        figures = [check for case in calls for check in _checks(commands.load(command), case, example.tolerance)]
    except PerfError as error:
        return verdict(OFF, f"refused: {error.pointer} {error.message}")
    wrong = next((figure for figure in figures if not figure.reproduced), None)
    shown = wrong or figures[0]
    computed, expected = format_quantity(shown.computed, shown.unit), format_quantity(shown.expected, shown.unit)
    limit = f" within {format_quantity(shown.tolerance, shown.unit)}" if computed != expected or wrong else ""
    more = f" (and {len(figures) - 1} more)" if len(figures) > 1 and not wrong else ""
    detail = f"{shown.name} {computed}, expected {expected}{limit}{more}"
    return verdict(OFF if wrong else REPRODUCED, detail, figures)


def _rules(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The rules for entries of this name, each with its command."""
    if name in commands.names():
        return [(name, rule) for rule in rules(name)]
    return [
        (command, rule)
        for command in commands.names()
        for rule in rules(command)
        if rule.get("for", commands.area(command)) == name
    ]


def _checks(command: Command, case: Case, tolerance: dict[str, float]) -> list[Check]:
    outcome = command.run(command.check(case.inputs))
    return [_check(figure, outcome, tolerance) for figure in case.figures]


def _check(figure: Figure, outcome: Outcome, tolerance: dict[str, float]) -> Check:
    name, result = str(figure.path), figure.path.find(outcome)
    if result is None:
        return Check(name, "", figure.expected, None, 0.0, reproduced=False)
    template = figure.template
    limit = {key: template.format(value) if template and key == "abs" else value for key, value in tolerance.items()}
    expected = template.format(figure.expected) if template else figure.expected
    check = compared(name, result.unit, expected, READINGS[figure.reading](result), limit or _EQUAL)
    if figure.reading == "most" and check.computed is not None and check.expected is not None:
        return check._replace(reproduced=check.computed <= check.expected + check.tolerance)
    return check


def _read_examples(path: str) -> list[WorkedExample]:
    where = quoted(path)
    try:
        content = json.loads(read_text_file(path, "verify"))
    except (ValueError, RecursionError):
        raise InputError("", f"{where} is not JSON: {USAGE}") from None
    if not isinstance(content, list):
        raise InputError("", f"{where} must be a list of entries with id, command, inputs, expected and tolerance")
    return [_read_example(entry, index) for index, entry in enumerate(content)]


_MEMBERS = {"id": str, "command": str, "inputs": dict, "expected": dict, "tolerance": dict}


def _read_example(entry: Any, index: int) -> WorkedExample:
    for name, kind in _MEMBERS.items():
        value = entry.get(name) if isinstance(entry, dict) else None
        if not isinstance(value, kind):
            what = {str: "a text", dict: "an object"}[kind]
            raise InputError(f"/{index}/{name}", f"must be {what}, as in every entry of worked examples")
    for key, limit in entry["tolerance"].items():
        if key not in ("abs", "rel") or isinstance(limit, bool) or not isinstance(limit, (int, float)):
            raise InputError(f"/{index}/tolerance", "must be abs or rel with a number, or empty for equal")
    return WorkedExample(*(entry[name] for name in _MEMBERS))
