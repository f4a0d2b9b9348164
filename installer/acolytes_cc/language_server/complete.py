"""What the editor proposes while the user types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lsprotocol import types

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.language_server.json_place import json_place
from acolytes_cc.language_server.names import Name, names_at
from acolytes_cc.language_server.place import Place
from acolytes_cc.language_server.schemas import all_forms, described, keys_of, nodes_at, values_of
from acolytes_cc.language_server.session import Snapshot
from acolytes_cc.language_server.yaml_place import yaml_place
from acolytes_cc.lint.context.project import FileSummary

TRIGGERS = ('"', ":", " ", ",", "-", "[")
_KINDS = {
    "field": types.CompletionItemKind.Property,
    "hook event": types.CompletionItemKind.Event,
    "tool": types.CompletionItemKind.Function,
    "skill": types.CompletionItemKind.Module,
    "agent": types.CompletionItemKind.Class,
    "color": types.CompletionItemKind.Color,
}


def completions(
    snapshot: Snapshot, files: Iterable[FileSummary], position: types.Position, *, with_schemas: bool = True
) -> list[types.CompletionItem]:
    """Return what fits at a position; nothing in a file that the linter does not check.

    Args:
        snapshot: The document.
        files: The files around it.
        position: Where the cursor is.
        with_schemas: Whether to propose what is in the schema of a JSON file, too; some editors do that themselves.
    """
    if not snapshot.is_checked:
        return []
    text = snapshot.text
    offset = text.offset(position)
    is_definition = isinstance(snapshot.subject, Definition)
    place = yaml_place(text, offset) if is_definition else json_place(text.content, offset)
    if place is None:
        return []
    names = {
        name.text: name
        for name in _names(snapshot, place, files, with_schema=is_definition or with_schemas)
        if name.text not in place.siblings
    }
    return [_item(snapshot, place, name, number) for number, name in enumerate(names.values())]


def _names(snapshot: Snapshot, place: Place, files: Iterable[FileSummary], *, with_schema: bool) -> Iterator[Name]:
    """The names at a place, from the registry and then from the schema."""
    kind = snapshot.subject.kind
    nodes = nodes_at(kind, place.path)
    if place.is_key:
        of_schema = keys_of(nodes)
        for name in names_at(kind, place, snapshot.folder.registry, files):
            yield name._replace(note=name.note or described(of_schema.get(name.text, [])))
        for key in of_schema if with_schema else ():
            yield Name(key, "field", described(all_forms(kind, (*place.path, key))))
        return
    yield from names_at(kind, place, snapshot.folder.registry, files)
    if with_schema:
        yield from (Name(_written(value), "value") for value in values_of(nodes) if value not in ("", None))


def _item(snapshot: Snapshot, place: Place, name: Name, number: int) -> types.CompletionItem:
    new = _inserted(place, name)
    return types.CompletionItem(
        label=name.text,
        kind=_KINDS.get(name.kind, types.CompletionItemKind.Value),
        detail=name.kind,
        documentation=name.note or None,
        # editors compare it with what is replaced, quotes included
        filter_text=new if place.quote else None,
        sort_text=f"{number:04}",
        text_edit=types.TextEdit(snapshot.text.range(place.span), new),
    )


def _inserted(place: Place, name: Name) -> str:
    if place.style == "yaml":
        return f"{name.text}: " if place.is_key and not place.has_colon else f"{place.quote}{name.text}{place.quote}"
    if place.is_key:
        return json.dumps(name.text) + ("" if place.has_colon else ": ")
    return name.text if name.text in ("true", "false") and name.kind == "value" else json.dumps(name.text)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
