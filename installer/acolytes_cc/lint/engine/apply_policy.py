"""Turns what was found in a file into what is reported: with suppressions, and with the user's settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from acolytes_cc.lint.catalogue import all_rules, rules_by_code
from acolytes_cc.lint.engine.verdict import Found, Verdict
from acolytes_cc.lint.finding import Finding
from acolytes_cc.lint.rules import suppression_unused
from acolytes_cc.lint.settings.policy import Policy
from acolytes_cc.lint.support.suppressions import Suppression


class Settled(NamedTuple):
    """The findings in one file, by place, and how many were suppressed there."""

    findings: list[Finding]
    suppressed: int


def settled(
    path: str, verdict: Verdict, of_project: Iterable[Found], policy: Policy, codes: Collection[str] | None = None
) -> Settled:
    """What to report of the file at ``path``; ``codes`` are those of the rules that ran."""
    found = sorted([*verdict.found, *of_project]) if of_project else verdict.found
    left, count = _not_suppressed(found, verdict.suppressions, policy.codes if codes is None else codes)
    off = policy.switched_off(path)
    return Settled([_finding(path, one, policy) for one in left if one.rule not in off], count)


def _not_suppressed(
    found: Iterable[Found], suppressions: tuple[Suppression, ...], codes: Collection[str]
) -> tuple[list[Found], int]:
    if not suppressions:
        return list(found), 0
    left: list[Found] = []
    spent: set[tuple[int, int]] = set()
    count = 0
    for one in found:
        covering = list(_covering(one, suppressions))
        spent.update((suppression.line, suppression.column) for suppression in covering)
        count += bool(covering)
        if not covering:
            left.append(one)
    idle = {(one.line, one.column) for one in suppressions if not _all_ran(one, codes)}
    unused = suppression_unused.CODE
    return [one for one in left if one.rule != unused or (one.line, one.column) not in spent | idle], count


def _covering(found: Found, suppressions: tuple[Suppression, ...]) -> Iterator[Suppression]:
    name = rules_by_code()[found.rule].NAME
    return (one for one in suppressions if one.covers(found.line, found.rule, name))


def _all_ran(suppression: Suppression, codes: Collection[str]) -> bool:
    off = {name for rule in all_rules() if rule.CODE not in codes for name in (rule.CODE, rule.NAME)}
    return off.isdisjoint(suppression.rules)


def _finding(path: str, found: Found, policy: Policy) -> Finding:
    line, column, code, message, fixable = found
    rule = rules_by_code()[code]
    severity = policy.severities.get(code, rule.SEVERITY)
    return Finding(path, line, column, code, rule.NAME, severity, message, rule.CONFIDENCE, fixable)
