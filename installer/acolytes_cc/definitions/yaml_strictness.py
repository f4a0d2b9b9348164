"""What the client's YAML parser refuses and ruamel.yaml accepts.

Client 2.1.332 refuses a NUL, a quoted or bracketed value whose next lines are not indented, a comment that follows a
quote or a bracket at once, and a key that is empty. All of that was seen in its messages ("YAML Parse error").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

_QUOTES = ("'", '"')
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Refusal(NamedTuple):
    """Why the client refuses a text, and where."""

    offset: int
    message: str


def refusal(yaml: str, root: Node) -> Refusal | None:
    """Return why the client refuses ``yaml``, of which ruamel.yaml made ``root``; None if it accepts the text."""
    return next(_refusals(yaml, root), None)


def _refusals(yaml: str, root: Node) -> Iterator[Refusal]:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    waiting: list[tuple[Node, int]] = [(root, -1)]
    seen: set[int] = set()
    while waiting:
        node, indent = waiting.pop()
        if id(node) in seen:  # an alias
            continue
        seen.add(id(node))
        is_collection = isinstance(node, (MappingNode, SequenceNode))
        if (isinstance(node, (MappingNode, SequenceNode)) and node.flow_style) or getattr(
            node, "style", None
        ) in _QUOTES:
            if found := _refused_lines(yaml, node, indent, has_brackets=is_collection):
                yield found
            continue
        if is_collection:
            inner = node.start_mark.column
            if isinstance(node, MappingNode):
                for key, value in node.value:
                    has_no_key = (
                        key.value == "" and key.style not in _QUOTES and yaml[key.start_mark.index :][:1] == ":"
                    )
                    is_block = isinstance(value, MappingNode) and not value.flow_style
                    if has_no_key and is_block and value.start_mark.line == key.start_mark.line:
                        yield Refusal(key.start_mark.index, "a line has no key before its first `:`")
                parts = [part for pair in node.value for part in pair]
            else:
                parts = node.value
            waiting += [(part, inner) for part in reversed(parts)]


def _refused_lines(yaml: str, node: Node, indent: int, *, has_brackets: bool) -> Refusal | None:
    """The first line of a quoted or bracketed value that has too little indentation, or a comment without a space."""
    start, end = node.start_mark.index, node.end_mark.index
    for line_break in _LINE_BREAK.finditer(yaml, start, end):
        line = _LINE_BREAK.split(yaml[line_break.end() : end], maxsplit=1)[0]
        words = line.lstrip(" ")
        column = len(line) - len(words)
        if not words.strip() or (has_brackets and words.startswith("#")):
            continue
        needed = indent if has_brackets and words[0] in "]}" else indent + 1
        if column < needed:
            return Refusal(line_break.end() + column, "a line of a value in quotes or brackets is not indented")
    if yaml[end : end + 1] == "#":
        return Refusal(end, "a comment needs a space before its `#`")
    return None
