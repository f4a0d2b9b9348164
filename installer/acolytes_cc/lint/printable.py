"""Makes text from a file safe to print: it may contain terminal escapes, or lines that imitate our output."""

from __future__ import annotations

import unicodedata

# Controls, formats (also the ones that reverse a line), surrogates, line and paragraph separators
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """Return ``text`` with an escape for each character that a terminal may act on."""
    if text.isprintable():  # no character of those categories is
        return text
    return "".join(_escaped(char) if unicodedata.category(char) in _HARMFUL else char for char in text)


def quoted(text: str, limit: int = 60) -> str:
    """Return ``text`` in backticks and on one line, for a message. It is cut after ``limit`` characters."""
    flat = " ".join(text.split())
    return f"`{flat if len(flat) <= limit else flat[: limit - 1] + '…'}`"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
