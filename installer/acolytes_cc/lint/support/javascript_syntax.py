r"""Whether JavaScript takes a text as a regular expression: Python's own reader takes others, and refuses others.

This is the grammar of `new RegExp(text)` without flags. There, a brace that repeats nothing stands for itself, `\Z` is
a `Z`, and `[]` is an empty set.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection

_QUANTIFIER = re.compile(r"(?:[*+?]|\{([0-9]+)(?:,([0-9]*))?\})\??")
_GROUP = re.compile(r"\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>|(?=[ims-])[ims]*(?:-[ims]*)?:)|(?!\?))")
_NO_GROUP = re.compile(r"\(\?[^)>:=!]*[)>:=!]?")
_NAME = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?<([A-Za-z_$][\w$]*)>", re.DOTALL)
_REFERENCE = re.compile(r"<([A-Za-z_$][\w$]*)>")
# One sign of a set: an escape with its digits, or a single character
_IN_SET = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|[0-7]{1,3}|.)|.", re.DOTALL)
_CLASSES = re.compile(r"\\[dDsSwW]")
_CONTROLS = {"b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_LOOKBEHIND = ("(?<=", "(?<!")
NEVER = "(?!)"
"""What Python has for `[]`."""
_OTHER_IN_PYTHON = re.compile(r"\\c[A-Za-z]|\\.|\[\^?\]|\[(?:\\.|[^\]\\])*\]|\(\?<(?![=!])|\{,", re.DOTALL)
_SAME_ESCAPES = "bBdDsSwWnrtfvxu"


def syntax_problem(expression: str) -> str | None:
    """Why JavaScript refuses a regular expression; None when it takes it."""
    names = [name for name in _NAME.findall(expression) if name]
    if len(names) > len(set(names)) and "|" not in expression:
        return "two groups have the same name"
    try:
        _Reader(expression, names).read()
    except _SyntaxError as problem:
        return str(problem)
    return None


def as_python(expression: str) -> str:
    r"""The same expression for Python's reader, as far as it has the same.

    >>> as_python(r"^(?<tool>[]|\Za)")
    '^(?P<tool>(?!)|Za)'
    """
    return _OTHER_IN_PYTHON.sub(_in_python, expression)


def _in_python(found: re.Match[str]) -> str:
    text = found[0]
    if text.startswith("\\c"):
        return f"\\x{ord(text[2]) % 32:02x}"
    if text.startswith("\\"):
        return text if text[1] in _SAME_ESCAPES or not text[1].isalpha() else text[1]
    return {"[]": NEVER, "[^]": r"[\s\S]", "(?<": "(?P<", "{,": r"\{,"}.get(text, text)


class _SyntaxError(Exception):
    """What is wrong, in words for a user."""


class _Reader:
    """Reads an expression from left to right, once."""

    def __init__(self, expression: str, names: Collection[str]) -> None:
        self._text = expression
        self._names = names
        self._at = 0
        self._opened: list[str] = []
        self._can_repeat = False

    def read(self) -> None:
        readers = {"(": self._group, ")": self._end_of_group, "[": self._set, "\\": self._escape}
        while self._at < len(self._text):
            sign = self._text[self._at]
            if quantifier := _QUANTIFIER.match(self._text, self._at):
                self._repeat(quantifier)
            elif sign in readers:
                readers[sign]()
            else:
                self._go_on(self._at + 1, can_repeat=sign not in "^$|")
        if self._opened:
            raise _SyntaxError("a `(` is not closed")

    def _go_on(self, at: int, *, can_repeat: bool) -> None:
        self._at, self._can_repeat = at, can_repeat

    def _repeat(self, quantifier: re.Match[str]) -> None:
        if not self._can_repeat:
            raise _SyntaxError(f"`{quantifier[0]}` has nothing to repeat")
        if quantifier[2] and _of_digits(quantifier[1]) > _of_digits(quantifier[2]):
            raise _SyntaxError(f"in `{quantifier[0]}` the larger number comes first")
        self._go_on(quantifier.end(), can_repeat=False)

    def _group(self) -> None:
        group = _GROUP.match(self._text, self._at)
        if group is None:
            wrong = _NO_GROUP.match(self._text, self._at)
            raise _SyntaxError(f"JavaScript has no `{wrong[0] if wrong else '(?'}`")
        self._opened.append(group[0])
        self._go_on(group.end(), can_repeat=False)

    def _end_of_group(self) -> None:
        if not self._opened:
            raise _SyntaxError("one `)` is too many")
        self._go_on(self._at + 1, can_repeat=self._opened.pop() not in _LOOKBEHIND)

    def _escape(self) -> None:
        letter = self._text[self._at + 1 : self._at + 2]
        if not letter:
            raise _SyntaxError("it ends with `\\`")
        self._go_on(self._at + 2, can_repeat=letter not in "bB")
        if letter == "k" and self._names:
            reference = _REFERENCE.match(self._text, self._at)
            if reference is None or reference[1] not in self._names:
                raise _SyntaxError("`\\k` needs the name of a group")
            self._at = reference.end()

    def _set(self) -> None:
        at = self._at + 1 + self._text.startswith("[^", self._at)
        first: str | None = None  # where a range may begin
        while sign := _IN_SET.match(self._text, at):
            if sign[0] == "]":
                return self._go_on(sign.end(), can_repeat=True)
            at = sign.end()
            last = _IN_SET.match(self._text, at) if first and sign[0] == "-" else None
            if first and last and last[0] != "]":
                if _code(last[0], highest=True) < _code(first):
                    raise _SyntaxError(f"the range `{first}-{last[0]}` runs backwards")
                at, first = last.end(), None
            else:
                first = sign[0]
        raise _SyntaxError("a `[` is not closed")


def _of_digits(number: str) -> tuple[int, str]:
    """What orders numbers of any length."""
    digits = number.lstrip("0")
    return len(digits), digits


def _code(sign: str, *, highest: bool = False) -> int:
    r"""The number of a character; a class such as `\d` begins no range, and ends none."""
    if not sign.startswith("\\") or sign == "\\":
        return ord(sign)
    if _CLASSES.fullmatch(sign):
        return sys.maxunicode if highest else -1
    body = sign[1:]
    if len(body) > 1 and body[0] in "xu":
        return int(body[1:], 16)
    if len(body) > 1 and body[0] == "c":
        return ord(body[1]) % 32
    if set(body) <= set("01234567"):
        return int(body, 8)
    return _CONTROLS.get(body, ord(body))
