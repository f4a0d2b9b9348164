"""Mends a file by the fixes that rules offer; whatever no fix touches stays as it is, byte for byte."""

from __future__ import annotations

from bisect import bisect, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject, parse_subject
from acolytes_cc.definitions.values import SyntaxProblem
from acolytes_cc.lint.catalogue import all_rules, rules_by_code
from acolytes_cc.lint.rule import Context, Fix, file_rules
from acolytes_cc.lint.support.suppressions import comments, suppressions

# A fix may bring to light what another one mends; more rounds than this would be two rules that disagree.
_ROUNDS = 100


class Mended(NamedTuple):
    """A file's new content, and how many problems of each rule it is rid of."""

    data: bytes
    fixed: Counter[str]


class _Offer(NamedTuple):
    rule: str
    message: str
    fix: Fix


class _State(NamedTuple):
    """A content: what is wrong with it, and where, counted in characters from its end; and whether it can be read."""

    subject: Subject
    problems: dict[tuple[str, str], list[int]]
    readable: bool


def mend(data: bytes, path: str, facts: Registry, codes: Collection[str], *, unsafe: bool = False) -> Mended:
    """Apply the fixes of those rules to a file's content, the unsafe ones only when asked to.

    A fix counts only when, read again, the file is rid of the problem and has no new one at error level; mending the
    result again changes nothing.
    """
    fixed: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        before = _state(data, path, facts)
        offers = list(_apart(_offers(before.subject, facts, codes, unsafe=unsafe)))
        new = _applied(data, offers)
        if not _is_better(before, _state(new, path, facts), offers):
            new, offers = _first_good(data, before, facts, offers)
        if new == data:
            break
        data = new
        fixed.update(offer.rule for offer in offers)
    return Mended(data, fixed)


def _first_good(data: bytes, before: _State, facts: Registry, offers: list[_Offer]) -> tuple[bytes, list[_Offer]]:
    """The content with the first of the fixes that is good by itself: the others meet it in the next round."""
    for offer in offers:
        new = _applied(data, [offer])
        if new != data and _is_better(before, _state(new, before.subject.path, facts), [offer]):
            return new, [offer]
    return data, []


def _is_better(before: _State, after: _State, offers: list[_Offer]) -> bool:
    for problem, count in Counter((offer.rule, offer.message) for offer in offers).items():
        left = after.problems.get(problem, [])
        if len(left) > len(before.problems[problem]) - count and not _are_behind(left, before, offers):
            return False
    if not before.readable:
        return True  # whatever is wrong now was there, and unseen
    new_errors = (code for code, message in after.problems if (code, message) not in before.problems)
    return after.readable and not any(rules_by_code()[code].SEVERITY == "error" for code in new_errors)


def _are_behind(left: list[int], before: _State, offers: list[_Offer]) -> bool:
    """Whether what is left is only what comes next: a parser stops at the first mistake."""
    ends = [edit.span.end for offer in offers for edit in offer.fix.edits]
    return not before.readable and max(left) < len(before.subject.text) - max(ends)


def _state(data: bytes, path: str, facts: Registry) -> _State:
    subject = parse_subject(data, path)
    context = Context(subject, facts)
    problems: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rule in file_rules(all_rules(), subject.kind):
        for offset, message, _ in rule.check(subject, context):
            problems[rule.CODE, message].append(len(subject.text) - offset)
    if isinstance(subject, Definition):
        return _State(subject, dict(problems), subject.block is not None and subject.yaml.problem is None)
    return _State(subject, dict(problems), not isinstance(subject.root, SyntaxProblem))


def _offers(subject: Subject, facts: Registry, codes: Collection[str], *, unsafe: bool) -> Iterator[_Offer]:
    context = Context(subject, facts)
    off = suppressions(subject.source, comments(subject)) if isinstance(subject, Definition) else ()
    for rule in file_rules(all_rules(), subject.kind):
        if rule.CODE in codes:
            for offset, message, fix in rule.check(subject, context):
                line = subject.source.position(offset).line
                is_off = any(suppression.covers(line, rule.CODE, rule.NAME) for suppression in off)
                if fix and fix.edits and (fix.safe or unsafe) and not is_off:
                    yield _Offer(rule.CODE, message, fix)


def _apart(offers: Iterable[_Offer]) -> Iterator[_Offer]:
    """Offers of which none touches another, the earliest first; the others have their turn in the next round."""
    taken: list[Span] = []
    for offer in sorted(offers, key=lambda offer: min(offer.fix.edits)):
        spans = sorted(edit.span for edit in offer.fix.edits)
        in_order = all(one.end <= other.start for one, other in pairwise(spans))
        if in_order and all(_is_free(span, taken) for span in spans):
            for span in spans:
                insort(taken, span)
            yield offer


def _is_free(span: Span, taken: list[Span]) -> bool:
    after = bisect(taken, span)
    return not any(near.start <= span.end and span.start <= near.end for near in taken[max(0, after - 1) : after + 1])


def _applied(data: bytes, offers: Iterable[_Offer]) -> bytes:
    """The content with all edits made; lines that they bring end as the file's first one does."""
    text = data.decode("utf-8", "surrogateescape")  # the offsets of an edit are those of Source.text
    first_break = text.find("\n")
    line_end = "\r\n" if first_break > 0 and text[first_break - 1] == "\r" else "\n"
    pieces: list[str] = []
    read = 0
    for span, replacement in sorted(edit for offer in offers for edit in offer.fix.edits):
        pieces += [text[read : span.start], replacement.replace("\n", line_end)]
        read = span.end
    return "".join([*pieces, text[read:]]).encode("utf-8", "surrogateescape")
