r"""Show what others wrote as data, in a frame that the text can neither close nor imitate.

The delimiter of the frame is random for every print, so that no author can know it. Characters that move the cursor,
reorder the line or hide text are escaped (`\x1b`, `\u202e`). JSON output has no frames: its structure does the same.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable

_HIDDEN = (
    *range(0x09),
    *range(0x0B, 0x20),  # C0 without tab and newline
    *range(0x7F, 0xA0),  # DEL and C1
    0xAD,  # soft hyphen
    0x34F,  # grapheme joiner
    0x61C,  # Arabic letter mark
    *range(0x115F, 0x1161),  # Hangul fillers
    *range(0x17B4, 0x17B6),  # Khmer inherent vowels
    0x180E,  # Mongolian vowel separator
    *range(0x200B, 0x2010),  # zero width, left-to-right and right-to-left marks
    *range(0x2028, 0x202F),  # line and paragraph separators, bidi embeddings and overrides
    *range(0x2060, 0x2070),  # word joiner, invisible operators, bidi isolates
    0x3164,  # Hangul filler
    0xFEFF,  # byte order mark
    0xFFA0,  # Hangul filler
    *range(0xFFF9, 0xFFFC),  # interlinear annotation
    *range(0xE0000, 0xE0200),  # tags and further variation selectors, which carry hidden text
)
_DAMAGED = range(0xDC80, 0xDD00)  # how a byte of a damaged file is read, see `stores.database.decoded`
_REPLACED = dict.fromkeys(_DAMAGED, "�")
_SHOWN = {**{code: ascii(chr(code))[1:-1] for code in _HIDDEN}, **_REPLACED}
_SHOWN_IN_LINE = {**_SHOWN, 0x09: "\\t", 0x0A: "\\n", 0x22: '\\"'}


def is_damaged(text: str) -> bool:
    """Whether the text has bytes that are not valid UTF-8, because its file is damaged."""
    return not text.isascii() and any(ord(char) in _DAMAGED for char in text)


def mended(text: str) -> str:
    """Return the text with a replacement mark for each damaged byte."""
    return text.translate(_REPLACED)


def visible(text: str) -> str:
    """Return `text` with control, bidi and invisible characters escaped, except newline and tab."""
    return text.translate(_SHOWN)


def quoted(text: str, limit: int = 120) -> str:
    r"""Return `text` in one line within double quotes, cut after `limit` characters.

    >>> quoted("two lines,\nof text", 10)
    '"two lines,..."'
    """
    line = text[:limit].translate(_SHOWN_IN_LINE)
    return f'"{line}"' if len(text) <= limit else f'"{line}..."'


def counted(number: int, what: str) -> str:
    """Return a number with its noun; `what` is the singular.

    >>> counted(1, "turn"), counted(2, "turn")
    ('1 turn', '2 turns')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def numbered(what: str, numbers: Iterable[int | str], most: int = 10) -> str:
    """Return things by their numbers, at most `most` of them; `what` is the singular.

    >>> numbered("turn", [3]), numbered("turn", [3, 4, 7]), numbered("turn", [3, 4, 7], 2)
    ('turn 3', 'turns 3, 4 and 7', 'turns 3, 4 and 1 more')
    """
    words = [str(number) for number in numbers]
    if len(words) == 1:
        return f"{what} {words[0]}"
    shown, last = (words[:-1], words[-1]) if len(words) <= most else (words[:most], f"{len(words) - most} more")
    return f"{what}s {', '.join(shown)} and {last}"


class Frame:
    """Puts texts into frames with one random delimiter, for one print. `cut` is whether any text was cut."""

    def __init__(self) -> None:
        self._mark = os.urandom(4).hex()
        self.cut = False

    def around(self, title: str, text: str, limit: int | None = None) -> str:
        """Return `text` below a line with `title` and its length. Cut it after `limit` characters, and say so."""
        shown = visible(text)
        length = counted(len(text), "character")
        if limit is not None and len(shown) > limit:
            shown = shown[:limit]
            self.cut = True
            length += f", the first {limit} shown"
        return f"<<{self._mark} {title}, {length}\n{shown}\n{self._mark}>>"
