"""Turns what the rules found in a file into what is reported: suppressions and the user's settings are applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.context.suppressions import Suppression
from acolytes_cc.lint.finding import FileResult, Finding
from acolytes_cc.lint.rules import suppression_unused
from acolytes_cc.lint.settings.policy import Policy


class FileFindings(NamedTuple):
    """The findings to report in one file, by place, and how many were suppressed there."""

    findings: Sequence[Finding]
    suppressed: int


def apply_policy(
    path: str,
    result: FileResult,
    project_findings: Iterable[Finding],
    policy: Policy,
    codes: Collection[str] | None = None,
) -> FileFindings:
    """Return what to report of the file at ``path``.

    Args:
        path: The file, as the user named it.
        result: What the rules found in the file.
        project_findings: What project rules found in the file.
        policy: The user's settings.
        codes: The rules that ran; those of the policy if None.
    """
    findings: Sequence[Finding] = sorted([*result.findings, *project_findings]) if project_findings else result.findings
    suppressed = 0
    if result.suppressions:
        ran = policy.codes if codes is None else codes
        findings, suppressed = _without_suppressed(findings, result.suppressions, ran)
    switched_off = policy.switched_off(path)
    if switched_off:
        findings = [finding for finding in findings if finding.rule not in switched_off]
    if policy.severities:
        findings = [
            finding._replace(severity=policy.severities.get(finding.rule, finding.severity)) for finding in findings
        ]
    return FileFindings(findings, suppressed)


def _without_suppressed(
    findings: Iterable[Finding], suppressions: tuple[Suppression, ...], codes: Collection[str]
) -> FileFindings:
    reported: list[Finding] = []
    used: set[tuple[int, int]] = set()
    suppressed = 0
    for finding in findings:
        covering = [one for one in suppressions if one.covers(finding.line, finding.rule, finding.name)]
        used.update((suppression.line, suppression.column) for suppression in covering)
        suppressed += bool(covering)
        if not covering:
            reported.append(finding)
    # whether a suppression is unused shows only if all of its rules ran
    not_judged = {(one.line, one.column) for one in suppressions if not _all_ran(one, codes)}
    unused = suppression_unused.CODE
    kept = [one for one in reported if one.rule != unused or (one.line, one.column) not in used | not_judged]
    return FileFindings(kept, suppressed)


def _all_ran(suppression: Suppression, codes: Collection[str]) -> bool:
    off = {name.casefold() for rule in all_rules() if rule.CODE not in codes for name in (rule.CODE, rule.NAME)}
    return off.isdisjoint(map(str.casefold, suppression.rules))
