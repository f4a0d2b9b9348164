"""Frontmatter fields with their positions, from YAML nodes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
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
_KEY = re.compile(r"([A-Za-z_][\w-]*): +", re.ASCII)
_SHORT_NUMBER = re.compile("0|[1-9][0-9]{0,8}")
_NO_STRINGS: tuple[tuple[str, Kind, bool | None], ...] = (
    ("null", "null", None),
    ("true", "boolean", True),
    ("false", "boolean", False),
)
_WORDS = {word: (kind, data) for name, kind, data in _NO_STRINGS for word in (name, name.title(), name.upper())}
# YAML lets tabs separate, and so does the client; ruamel.yaml does not.
_INNER_TABS = re.compile(r"(?<=[^\t\n\r])\t")

# Each bracket more takes ruamel.yaml longer than the one before.
_TOO_DEEP = re.compile(r"(?:[\[{]\s*){300}")
# Each of these takes the parser 20 to 40 microseconds; no definition has a hundredth of so many.
_SIGNS = re.compile(r"[\n,:\[{]")
_MOST_SIGNS = 20_000
# No definition holds so many values, unless a few aliases of aliases stand for them.
_HEAVIEST = 50_000


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

    def member(self, key: str) -> Field | None:
        """The field of that name; of several the last, which is the client's choice."""
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.fields}

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
class SyntaxProblem:
    """Why YAML or JSON does not parse, and the offset where.

    ``is_ours``: it was not read to its end here, so what the client makes of it is not known.
    """

    offset: int
    message: str
    is_ours: bool = False


@dataclass(frozen=True)
class Fields:
    """The fields in their order, or the problem. ``repaired``: strict YAML rejects it, and the client loads it."""

    fields: tuple[Field, ...] = ()
    problem: SyntaxProblem | None = None
    repaired: bool = False


def read_fields(text: str, span: Span) -> Fields:
    """Read ``text[span]`` as the client does: as YAML, else repaired. All spans are offsets in ``text``."""
    yaml = text[slice(*span)]
    plain = _plain_fields(yaml, span.start)
    if plain is not None:
        return Fields(plain)
    if len(_SIGNS.findall(yaml)) > _MOST_SIGNS:
        message = f"it has more than {_MOST_SIGNS:,} separators (line breaks, commas, colons and brackets)"
        return Fields(problem=SyntaxProblem(span.start, message, is_ours=True))
    try:
        return Fields(_fields(yaml, lambda offset: span.start + offset, text))
    except _NotYamlError:
        mended = repair(yaml, _is_list)
    try:
        return Fields(_fields(mended.text, lambda offset: span.start + mended.origin(offset), text), repaired=True)
    except _NotYamlError as error:
        return Fields(problem=SyntaxProblem(span.start + mended.origin(error.offset), str(error)))


def _plain_fields(yaml: str, start: int) -> tuple[Field, ...] | None:
    """What most frontmatter is, lines of ``key: words``, forty times as fast as the parser; None for anything else."""
    fields = []
    for line in yaml.splitlines(keepends=True):
        found = _KEY.match(line)
        if found is None or not line.endswith("\n") or not line[:-1].isprintable():
            return None
        words = line[found.end() : -1].rstrip(" ")
        value = _plain_value(words, start + found.end())
        if value is None:
            return None
        fields.append(Field(found[1], Span(start, start + found.end(1)), value))
        start += len(line)
    return tuple(fields)


def _plain_value(words: str, start: int) -> Value | None:
    """A scalar of one line with nothing in it that means anything in YAML; None for anything else."""
    span = Span(start, start + len(words))
    first, last = words[:1], words[-1:]
    if first.isalpha() and first.isascii():
        if ": " in words or " #" in words or last == ":":
            return None
        if words in _WORDS:
            kind, data = _WORDS[words]
            return Value(kind, span, data)
        return Value("string", span, words)
    inner = words[1:-1]
    if first == last == '"' and len(words) > 1 and '"' not in inner and "\\" not in inner:
        return Value("string", span, inner, quoted=True)
    if first == last == "'" and len(words) > 1 and "'" not in inner:
        return Value("string", span, inner, quoted=True)
    return Value("number", span, int(words)) if _SHORT_NUMBER.fullmatch(words) else None


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

    deep = _TOO_DEEP.search(yaml)
    if deep:
        raise _NotYamlError(deep.start(), "it is nested too deeply")
    readable = _INNER_TABS.sub(" ", _UNREADABLE.sub("\ufffd", yaml))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice is legal, and nothing to print about
            node: Node | None = _yaml().compose(readable)
    except MarkedYAMLError as error:
        # What is never closed goes wrong at the end; the place to mend is where it begins.
        unclosed = "end of stream" in str(error.problem) and error.context_mark
        mark = unclosed or error.problem_mark or error.context_mark
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
        self._weights: dict[int, int] = {}
        self._open: set[int] = set()

    def value(self, node: Node) -> Value:
        key = id(node)
        if key in self._open:
            raise _NotYamlError(node.start_mark.index, "an alias leads back to itself")
        if key not in self._known:
            self._open.add(key)
            value = self._known[key] = self._new(node)
            self._open.discard(key)
            parts = (*value.items, *(field.value for field in value.fields))
            self._weights[id(value)] = 1 + sum(self._weights[id(part)] for part in parts)
            if self._weights[id(value)] > _HEAVIEST:
                raise _NotYamlError(node.start_mark.index, f"its aliases unfold to over {_HEAVIEST:,} values")
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
