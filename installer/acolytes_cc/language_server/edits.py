"""Changes of a text as the editor applies them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from lsprotocol import types

from acolytes_cc.definitions.source import Span
from acolytes_cc.language_server.text import Text
from acolytes_cc.lint.rule import Edit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def text_edits(text: Text, edits: Iterable[Edit]) -> list[types.TextEdit]:
    """Return edits for the editor."""
    return [types.TextEdit(text.range(span), new) for span, new in sorted(edits)]


def with_line_ends(text: Text, edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits of a rule, in which new lines end as the first line of the text does."""
    return [Edit(span, new.replace("\n", text.line_end)) for span, new in edits]


def line_edits(old: str, new: str) -> Iterator[Edit]:
    """Yield the lines that make ``new`` out of ``old``: so the cursor and the folds of the editor stay."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag != "equal":
            yield Edit(Span(starts[first], starts[last]), "".join(after[new_first:new_last]))


def described(text: Text, edits: tuple[Edit, ...]) -> str:
    """Return what edits do, in a few words.

    >>> described(Text("color: Blue"), (Edit(Span(7, 11), "blue"),))
    'replace `Blue` by `blue`'
    """
    if len(edits) > 1:
        return f"change {len(edits)} places"
    old, new = (_short(part) for part in (text.content[slice(*edits[0].span)], edits[0].text))
    if old and new:
        return f"replace {old} by {new}"
    return f"insert {new}" if new else f"delete {old or 'it'}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return f"`{flat if len(flat) <= 30 else flat[:29] + '…'}`" if flat else ("white space" if text else "")
