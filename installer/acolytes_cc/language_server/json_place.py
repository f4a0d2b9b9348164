"""Where the cursor is in a JSON text. The text is read token by token, so it may be unfinished or wrong elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from acolytes_cc.definitions.source import Span
from acolytes_cc.language_server.place import Path, Place, Step

_TOKEN = re.compile(r'"(?:[^"\\\r\n]|\\.)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_OPENING, _CLOSING = "{[", "}]"


@dataclass
class _Container:
    """An object or a list that is open at the cursor."""

    is_object: bool
    key: str | None = None
    index: int = 0
    after_colon: bool = False
    keys: list[str] = field(default_factory=list)

    @property
    def step(self) -> Step:
        return (self.key or "") if self.is_object else self.index

    @property
    def expects_key(self) -> bool:
        return self.is_object and not self.after_colon

    def take(self, part: str) -> None:
        """Note a token that is directly in this container."""
        if part == ",":
            self.index += 1
            self.key, self.after_colon = None, False
        elif part == ":":
            self.after_colon = True
        elif self.expects_key and part.startswith('"'):
            self.key = _text(part)
            self.keys.append(self.key)


def json_place(text: str, offset: int) -> Place | None:
    """Return where the cursor is; None outside of the root, and where neither a key nor a value can stand.

    >>> json_place('{"a": {"b": tr', 14).path
    ('a', 'b')
    """
    open_at_cursor: list[_Container] = []
    word = Span(offset, offset)
    before = ""
    for match in _TOKEN.finditer(text, 0):
        if match.start() >= offset:
            break
        if _is_at_cursor(match, offset):
            word = Span(*match.span())
            break
        before = match[0]
        _read(open_at_cursor, before)
    if not open_at_cursor or before.startswith(('"', *"]}")) or (before and before not in "{[,:"):
        return None  # a comma or a colon comes first
    inner = open_at_cursor[-1]
    rest = list(_same_level(text, word.end))
    path: Path = tuple(one.step for one in open_at_cursor[: None if not inner.expects_key else -1])
    return Place(
        path,
        inner.expects_key,
        word,
        frozenset([*inner.keys, *_keys(rest)]) if inner.expects_key else frozenset(),
        "json",
        rest[:1] == [":"],
        '"' if text[word.start : word.start + 1] == '"' else "",
    )


def _is_at_cursor(token: re.Match[str], offset: int) -> bool:
    """Whether the user is writing this token: the cursor is in it, or behind a word or an open string."""
    text = token[0]
    if text in "{}[]:,":
        return False
    is_closed = text.startswith('"') and len(text) > 1 and text.endswith('"')
    return offset < token.end() if is_closed else offset <= token.end()


def _read(containers: list[_Container], part: str) -> None:
    if part in _CLOSING:
        if containers:
            containers.pop()
    elif part in _OPENING:
        containers.append(_Container(is_object=part == "{"))
    elif containers:
        containers[-1].take(part)


def _same_level(text: str, offset: int) -> Iterator[str]:
    """The tokens after the cursor that are in the same container."""
    depth = 0
    for match in _TOKEN.finditer(text, offset):
        token = match[0]
        depth -= token in _CLOSING
        if depth < 0:
            return
        if depth == 0:
            yield token
        depth += token in _OPENING


def _keys(tokens: list[str]) -> Iterator[str]:
    for token, following in pairwise(tokens):
        if following == ":" and token.startswith('"'):
            yield _text(token)


def _text(token: str) -> str:
    try:
        return str(json.loads(token if len(token) > 1 and token.endswith('"') else f'{token}"'))
    except ValueError:
        return token.strip('"')
