"""Words at the beginning of a value that YAML takes for a tag or an anchor, and so not for text."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.printable import quoted

_PROPERTY = re.compile(r":\s+([&!][^\s,\[\]{}]*)(?=\s)")
# These say what the value is anyway; `!!` alone is text for the client
_CORE_TAGS = frozenset({"!!", "!!str", "!!int", "!!float", "!!bool", "!!null"})


class LostProperty(NamedTuple):
    """A word that is no part of the text: where it starts, and what YAML makes of it."""

    offset: int
    words: str


def lost_property(definition: Definition, field: Field) -> LostProperty | None:
    """Return the tag or anchor in front of the text of a field; None when its text has all that is written."""
    found = _PROPERTY.match(definition.text, field.span.end)
    if not found or found[1] in _CORE_TAGS or str(field.value.data).startswith(found[1]):
        return None
    word = "a tag" if found[1].startswith("!") else "an anchor"
    return LostProperty(found.start(1), f"YAML reads {quoted(found[1])} as {word}")
