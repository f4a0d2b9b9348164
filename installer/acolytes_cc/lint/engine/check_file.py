"""Judges one file: every rule that reads its kind, and what project rules need to know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kinds import Kind
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.engine.apply_policy import settled
from acolytes_cc.lint.engine.verdict import Found, Verdict
from acolytes_cc.lint.finding import Finding, Fixable
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.rule import Context, Fix, Problem, Rule, file_rules
from acolytes_cc.lint.settings.policy import Policy
from acolytes_cc.lint.support.project import summary_of
from acolytes_cc.lint.support.suppressions import suppressions

BODY_RULES = "ACO3"  # how the codes begin of the rules that read the body alone
# A file can be made to break a rule a hundred thousand times; nobody reads more than these.
FINDINGS_A_RULE = 100

# An offset in the text, and what follows the place in a ``Found``
_Said: TypeAlias = tuple[int, str, str, Fixable]


def judge(subject: Subject, facts: Registry, codes: Collection[str]) -> Verdict:
    """Run those rules on a file."""
    context = Context(subject, facts)
    rules = _rules(subject.kind, frozenset(codes))
    said: list[_Said] = []
    for rule in rules:
        problems = list(islice(rule.check(subject, context), FINDINGS_A_RULE + 1))
        if problems:  # most rules have nothing to say
            said += _said(problems, rule.CODE)
    said.sort()
    places = subject.source.positions(offset for offset, *_ in said)
    found = tuple(
        Found(line, column, code, text, fix) for (line, column), (_, code, text, fix) in zip(places, said, strict=True)
    )
    off = suppressions(subject.source, context.comments) if isinstance(subject, Definition) else ()
    return Verdict(found, summary_of(subject), off)


@lru_cache(maxsize=64)
def _rules(kind: Kind, codes: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in file_rules(all_rules(), kind) if rule.CODE in codes)


def check_definition(subject: Subject, *, frontmatter_only: bool = False) -> list[Finding]:
    """All findings in one file, sorted by place; the rules of the body can be left out."""
    policy = Policy()
    left_out = {code for code in policy.codes if frontmatter_only and code.startswith(BODY_RULES)}
    codes = policy.codes - left_out
    verdict = judge(subject, registry(), codes)
    return settled(subject.path, verdict, (), policy, codes).findings


def _said(problems: Sequence[Problem], code: str) -> Iterator[_Said]:
    for number, (offset, message, fix) in enumerate(problems[:FINDINGS_A_RULE], 1):
        cut = number == FINDINGS_A_RULE < len(problems)
        text = f"{message} (there are more: the first {FINDINGS_A_RULE} are listed)" if cut else message
        yield offset, code, printable(text), fixable(fix)


def fixable(fix: Fix | None) -> Fixable:
    """How a problem can be mended."""
    if fix is None:
        return ""
    return "safe" if fix.safe else "unsafe"
