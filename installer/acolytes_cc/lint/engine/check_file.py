"""Runs the rules on one file."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from itertools import islice
from sys import intern

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import new_tuple
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.catalogue import file_rules
from acolytes_cc.lint.choices import Fixable
from acolytes_cc.lint.context.project import summary_of
from acolytes_cc.lint.finding import FileResult, Finding
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.rule import Context, Fix, Problem, Rule

MAX_FINDINGS = 100
"""How many findings of one rule are reported for a file. A hostile file can have a hundred thousand."""

_OF_UNREAD_FILES = ("file-unloadable", "file-ending")


def check_file(subject: Subject, registry: Registry, codes: Collection[str]) -> FileResult:
    """Run the rules with those codes on a file."""
    context = Context(subject, registry)
    problems: list[tuple[Problem, Rule]] = []
    for rule in _rules(subject.kind, frozenset(codes), subject.unloadable is None):
        found = rule.check(subject, context)
        first = next(found, None)
        if first:  # most rules find nothing
            of_rule = [first, *islice(found, MAX_FINDINGS)]
            problems += [(problem, rule) for problem in _first(of_rule)]
    problems.sort(key=_order)
    places = subject.source.positions(problem.offset for problem, _ in problems)
    findings = [
        new_tuple(
            Finding,
            (
                subject.path,
                line,
                column,
                rule.CODE,
                rule.NAME,
                rule.SEVERITY,
                intern(printable(problem.message)),  # many files have the same message: it is kept once
                rule.CONFIDENCE,
                _fixable(problem.fix),
            ),
        )
        for (line, column), (problem, rule) in zip(places, problems, strict=True)
    ]
    switched_off = context.suppressions if isinstance(subject, Definition) else ()
    return FileResult(tuple(findings), summary_of(subject), switched_off)


@lru_cache(maxsize=64)
def _rules(kind: Kind, codes: frozenset[str], is_read: bool) -> tuple[Rule, ...]:  # noqa: FBT001 (for the cache)
    """The rules to run; of a file that could not be read, only its path says something."""
    rules = (rule for rule in file_rules(kind) if rule.CODE in codes)
    return tuple(rule for rule in rules if is_read or rule.NAME in _OF_UNREAD_FILES)


def _first(problems: list[Problem]) -> list[Problem]:
    """Return the problems of one rule that are reported; the last one says so if there are more."""
    if len(problems) > MAX_FINDINGS:
        last = problems[MAX_FINDINGS - 1]
        message = f"{last.message} (there are more: the first {MAX_FINDINGS} are listed)"
        problems[MAX_FINDINGS - 1 :] = [last._replace(message=message)]
    return problems


def _order(entry: tuple[Problem, Rule]) -> tuple[int, str, str]:
    problem, rule = entry
    return problem.offset, rule.CODE, problem.message


def _fixable(fix: Fix | None) -> Fixable:
    if fix is None:
        return ""
    return "safe" if fix.safe else "unsafe"
