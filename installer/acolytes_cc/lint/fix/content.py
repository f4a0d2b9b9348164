"""Applies the fixes that rules offer to the content of a file; every other byte stays as it is."""

from __future__ import annotations

from bisect import bisect, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple, get_args

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject, parse_subject
from acolytes_cc.definitions.values import SyntaxProblem
from acolytes_cc.lint.catalogue import ADVICE, AnyRule, file_rules, rules_by_code
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.context.suppressions import comments, suppressions
from acolytes_cc.lint.rule import Context, Edit, Fix

# A fix may uncover a problem that another one fixes. After more rounds than this, two rules disagree.
_MAX_ROUNDS = 100


class FixedContent(NamedTuple):
    """The new content, how many problems of each rule were fixed, and why each of the others was not, by its rule."""

    data: bytes
    fixed: Counter[str]
    refused: dict[str, str]


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

    After each round the content is checked again. A fix is kept only if its problem is gone, and each new finding
    weighs less, or is in text that the client did not read before. To fix the result again changes nothing.

    Args:
        data: The content.
        path: The path of the file, which its kind depends on.
        kind: Its kind, if the user says so.
        registry: What the client knows.
        codes: The rules whose fixes are applied.
        unsafe: The rules whose unsafe fixes are applied, too.
    """
    fixed: Counter[str] = Counter()
    refused: dict[str, str] = {}
    for _ in range(_MAX_ROUNDS):
        before = _state(data, path, registry, kind)
        kind = before.subject.kind  # no fix makes another kind of the file
        offers = [offer for offer in _offers(before.subject, registry, codes, unsafe=unsafe) if _is_in_order(offer)]
        applied, refused = list(_apart(offers)), {}
        new = _applied(data, applied)
        if _objection(before, _state(new, path, registry, kind), applied):
            new, applied, refused = _first_good(data, before, registry, offers)
        if new == data:
            break
        data = new
        fixed.update(offer.rule for offer in applied)
    return FixedContent(data, fixed, refused)


def good_offers(
    subject: Subject, registry: Registry, codes: Collection[str], offsets: Collection[int]
) -> Iterator[Offer]:
    """Yield the fixes of the problems at some offsets, also unsafe ones. Each by itself solves its problem."""
    before = None
    for offer in _offers(subject, registry, codes, unsafe=codes):
        if offer.offset in offsets:
            before = before or _state(subject.source.data, subject.path, registry, subject.kind)
            new = _applied(subject.source.data, [offer])
            if not _objection(before, _state(new, subject.path, registry, subject.kind), [offer]):
                yield offer


def _first_good(
    data: bytes, before: _State, registry: Registry, offers: Iterable[Offer]
) -> tuple[bytes, list[Offer], dict[str, str]]:
    """The content with the first fix that is good by itself; the others have their turn in the next round.

    When none is good, the content stays as it is, and what speaks against each is returned by its rule.
    """
    refused: dict[str, str] = {}
    for offer in sorted(offers, key=_place):
        new = _applied(data, [offer])
        objection = _objection(before, _state(new, before.subject.path, registry, before.subject.kind), [offer])
        if new != data and not objection:
            return new, [offer], {}
        refused.setdefault(offer.rule, objection)
    return data, [], refused


def _objection(before: _State, after: _State, offers: list[Offer]) -> str:
    """What speaks against the content with these fixes; empty when nothing does."""
    for problem, count in Counter((offer.rule, offer.message) for offer in offers).items():
        remaining = [place for place in after.problems.get(problem, []) if _was_read(place, before, after)]
        if len(remaining) > len(before.problems[problem]) - count and not _are_uncovered(remaining, before, offers):
            return f"it does not solve {rules_by_code()[problem[0]].NAME}"
    if not before.is_parsable:
        return ""  # its other problems could not be seen
    if not after.is_parsable:
        return "then the file cannot be parsed"
    weights = get_args(Severity)
    mildest = max((weights.index(rules_by_code()[offer.rule].SEVERITY) for offer in offers), default=0)
    new = {
        rule.NAME
        for (code, message), places in after.problems.items()
        if (code, message) not in before.problems
        and _speaks_against(rule := rules_by_code()[code])
        and weights.index(rule.SEVERITY) <= mildest
        and any(_was_read(place, before, after) for place in places)
    }
    return f"then {' and '.join(sorted(new))} would appear" if new else ""


def _speaks_against(rule: AnyRule) -> bool:
    """Whether a problem of the rule that is there only after a fix shows that the fix is wrong."""
    return rule.SEVERITY in ("error", "warning") and rule.PERSONA == "regular" and rule.NAME not in ADVICE


def _was_read(place: int, before: _State, after: _State) -> bool:
    """Whether the client read the text at a place, in characters from the end, in the same way before the fixes.

    After a fix, what was taken for the body can be a part of the frontmatter: then nothing in it was checked before.
    """
    one, other = before.subject, after.subject
    if not (isinstance(one, Definition) and isinstance(other, Definition)):
        return True
    is_field = len(other.text) - place < other.body_start
    return not is_field or len(one.text) - place < one.body_start


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
    for offer in sorted(offers, key=_place):
        spans = sorted(edit.span for edit in offer.fix.edits)
        if all(_is_free(span, taken) for span in spans):
            for span in spans:
                insort(taken, span)
            yield offer


def _place(offer: Offer) -> Edit:
    return min(offer.fix.edits)


def _is_in_order(offer: Offer) -> bool:
    """Whether the edits of an offer do not overlap."""
    spans = sorted(edit.span for edit in offer.fix.edits)
    return all(one.end <= other.start for one, other in pairwise(spans))


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
