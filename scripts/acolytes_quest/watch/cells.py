"""Lines of a terminal: how wide a text is, where it is cut, and its style.

A line is a list of parts, each a style and a text. Every text from the board has passed `one_line` first: it holds no
character that moves the cursor, and none that reorders the line.
"""

from __future__ import annotations

import unicodedata

from ..framing import quoted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Sequence

    Part = tuple[str, str]
    Line = Sequence[Part]

PLAIN, STRONG, FAINT, GOOD, CALL, BAD = "plain", "strong", "faint", "good", "call", "bad"
_CODES = {STRONG: "1", FAINT: "2", GOOD: "32", CALL: "1;33", BAD: "1;31"}


def one_line(text: str, limit: int) -> str:
    r"""Return a text of another author in one line, in quotes, with what a terminal would act on escaped.

    >>> one_line("a\x1b[2J\nb", 20)
    '"a\\x1b[2J b"'
    """
    return quoted(" ".join(text[: 4 * limit].split()), limit)


def width(text: str) -> int:
    """Return how many columns a text takes.

    >>> width("ab"), width("日本"), width("e\u0301")
    (2, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, columns: int, more: str = "...") -> str:
    """Return the text, or as much of it as fits with `more` behind it.

    >>> cut("a long text", 8), cut("short", 8)
    ('a lon...', 'short')
    """
    if width(text) <= columns:
        return text
    room = columns - width(more)
    if room <= 0:
        return more[: max(columns, 0)]
    taken = []
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        taken.append(char)
    return "".join(taken) + more


def padded(text: str, columns: int) -> str:
    """Return the text, cut or filled to exactly that many columns."""
    text = cut(text, columns)
    return text + " " * (columns - width(text))


def drawn(line: Line, columns: int, *, colours: bool, unicode: bool) -> str:
    """Return a line for the terminal, cut to its columns. Without `unicode`, characters beyond ASCII are escaped.

    >>> drawn([("plain", 'turn 1: "a long task"')], 17, colours=False, unicode=True)
    'turn 1: "a lo..."'
    """
    shown = []
    for style, text in line:
        if columns <= 0:
            break
        part = _cut_within(text if unicode else text.encode("ascii", "backslashreplace").decode("ascii"), columns)
        columns -= width(part)
        code = _CODES.get(style) if colours else None
        shown.append(f"\x1b[{code}m{part}\x1b[0m" if code and part else part)
    return "".join(shown).rstrip(" ")


def _cut_within(text: str, columns: int) -> str:
    """Return the text, cut so that a quote that it opens is closed: what follows is not the author's."""
    part = cut(text, columns)
    if _is_open(part):
        part = cut(text, columns, '..."')
    return cut(text, columns - 1) if _is_open(part) else part


def _is_open(text: str) -> bool:
    """Whether a quote is open at the end of the text. A quote within one is escaped."""
    return bool(text.replace("\\\\", "").replace('\\"', "").count('"') % 2)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
