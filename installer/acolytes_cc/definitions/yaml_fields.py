"""Reads the fields of frontmatter as the client does: from YAML, with the place of each value."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from acolytes_cc.definitions.plain_fields import read_plain_fields
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field, Scalar, SyntaxProblem, Value, ValueKind
from acolytes_cc.definitions.yaml_repair import repair
from acolytes_cc.definitions.yaml_strictness import refusal

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import Node

_KINDS: dict[str, ValueKind] = {"null": "null", "bool": "boolean", "int": "number", "float": "number"}
# The client accepts these characters and ruamel.yaml does not. One character replaces each, so that offsets stay valid.
# It is from a private area of Unicode, in which values are turned back.
_UNREADABLE = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_PRIVATE = 0xF0000
_REPLACED = re.compile("[\U000f0000-\U000fffff]")
# In YAML, and for the client, tabs separate words; ruamel.yaml does not accept them.
_INNER_TABS = re.compile(r"(?<=[^\s])[ \t]*\t[ \t]*")
# The same for tabs behind the spaces of an indentation, but not in front of a key or a list item.
_INDENT_TABS = re.compile(r"^ +\t[ \t]*(?!-\s|[^\s#\"'\[{][^\n]*:(?:\s|$)|[ \t])", re.MULTILINE)
# ruamel.yaml does not accept a first line of a block that has spaces only, and fewer than the text.
_BLOCK_BLANKS = re.compile(r"(?<=[|>]\n|[+-]\n)(?: *\n)+")

# ruamel.yaml needs more time for each bracket than for the one before.
_TOO_DEEP = re.compile(r"(?:[\[{]\s*){300}")
# The parser needs 20 to 40 microseconds for each separator. No real definition has even 1 % of this number.
_SEPARATORS = re.compile(r"[\n,:\[{]")
_MOST_SEPARATORS = 20_000
# No real definition has so many values. A few aliases that contain other aliases can expand to more.
_MOST_VALUES = 50_000


@dataclass(frozen=True)
class FrontmatterFields:
    """The fields in their order, or the problem that keeps the text from parsing.

    ``repaired`` is true when the text is not valid YAML and the client loads it after its repair.
    """

    fields: tuple[Field, ...] = ()
    problem: SyntaxProblem | None = None
    repaired: bool = False


def read_fields(text: str, span: Span) -> FrontmatterFields:
    """Read the YAML in ``text[span]`` as the client does, if necessary with its repair. All spans refer to ``text``."""
    yaml = text[slice(*span)]
    fields = read_plain_fields(yaml, span.start)
    if fields is not None:
        return FrontmatterFields(fields)
    if len(_SEPARATORS.findall(yaml)) > _MOST_SEPARATORS:
        message = f"it has more than {_MOST_SEPARATORS:,} separators (line breaks, commas, colons and brackets)"
        return FrontmatterFields(problem=SyntaxProblem(span.start, message, exceeds_limit=True))
    try:
        return FrontmatterFields(_parse(yaml, lambda offset: span.start + offset, text))
    except _NotYamlError as error:
        first = error
    repaired = repair(yaml, _is_list)
    try:
        fields = _parse(repaired.text, lambda offset: span.start + repaired.origin(offset), text)
        return FrontmatterFields(fields, repaired=True)
    except _NotYamlError as error:
        last = error
    return FrontmatterFields(problem=_problem(yaml, first, last).moved(span.start))


def _problem(yaml: str, first: _NotYamlError, last: _NotYamlError) -> SyntaxProblem:
    """What is wrong with a text in which there is a first error, and after the repair a last one."""
    from acolytes_cc.definitions.yaml_diagnosis import diagnosis
    from acolytes_cc.definitions.yaml_messages import problem_in_words

    if last.exceeds_limit:
        return SyntaxProblem(first.offset, str(last), exceeds_limit=True)
    found = None if first.is_exact else diagnosis(yaml, _error_in, lambda part: repair(part, _is_list).text)
    return found or problem_in_words(first.offset, str(first))


def _error_in(yaml: str) -> tuple[int, str] | None:
    try:
        _parse(yaml, lambda offset: offset, yaml)
    except _NotYamlError as error:
        return error.offset, str(error)
    return None


class _NotYamlError(Exception):
    """Why a text cannot be parsed. An exact error is at the mistake itself, not where a parser stopped."""

    def __init__(self, offset: int, message: str, *, exceeds_limit: bool = False, is_exact: bool = False) -> None:
        super().__init__(" ".join(message.split()))
        self.offset = offset
        self.exceeds_limit = exceeds_limit
        self.is_exact = is_exact


def _parse(yaml: str, to_text_offset: Callable[[int], int], text: str) -> tuple[Field, ...]:
    from ruamel.yaml.nodes import MappingNode

    node = _compose(yaml)
    if node is None:
        return ()
    if not isinstance(node, MappingNode):
        raise _NotYamlError(node.start_mark.index, "it has no `key: value` lines")
    try:
        return _Reader(to_text_offset, text).value(node).fields
    except RecursionError:
        raise _NotYamlError(0, "it is nested too deeply") from None


def _is_list(yaml: str) -> bool:
    from ruamel.yaml.nodes import SequenceNode

    try:
        return isinstance(_compose(yaml), SequenceNode)
    except _NotYamlError:
        return False


def _compose(yaml: str) -> Node | None:
    deep = _TOO_DEEP.search(yaml)
    if deep:
        raise _NotYamlError(deep.start(), "it is nested too deeply", exceeds_limit=True)
    if "\0" in yaml:
        raise _NotYamlError(yaml.index("\0"), "it has a NUL character", is_exact=True)
    readable = _INNER_TABS.sub(lambda tabs: " " * len(tabs[0]), _unreadable().sub(_stand_in, yaml))
    readable = _BLOCK_BLANKS.sub(lambda blanks: "\n" * len(blanks[0]), readable)
    try:
        node = _composed(readable)
    except _NotYamlError:
        spaced = _INDENT_TABS.sub(lambda indent: " " * len(indent[0]), readable)
        if spaced == readable:
            raise
        node = _composed(readable := spaced)
    if node is not None and (refused := refusal(readable, node)):
        raise _NotYamlError(*refused, is_exact=True)
    return node


def _composed(readable: str) -> Node | None:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice is valid, but ruamel.yaml warns about it
            return _yaml().compose(readable)  # type: ignore[no-any-return]
    except MarkedYAMLError as error:
        # For something that is never closed, the parser fails at the end. The place to fix is where it starts.
        starts = any(words in str(error.problem) for words in ("end of stream", "could not find expected"))
        mark = (starts and error.context_mark) or error.problem_mark or error.context_mark
        message = str(error.problem or error.context)
        raise _NotYamlError(mark.index if mark else 0, message) from None
    except RecursionError:
        raise _NotYamlError(0, "it is nested too deeply") from None
    # ruamel.yaml raises these unintended errors for malformed escapes, tags and directives
    except (YAMLError, ValueError, TypeError, AttributeError, LookupError, AssertionError) as error:
        raise _NotYamlError(0, str(error) or type(error).__name__) from None


@lru_cache(maxsize=1)
def _yaml() -> YAML:
    from ruamel.yaml import YAML

    from acolytes_cc.definitions.yaml_scanner import ClientScanner

    yaml = YAML(typ="safe", pure=True)  # created once, because each new one searches the disk for plug-ins
    yaml.Scanner = ClientScanner
    return yaml


class _Reader:
    """Turns the nodes of ruamel.yaml into values. A node that aliases repeat becomes one shared value."""

    def __init__(self, to_text_offset: Callable[[int], int], text: str) -> None:
        self._to_text_offset = to_text_offset
        self._text = text
        self._values: dict[int, Value] = {}
        self._sizes: dict[int, int] = {}
        self._in_progress: set[int] = set()

    def value(self, node: Node) -> Value:
        key = id(node)
        if key in self._in_progress:
            raise _NotYamlError(node.start_mark.index, "an alias refers to itself")
        if key not in self._values:
            self._in_progress.add(key)
            value = self._values[key] = self._new(node)
            self._in_progress.discard(key)
            parts = (*value.items, *(field.value for field in value.fields))
            self._sizes[id(value)] = 1 + sum(self._sizes[id(part)] for part in parts)
            if self._sizes[id(value)] > _MOST_VALUES:
                raise _NotYamlError(node.start_mark.index, f"its aliases expand to more than {_MOST_VALUES:,} values")
        return self._values[key]

    def _new(self, node: Node) -> Value:
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        span = self._span(node)
        if isinstance(node, SequenceNode):
            return Value("list", span, items=tuple(self.value(item) for item in node.value))
        if isinstance(node, MappingNode):
            return Value("map", span, fields=self._merged(node))
        quoted = getattr(node, "style", None) is not None
        # the client heeds no tag: `!!int "5"` is a string
        # ruamel.yaml has binary numbers, and numbers such as 1_000
        is_text = quoted or "_" in node.value or str(node.value).startswith("0b")
        kind = "string" if is_text else _KINDS.get(str(node.tag).rsplit(":", 1)[-1], "string")
        return Value(kind, span, _scalar(kind, _original(node.value)), quoted=quoted)

    def _merged(self, node: Node) -> tuple[Field, ...]:
        """The fields of a mapping, and before them those that `<<` merges into it and that it does not have itself."""
        own = [(key, value) for key, value in node.value if key.value != "<<" or key.style is not None]
        names = {key.value for key, _ in own if isinstance(key.value, str)}
        merged: dict[str, Field] = {}
        for key, value in node.value:
            if key.value == "<<" and key.style is None:
                source = self.value(value)
                for one in (source, *source.items):
                    merged.update((field.key, field) for field in one.fields if field.key not in {*names, *merged})
        return (*merged.values(), *(self._field(key, value) for key, value in own))

    def _field(self, key: Node, value: Node) -> Field:
        name = _original(key.value) if isinstance(key.value, str) else "?"
        if name == "" and getattr(key, "style", None) is None:
            name = "null"  # so the client calls a key that is not there
        return Field(name, self._span(key), self.value(value))

    def _span(self, node: Node) -> Span:
        start, end = self._to_text_offset(node.start_mark.index), self._to_text_offset(node.end_mark.index)
        # The end mark of a block is at the start of the next token.
        while end > start and self._text[end - 1].isspace():
            end -= 1
        return Span(start, max(start, end))


def _stand_in(found: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= found[0] <= "\udfff" else chr(_PRIVATE + ord(found[0]))


@lru_cache(maxsize=1)
def _unreadable() -> re.Pattern[str]:
    """Made at its first use: that takes 3 ms, and simple frontmatter needs none of it."""
    return re.compile(_UNREADABLE)


def _original(text: str) -> str:
    return _REPLACED.sub(lambda found: chr(ord(found[0]) - _PRIVATE), text)


def _scalar(kind: ValueKind, text: str) -> Scalar:
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
