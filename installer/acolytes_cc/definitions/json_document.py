"""A JSON file of the client (settings, hooks, manifests), with the same kind of values as frontmatter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined] # as in json_splice

from acolytes_cc.definitions import json_splice
from acolytes_cc.definitions.frontmatter import BYTE_ORDER_MARK
from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.source import Source, Span
from acolytes_cc.definitions.values import Field, SyntaxProblem, Value

_MOST_DIGITS = 400
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class JsonDocument:
    """A JSON file: its source, and its value with the place of each part.

    ``unloadable`` is the reason why the file was not read; the source is then empty.
    """

    path: str
    source: Source
    kind: Kind
    unloadable: str | None = None

    @property
    def text(self) -> str:
        """The whole text of the file."""
        return self.source.text

    @property
    def skips_byte_order_mark(self) -> bool:
        """Whether the file starts with a byte order mark that the client skips. In hooks.json it does not."""
        return self.kind != "hooks" and self.text.startswith(BYTE_ORDER_MARK)

    @cached_property
    def root(self) -> Value | SyntaxProblem:
        """The whole value, or the problem that keeps the text from parsing."""
        if self.unloadable is not None:
            return Value("map", Span(0, 0))
        text = self.text
        if self.skips_byte_order_mark:
            text = " " + text[1:]
        try:
            return read_json(text)
        except json.JSONDecodeError as error:
            return SyntaxProblem(error.pos, error.msg)
        except RecursionError:
            return SyntaxProblem(0, "it is nested too deeply", exceeds_limit=True)

    def field(self, key: str) -> Field | None:
        """The member of the root with that key; None when there is none, or when the text is not a JSON object."""
        return self.root.member(key) if isinstance(self.root, Value) else None


def read_json(text: str) -> Value:
    """Parse a JSON text into values with spans. If an object has a key twice, both fields are in the result.

    Raises:
        json.JSONDecodeError: The text is not valid JSON, or it has a constant that only Python accepts (`NaN`).
        RecursionError: The text is nested too deeply.
    """
    return _value(text, json_splice.parse(text))


def _value(text: str, node: json_splice.Node) -> Value:
    span = Span(node.start, node.end)
    if node.elements is not None:
        return Value("list", span, items=tuple(_value(text, element) for element in node.elements))
    if node.pairs is not None:
        return Value("map", span, fields=tuple(_field(text, *pair) for pair in node.pairs))
    if text[node.start] == '"':
        return Value("string", span, scanstring(text, node.start + 1)[0], quoted=True)
    data = json.loads(text[slice(*span)], parse_int=_whole_number)
    if isinstance(data, bool) or data is None:
        return Value("null" if data is None else "boolean", span, data)
    return Value("number", span, data)


def _whole_number(digits: str) -> int | float:
    """As in JavaScript, a number with very many digits is infinite; Python refuses to make it an integer."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _field(text: str, key: str, start: int, value: json_splice.Node) -> Field:
    quoted = _STRING.match(text, start)
    return Field(key, Span(start, quoted.end() if quoted else start), _value(text, value))
