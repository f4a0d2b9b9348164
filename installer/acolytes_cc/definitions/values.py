"""The values of a YAML or JSON text, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.source import Span

ValueKind = Literal["null", "boolean", "number", "string", "list", "map"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Value:
    """One value: a scalar has ``data``, a list has ``items``, a map has ``fields``.

    The span of a string includes its quotes. ``quoted`` is false for a YAML string without quotes, which a `` #`` ends.
    """

    kind: ValueKind
    span: Span
    data: Scalar = None
    items: tuple[Value, ...] = ()
    fields: tuple[Field, ...] = ()
    quoted: bool = False

    def member(self, key: str) -> Field | None:
        """The field with that key; if there are several, the last one, because the client uses that one."""
        return self._fields_by_key.get(key)

    @cached_property
    def _fields_by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.fields}

    def plain(self) -> Any:
        """The value as Python lists, dictionaries and scalars."""
        if self.kind == "list":
            return [item.plain() for item in self.items]
        if self.kind == "map":
            return {field.key: field.value.plain() for field in self.fields}
        return self.data


@dataclass(frozen=True)
class Field:
    """A key with its span, and its value."""

    key: str
    span: Span
    value: Value


@dataclass(frozen=True)
class SyntaxProblem:
    """Why a YAML or JSON text does not parse, and the offset of the error.

    Attributes:
        exceeds_limit: Whether the text was not parsed because of a size limit that the client does not have. It is then
            unknown what the client does with the text.
        how_to_fix: What to change, in a sentence; empty when that is not certain.
        mend: A span of the text, and what to write instead, when that surely is what the author meant.
    """

    offset: int
    message: str
    exceeds_limit: bool = False
    how_to_fix: str = ""
    mend: tuple[Span, str] | None = None

    def moved(self, by: int) -> SyntaxProblem:
        """The same problem of a text that has ``by`` more characters before it."""
        mend = self.mend and (Span(self.mend[0].start + by, self.mend[0].end + by), self.mend[1])
        return replace(self, offset=self.offset + by, mend=mend)
