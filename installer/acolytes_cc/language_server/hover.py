"""What the editor shows when the pointer rests on something: the page of a rule, or what a field means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.language_server.diagnostics import finding_span
from acolytes_cc.language_server.names import field_note
from acolytes_cc.language_server.place import Path
from acolytes_cc.language_server.schemas import all_forms, described
from acolytes_cc.language_server.session import Snapshot
from acolytes_cc.lint.catalogue import rules_by_code
from acolytes_cc.lint.finding import Finding


def hover(snapshot: Snapshot, findings: Iterable[Finding], position: types.Position) -> types.Hover | None:
    """Return the pages of the rules with a finding at a position, and what the field there means."""
    text = snapshot.text
    offset = text.offset(position)
    spans = {finding: finding_span(finding, text) for finding in findings}
    found = {finding: span for finding, span in spans.items() if span.start <= offset <= span.end}
    texts = list(dict.fromkeys(map(_page, found)))
    places = list(found.values())
    for path, field in _fields(snapshot) if snapshot.is_checked else ():
        if field.span.start <= offset < field.span.end:
            texts += filter(None, [_meaning(snapshot, path)])
            places.append(field.span)
    return _hover("\n\n---\n\n".join(texts), text.range(places[0])) if texts else None


def _page(finding: Finding) -> str:
    """The message and the page of a rule; its headings are one level lower than in the documentation."""
    rule = rules_by_code()[finding.rule]
    page = str(rule.__doc__).rstrip().replace("\n## ", "\n#### ")
    return f"**{rule.CODE} {rule.NAME}** ({finding.severity})\n\n{page}"


def _meaning(snapshot: Snapshot, path: Path) -> str:
    kind, key = snapshot.subject.kind, str(path[-1])
    note = field_note(kind, key, snapshot.folder.registry) if len(path) == 1 else ""
    meaning = " ".join(filter(None, [described(all_forms(kind, path)), note]))
    return f"**{key}**\n\n{meaning}" if meaning else ""


def _fields(snapshot: Snapshot) -> Iterator[tuple[Path, Field]]:
    """Every key of the document, with the way to it."""
    subject = snapshot.subject
    if isinstance(subject, Definition):
        yield from _below((), Value("map", Span(0, 0), fields=tuple(subject.yaml.fields)))
    elif isinstance(subject, JsonDocument) and isinstance(subject.root, Value):
        yield from _below((), subject.root)


def _below(path: Path, value: Value) -> Iterator[tuple[Path, Field]]:
    for field in value.fields:
        yield (*path, field.key), field
        yield from _below((*path, field.key), field.value)
    for number, item in enumerate(value.items):
        yield from _below((*path, number), item)


def _hover(markdown: str, place: types.Range) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, markdown), place)
