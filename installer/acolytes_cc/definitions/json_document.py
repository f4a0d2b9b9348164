"""A JSON file around definitions (settings, hooks, manifests), read into the same values as frontmatter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from json.decoder import scanstring  # type: ignore[attr-defined] # as in json_splice

from acolytes_cc.definitions import json_splice
from acolytes_cc.definitions.fields import Field, SyntaxProblem, Value
from acolytes_cc.definitions.kinds import Kind
from acolytes_cc.definitions.source import Source, Span

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class JsonDocument:
    """A JSON file: its source, and its value with the places of all parts.

    ``unloadable`` says why its content was not read at all; the source is empty then.
    """

    path: str
    source: Source
    kind: Kind
    unloadable: str | None = None

    @property
    def text(self) -> str:
        return self.source.text

    @cached_property
    def root(self) -> Value | SyntaxProblem:
        """The whole value, or why the text is no JSON."""
        if self.unloadable is not None:
            return Value("map", Span(0, 0))
        try:
            return read_json(self.text)
        except json.JSONDecodeError as error:
            return SyntaxProblem(error.pos, error.msg)
        except RecursionError:
            return SyntaxProblem(0, "it is nested too deeply")

    def field(self, key: str) -> Field | None:
        """The root's member of that name; None when there is none, or the text is no JSON object."""
        return self.root.member(key) if isinstance(self.root, Value) else None


def read_json(text: str) -> Value:
    """The value of a JSON text, with spans; of a doubled key all are there, in their order.

    Raises json.JSONDecodeError, also for what only Python takes (`NaN`), and RecursionError.
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
    data = json.loads(text[slice(*span)])
    if isinstance(data, bool) or data is None:
        return Value("null" if data is None else "boolean", span, data)
    return Value("number", span, data)


def _field(text: str, key: str, start: int, value: json_splice.Node) -> Field:
    quoted = _STRING.match(text, start)
    return Field(key, Span(start, quoted.end() if quoted else start), _value(text, value))
