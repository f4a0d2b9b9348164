"""Makes text of a definition safe to print: it may hold terminal escapes, and lines that imitate ours."""

from __future__ import annotations

import unicodedata

# Controls, formats (also the ones that reverse a line), surrogates, line and paragraph separators
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """``text`` with every character that a terminal may act on written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(char) if unicodedata.category(char) in _HARMFUL else char for char in text)


def shown(text: str, limit: int = 60) -> str:
    """``text`` in backticks on one line, for a message; cut when longer than ``limit``."""
    flat = " ".join(text.split())
    return f"`{flat if len(flat) <= limit else flat[: limit - 1] + '…'}`"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
