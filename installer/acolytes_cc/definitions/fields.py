"""Frontmatter fields with their positions, from YAML nodes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.yaml_repair import repair

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import Node

Kind = Literal["null", "boolean", "number", "string", "list", "map"]
_KINDS: dict[str, Kind] = {"null": "null", "bool": "boolean", "int": "number", "float": "number"}
# The client takes characters that ruamel.yaml refuses; each stands for one, so that offsets stay.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# YAML lets tabs separate, and so does the client; ruamel.yaml does not.
_INNER_TABS = re.compile(r"(?<=[^\t\n\r])\t")


@dataclass(frozen=True)
class Value:
    """One value: ``data`` of a scalar, ``items`` of a list, ``fields`` of a map. The span holds a scalar's quotes, too.

    ``quoted`` is false for a plain scalar, which a `` #`` ends.
    """

    kind: Kind
    span: Span
    data: str | int | float | bool | None = None
    items: tuple[Value, ...] = ()
    fields: tuple[Field, ...] = ()
    quoted: bool = False

    def plain(self) -> Any:
        """The value as Python's own types."""
        if self.kind == "list":
            return [item.plain() for item in self.items]
        if self.kind == "map":
            return {field.key: field.value.plain() for field in self.fields}
        return self.data


@dataclass(frozen=True)
class Field:
    """A key, its span and its value."""

    key: str
    span: Span
    value: Value


@dataclass(frozen=True)
class YamlProblem:
    """Why the YAML does not parse, and the offset where."""

    offset: int
    message: str


@dataclass(frozen=True)
class Fields:
    """The fields in their order, or the problem. ``repaired``: strict YAML rejects it, and the client loads it."""

    fields: tuple[Field, ...] = ()
    problem: YamlProblem | None = None
    repaired: bool = False


def read_fields(text: str, span: Span) -> Fields:
    """Read ``text[span]`` as the client does: as YAML, else repaired. All spans are offsets in ``text``."""
    yaml = text[slice(*span)]
    try:
        return Fields(_fields(yaml, lambda offset: span.start + offset, text))
    except _NotYamlError:
        mended = repair(yaml, _is_list)
    try:
        return Fields(_fields(mended.text, lambda offset: span.start + mended.origin(offset), text), repaired=True)
    except _NotYamlError as error:
        return Fields(problem=YamlProblem(span.start + mended.origin(error.offset), str(error)))


class _NotYamlError(Exception):
    def __init__(self, offset: int, message: str) -> None:
        super().__init__(" ".join(message.split()))
        self.offset = offset


def _fields(yaml: str, place: Callable[[int], int], text: str) -> tuple[Field, ...]:
    from ruamel.yaml.nodes import MappingNode

    node = _compose(yaml)
    if node is None:
        return ()
    if not isinstance(node, MappingNode):
        raise _NotYamlError(node.start_mark.index, "it holds no `key: value` lines")
    try:
        return _Reader(place, text).value(node).fields
    except RecursionError:
        raise _NotYamlError(0, "it is nested too deeply") from None


def _is_list(yaml: str) -> bool:
    from ruamel.yaml.nodes import SequenceNode

    try:
        return isinstance(_compose(yaml), SequenceNode)
    except _NotYamlError:
        return False


def _compose(yaml: str) -> Node | None:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    readable = _INNER_TABS.sub(" ", _UNREADABLE.sub("\ufffd", yaml))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice is legal, and nothing to print about
            node: Node | None = _yaml().compose(readable)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _NotYamlError(mark.index if mark else 0, str(error.problem or error.context)) from None
    except RecursionError:
        raise _NotYamlError(0, "it is nested too deeply") from None
    # ruamel.yaml lets slips of its own through on malformed escapes, tags and directives
    except (YAMLError, ValueError, TypeError, AttributeError, LookupError, AssertionError) as error:
        raise _NotYamlError(0, str(error) or type(error).__name__) from None
    return node


@lru_cache(maxsize=1)
def _yaml() -> YAML:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True)  # each new one looks for plug-ins on the disk


class _Reader:
    """Turns nodes into values; a node that an alias repeats becomes one shared value."""

    def __init__(self, place: Callable[[int], int], text: str) -> None:
        self._place = place
        self._text = text
        self._known: dict[int, Value] = {}
        self._open: set[int] = set()

    def value(self, node: Node) -> Value:
        key = id(node)
        if key in self._open:
            raise _NotYamlError(node.start_mark.index, "an alias leads back to itself")
        if key not in self._known:
            self._open.add(key)
            self._known[key] = self._new(node)
            self._open.discard(key)
        return self._known[key]

    def _new(self, node: Node) -> Value:
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        span = self._span(node)
        if isinstance(node, SequenceNode):
            return Value("list", span, items=tuple(self.value(item) for item in node.value))
        if isinstance(node, MappingNode):
            return Value("map", span, fields=tuple(self._field(key, value) for key, value in node.value))
        kind = _KINDS.get(str(node.tag).rsplit(":", 1)[-1], "string")
        quoted = getattr(node, "style", None) is not None
        return Value(kind, span, _scalar(kind, node.value), quoted=quoted)

    def _field(self, key: Node, value: Node) -> Field:
        name = key.value if isinstance(key.value, str) else "?"
        return Field(name, self._span(key), self.value(value))

    def _span(self, node: Node) -> Span:
        start, end = self._place(node.start_mark.index), self._place(node.end_mark.index)
        # A block's end mark stands at the start of what follows it.
        while end > start and self._text[end - 1].isspace():
            end -= 1
        return Span(start, max(start, end))


def _scalar(kind: Kind, text: str) -> str | int | float | bool | None:
    if kind == "null":
        return None
    if kind == "boolean":
        return text.lower() == "true"
    if kind == "number":
        with suppress(ValueError):
            return int(text, 0)
        with suppress(ValueError):
            return float(text)
    return text
