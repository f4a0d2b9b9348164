"""Many findings for a person: those with the same cause are one paragraph, with some of their files.

A maintainer who tries the linter on a large repository reads this first. So it is short, whatever the number of
findings: errors come first, rules that do not fit get one line each, and the end says how to see more.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, get_args

from acolytes_cc.lint.catalogue import rules_by_code
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.report.text import MOST_NAMED, counted, last_lines, shortened, unsafe_rules
from acolytes_cc.terminal import painted

MOST_LINES = 110
_SEVERITIES = get_args(Severity)
# Paragraphs a rule, and places a paragraph: the first that fit are used
_SIZES = ((3, 3), (2, 3), (2, 2), (1, 2), (1, 1))
_NAMES = re.compile(r"`[^`]*`(?:(?:,| and| or) `[^`]*`)*(?: and \d+ more)?")
_PATHS = re.compile(r"[^\s`]+\.(?:md|json)\b")
_NUMBERS = re.compile(r"\d[\d,.]*")


class _OfRule(NamedTuple):
    """The findings of one rule and severity: those of each cause, the most frequent cause first."""

    severity: Severity
    code: str
    name: str
    causes: list[list[Finding]]

    @property
    def total(self) -> int:
        return sum(map(len, self.causes))


def grouped_report(report: LintReport, paths: Sequence[str], width: int, *, colour: bool) -> Iterator[str]:
    """Yield the lines of the report.

    Args:
        report: The report.
        paths: The paths of the call, for the commands that show more.
        width: Characters in a line. Paths and commands may be longer.
        colour: Whether to colour the severities.
    """
    rules = _by_rule(report.findings)
    ending = [*_next_steps(report, rules[0].code, paths, width), *last_lines(report)]
    yield from _fitting(rules, MOST_LINES - len(ending), width, colour=colour)
    yield from ending


def _by_rule(findings: Iterable[Finding]) -> list[_OfRule]:
    by_rule: dict[tuple[Severity, str], dict[str, list[Finding]]] = {}
    for finding in findings:
        of_rule = by_rule.setdefault((finding.severity, finding.rule), {})
        of_rule.setdefault(cause_of(finding.message), []).append(finding)
    rules = [
        _OfRule(severity, code, next(iter(causes.values()))[0].name, sorted(causes.values(), key=len, reverse=True))
        for (severity, code), causes in by_rule.items()
    ]
    return sorted(rules, key=lambda rule: (_SEVERITIES.index(rule.severity), -rule.total, rule.code))


def cause_of(message: str) -> str:
    """Return a message without what differs from file to file: names in backticks, paths and numbers.

    >>> cause_of("Unknown fields: `author`, `version`. Remove 2.")
    'Unknown fields: `…`. Remove 0'
    """
    return _NUMBERS.sub("0", _PATHS.sub("…", _NAMES.sub("`…`", message)))


def _fitting(rules: list[_OfRule], most_lines: int, width: int, *, colour: bool) -> Iterator[str]:
    """The paragraphs in the largest size that fits; of rules that do not fit in the smallest, one line each."""
    paragraphs: list[list[str]] = []
    for causes, places in _SIZES:
        paragraphs = [_paragraph(rule, causes, places, width, colour=colour) for rule in rules]
        if sum(map(len, paragraphs)) <= most_lines:
            break
    shown, left = [], most_lines
    for at, paragraph in enumerate(paragraphs):
        rest = len(paragraphs) - at - 1
        if len(paragraph) + (rest + 2 if rest else 0) > left:
            break
        shown.append(paragraph)
        left -= len(paragraph)
    for paragraph in shown:
        yield from paragraph
    if rules[len(shown) :]:
        yield "And:"
        yield from _short(rules[len(shown) :], left - 2, width)
        yield ""


def _short(rules: list[_OfRule], most_lines: int, width: int) -> Iterator[str]:
    """A line for each rule with what it is about; where these are too many, several of the last rules in a line."""
    heads = [f"{rule.severity} {rule.code} {rule.name}: {counted(rule.total, 'finding')}" for rule in rules]
    lines = [shortened(f"  {head}. {_summary(rule.code)}", width) for head, rule in zip(heads, rules, strict=True)]
    for alone in range(len(rules), -1, -1):
        # no break inside of an item: its spaces are hidden from the wrapping
        items = "; ".join(head.replace(" ", "\0") for head in heads[alone:])
        rest = textwrap.wrap(items, width - 2, break_long_words=False, break_on_hyphens=False)
        if alone + len(rest) <= most_lines or alone == 0:
            yield from lines[:alone]
            yield from ("  " + line.replace("\0", " ") for line in rest)
            return


def _paragraph(rule: _OfRule, causes: int, places: int, width: int, *, colour: bool) -> list[str]:
    files = len({finding.path for findings in rule.causes for finding in findings})
    in_files = f" in {counted(files, 'file')}" if files != rule.total else ""
    severity = painted(rule.severity, rule.severity) if colour else rule.severity
    lines = [f"{severity} {rule.code} {rule.name}: {counted(rule.total, 'finding')}{in_files}"]
    shown = rule.causes[:causes]
    if causes == 1:  # one example stands for all
        shown = [[finding for findings in rule.causes for finding in findings]]
    for findings in shown:
        lines += _cause(findings, places, width)
    others = rule.total - sum(map(len, shown))
    if others:
        lines.append(f"  {others} more with {'another message' if others == 1 else 'other messages'}")
    return [*lines, ""]


def _cause(findings: list[Finding], places: int, width: int) -> Iterator[str]:
    """The message of one cause, and its first places."""
    messages = Counter(finding.message for finding in findings)
    prefix = "" if len(messages) == 1 else "For example: "
    yield from textwrap.wrap(
        prefix + findings[0].message,
        width,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    for finding in findings[:places]:
        yield f"    {printable(finding.path)}:{finding.line}"
    if len(findings) > places:
        yield f"    and {len(findings) - places} more"


def _next_steps(report: LintReport, first: str, paths: Sequence[str], width: int) -> Iterator[str]:
    """The commands that show more, or solve something; ``first`` is the most important rule."""
    call = f"acolytes lint {shlex.join(paths)}"
    yield "What to do next:"
    steps = {f"acolytes lint --explain {first}": "what a rule means"}
    if any(finding.fixable for finding in report.findings):
        unsafe = unsafe_rules(report.findings)
        also = f" --unsafe {','.join(unsafe)}" if 0 < len(unsafe) <= MOST_NAMED else ""
        steps[f"{call} --diff{also}"] = "what the fixes would change"
    steps[f"{call} --select {first} --format concise"] = "all findings of a rule"
    steps[f"{call} --format concise"] = "all findings"
    steps[f"{call} --statistics"] = "how many of each rule"
    most = width - 4 - max(map(len, steps.values()))
    column = max((len(command) for command in steps if len(command) <= most), default=0) + 2
    for command, what in steps.items():
        if len(command) <= most:
            yield f"  {command:<{column}}{what}"
        else:  # its explanation has a line of its own
            yield f"  {command}"
            yield f"  {'':<{column}}{what}"
    yield ""


def _summary(code: str) -> str:
    return str(rules_by_code()[code].__doc__).partition("\n")[0]
