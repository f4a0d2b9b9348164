"""Edits a JSON text in place: every byte outside the edit stays as the user wrote it.

``json.loads`` does not keep positions. This reader keeps the position of every value, so that an edit replaces one
range of the text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined] # the string reader of the library, because it is fast
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s,\]}]+")


@dataclass
class Node:
    """A value and its half-open range in the text."""

    start: int
    end: int
    pairs: list[tuple[str, int, Node]] | None = None
    """For an object: each key, the offset of the key, and its value, in the order of the text."""
    elements: list[Node] | None = None
    """For an array: its values, in the order of the text."""
    children: list[tuple[int, int]] = field(default_factory=list)
    """The ranges of all members (from the start of the key) or elements, in the order of the text."""

    @property
    def members(self) -> dict[str, tuple[int, Node]]:
        """The offset and the value of each key. For a repeated key, the last one, because the client uses that one."""
        return {key: (start, value) for key, start, value in self.pairs or ()}


def parse(text: str) -> Node:
    """Find the positions of all values of a JSON text.

    Raises:
        json.JSONDecodeError: The text is not valid JSON.
    """
    # the text is valid from here on, so the reader below does not check it
    # numbers are left as text: Python refuses to make an integer of very many digits
    json.loads(text, parse_constant=lambda name: _refuse(text, name), parse_int=str)
    return _value(text, _skip(text, 0))


def _refuse(text: str, name: str) -> None:
    raise json.JSONDecodeError(f"{name} is not a JSON value", text, max(0, text.find(name)))


def append_element(text: str, array: Node, value: Any) -> str:
    """Add ``value`` as the last element of ``array``, and return the new text."""
    return _insert(text, array, "", value)


def append_member(text: str, node: Node, key: str, value: Any) -> str:
    """Add ``key: value`` as the last member of the object ``node``, and return the new text."""
    return _insert(text, node, json.dumps(key, ensure_ascii=False) + ": ", value)


def remove_child(text: str, container: Node, index: int) -> str:
    """Remove the member or element number ``index`` of ``container`` with its comma, and return the new text."""
    start, end = container.children[index]
    if index + 1 < len(container.children):
        return text[:start] + text[container.children[index + 1][0] :]
    if index > 0:
        return text[: container.children[index - 1][1]] + text[end:]
    return text[: container.start + 1] + text[container.end - 1 :]


def remove_member(text: str, node: Node, key: str) -> str:
    """Remove the member ``key`` of the object ``node``, and return the new text."""
    start = node.members[key][0]
    return remove_child(text, node, [child[0] for child in node.children].index(start))


def _insert(text: str, container: Node, prefix: str, value: Any) -> str:
    if _on_one_line(text, container):
        inner = outer = ""
        written = json.dumps(value, ensure_ascii=False)
    else:
        newline, indent, step = "\r\n" if "\r\n" in text else "\n", _indent(text, container.start), _step(text)
        inner, outer = newline + indent + step, newline + indent
        # a JSON string has no raw line break, so each one here is part of the layout
        written = json.dumps(value, ensure_ascii=False, indent=step).replace("\n", inner)
    if container.children:
        end = container.children[-1][1]
        return text[:end] + "," + (inner or " ") + prefix + written + text[end:]
    return text[: container.start + 1] + inner + prefix + written + outer + text[container.end - 1 :]


def _on_one_line(text: str, container: Node) -> bool:
    """Whether this container is on one line; for an empty container, whether the whole file is."""
    return bool(container.children or text.strip() != "{}") and "\n" not in (
        text[container.start : container.end] if container.children else text.strip()
    )


def _indent(text: str, position: int) -> str:
    line = text.rfind("\n", 0, position) + 1
    match = re.compile(r"[ \t]*").match(text, line)
    return match[0] if match else ""


def _step(text: str) -> str:
    """One level of the indentation that the file uses: of tabs or of spaces, whichever begins more lines."""
    levels = [match[1] for match in re.finditer(r"^([ \t]+)\S", text, re.MULTILINE)]
    tabs = [level for level in levels if level[0] == "\t"]
    usual = tabs if len(tabs) * 2 > len(levels) else [level for level in levels if level[0] == " "]
    return min(usual, key=len, default="  ")


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _value(text: str, start: int) -> Node:
    if text[start] == "{":
        return _object(text, start)
    if text[start] == "[":
        return _array(text, start)
    if text[start] == '"':
        return Node(start, scanstring(text, start + 1)[1])
    match = _SCALAR.match(text, start)
    return Node(start, match.end() if match else start)


def _object(text: str, start: int) -> Node:
    node = Node(start, start, pairs=[])
    position = _skip(text, start + 1)
    while text[position] != "}":
        key_start = position
        key, position = scanstring(text, position + 1)
        value = _value(text, _skip(text, _skip(text, position) + 1))
        assert node.pairs is not None
        node.pairs.append((key, key_start, value))
        node.children.append((key_start, value.end))
        position = _after_comma(text, value.end)
    node.end = position + 1
    return node


def _array(text: str, start: int) -> Node:
    node = Node(start, start, elements=[])
    position = _skip(text, start + 1)
    while text[position] != "]":
        value = _value(text, position)
        assert node.elements is not None
        node.elements.append(value)
        node.children.append((value.start, value.end))
        position = _after_comma(text, value.end)
    node.end = position + 1
    return node


def _after_comma(text: str, position: int) -> int:
    position = _skip(text, position)
    return _skip(text, position + 1) if text[position] == "," else position
