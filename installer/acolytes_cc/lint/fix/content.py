"""Applies the fixes that rules offer to the content of a file; every other byte stays as it is."""

from __future__ import annotations

from bisect import bisect, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject, parse_subject
from acolytes_cc.definitions.values import SyntaxProblem
from acolytes_cc.lint.catalogue import ADVICE, AnyRule, file_rules, rules_by_code
from acolytes_cc.lint.context.suppressions import comments, suppressions
from acolytes_cc.lint.rule import Context, Fix

# A fix may uncover a problem that another one fixes. After more rounds than this, two rules disagree.
_MAX_ROUNDS = 100


class FixedContent(NamedTuple):
    """The new content, and how many problems of each rule were fixed."""

    data: bytes
    fixed: Counter[str]


class Offer(NamedTuple):
    """A fix, and the problem that it solves: its rule, its message, and its offset in the text."""

    rule: str
    message: str
    offset: int
    fix: Fix


class _State(NamedTuple):
    """A content, and its problems.

    Attributes:
        subject: The content, parsed.
        problems: Where the problems are, by rule and message, in characters from the end.
        is_parsable: Whether its frontmatter or its JSON can be parsed.
    """

    subject: Subject
    problems: dict[tuple[str, str], list[int]]
    is_parsable: bool


def fix_content(
    data: bytes,
    path: str,
    registry: Registry,
    codes: Collection[str],
    kind: Kind | None = None,
    *,
    unsafe: Collection[str] = (),
) -> FixedContent:
    """Apply the fixes of some rules to the content of a file.

    After each round the content is checked again. A fix is kept only if its problem is gone and there is no new
    error or warning. To fix the result again changes nothing.

    Args:
        data: The content.
        path: The path of the file, which its kind depends on.
        kind: Its kind, if the user says so.
        registry: What the client knows.
        codes: The rules whose fixes are applied.
        unsafe: The rules whose unsafe fixes are applied, too.
    """
    fixed: Counter[str] = Counter()
    for _ in range(_MAX_ROUNDS):
        before = _state(data, path, registry, kind)
        kind = before.subject.kind  # no fix makes another kind of the file
        offers = list(_apart(_offers(before.subject, registry, codes, unsafe=unsafe)))
        new = _applied(data, offers)
        if not _is_better(before, _state(new, path, registry, kind), offers):
            new, offers = _first_good(data, before, registry, offers)
        if new == data:
            break
        data = new
        fixed.update(offer.rule for offer in offers)
    return FixedContent(data, fixed)


def good_offers(
    subject: Subject, registry: Registry, codes: Collection[str], offsets: Collection[int]
) -> Iterator[Offer]:
    """Yield the fixes of the problems at some offsets, also unsafe ones. Each by itself solves its problem."""
    before = None
    for offer in _offers(subject, registry, codes, unsafe=codes):
        if offer.offset in offsets:
            before = before or _state(subject.source.data, subject.path, registry, subject.kind)
            new = _applied(subject.source.data, [offer])
            if _is_better(before, _state(new, subject.path, registry, subject.kind), [offer]):
                yield offer


def _first_good(data: bytes, before: _State, registry: Registry, offers: list[Offer]) -> tuple[bytes, list[Offer]]:
    """The content with the first fix that is good by itself; the others have their turn in the next round."""
    for offer in offers:
        new = _applied(data, [offer])
        if new != data and _is_better(before, _state(new, before.subject.path, registry, before.subject.kind), [offer]):
            return new, [offer]
    return data, []


def _is_better(before: _State, after: _State, offers: list[Offer]) -> bool:
    for problem, count in Counter((offer.rule, offer.message) for offer in offers).items():
        remaining = after.problems.get(problem, [])
        if len(remaining) > len(before.problems[problem]) - count and not _are_uncovered(remaining, before, offers):
            return False
    if not before.is_parsable:
        return True  # its other problems could not be seen
    new = {code for code, message in after.problems if (code, message) not in before.problems}
    return after.is_parsable and not any(_speaks_against(rules_by_code()[code]) for code in new)


def _speaks_against(rule: AnyRule) -> bool:
    """Whether a problem of the rule that is there only after a fix shows that the fix is wrong."""
    return rule.SEVERITY in ("error", "warning") and rule.PERSONA == "regular" and rule.NAME not in ADVICE


def _are_uncovered(remaining: list[int], before: _State, offers: list[Offer]) -> bool:
    """Whether the remaining problems are later ones: a parser stops at the first mistake."""
    ends = [edit.span.end for offer in offers for edit in offer.fix.edits]
    return not before.is_parsable and max(remaining) < len(before.subject.text) - max(ends)


def _state(data: bytes, path: str, registry: Registry, kind: Kind | None) -> _State:
    subject = parse_subject(data, path, kind)
    context = Context(subject, registry)
    problems: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rule in file_rules(subject.kind):
        for offset, message, _ in rule.check(subject, context):
            problems[rule.CODE, message].append(len(subject.text) - offset)
    if isinstance(subject, Definition):
        return _State(subject, dict(problems), subject.block is not None and subject.yaml.problem is None)
    return _State(subject, dict(problems), not isinstance(subject.root, SyntaxProblem))


def _offers(
    subject: Subject, registry: Registry, codes: Collection[str], *, unsafe: Collection[str]
) -> Iterator[Offer]:
    context = Context(subject, registry)
    off = suppressions(subject.source, comments(subject)) if isinstance(subject, Definition) else ()
    for rule in file_rules(subject.kind):
        if rule.CODE in codes:
            for offset, message, fix in rule.check(subject, context):
                line = subject.source.position(offset).line
                is_off = any(suppression.covers(line, rule.CODE, rule.NAME) for suppression in off)
                if fix and fix.edits and (fix.safe or rule.CODE in unsafe) and not is_off:
                    yield Offer(rule.CODE, message, offset, fix)


def _apart(offers: Iterable[Offer]) -> Iterator[Offer]:
    """Offers that do not touch each other, the earliest first; the others have their turn in the next round."""
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


def _applied(data: bytes, offers: Iterable[Offer]) -> bytes:
    """The content with all edits applied; new lines end as the first line of the file does."""
    text = data.decode("utf-8", "surrogateescape")  # the offsets of an edit are those of Source.text
    first_break = text.find("\n")
    line_end = "\r\n" if first_break > 0 and text[first_break - 1] == "\r" else "\n"
    pieces: list[str] = []
    read = 0
    for span, replacement in sorted(edit for offer in offers for edit in offer.fix.edits):
        pieces += [text[read : span.start], replacement.replace("\n", line_end)]
        read = span.end
    return "".join([*pieces, text[read:]]).encode("utf-8", "surrogateescape")
