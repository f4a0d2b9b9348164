"""Search in texts: each word must begin a word of the text, whatever the case.

There is no index. It would hold the texts a second time, and a text that was redacted or purged would have to leave it,
too. The index of SQLite (FTS5) cannot be written by a Python whose SQLite lacks it, and before SQLite 3.42 it keeps
words that were deleted. The server's own takes `src/a.py` as one word, so that `a.py` is not found.
"""

from __future__ import annotations

import re
import unicodedata

from ..errors import RefusalError
from .rows import Message

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

_PARTS = re.compile(r"[^\W_]+")


class Words:
    """The words to look for, from a text.

    >>> Words("peak plan").match("The PLANNED peaks"), Words("peak plan").match("speak of a plan")
    (True, False)
    """

    def __init__(self, text: str) -> None:
        self._words = [_PARTS.findall(_folded(part)) for part in text.split()]
        self._words = [parts for parts in self._words if parts]
        if not self._words:
            raise RefusalError(f"{text!a} has no word to look for: use letters or digits")
        begin = r"(?<![^\W_])"
        self._patterns = [re.compile(begin + r"[\W_]*".join(map(re.escape, parts))) for parts in self._words]

    def match(self, text: str) -> bool:
        """Whether the text has all of the words."""
        folded = _folded(text)
        return all(pattern.search(folded) for pattern in self._patterns)

    def excerpt(self, text: str, length: int) -> str:
        """Return `length` characters of the text around the first of the words that is in it."""
        found = [match.start() for match in (pattern.search(_folded(text)) for pattern in self._patterns) if match]
        start = max(0, min(found, default=0) - length // 3)
        return ("..." if start else "") + text[start : start + length] + ("..." if start + length < len(text) else "")

    def condition(self, column: str) -> tuple[str, list[object]]:
        """Return an SQL condition that holds for the texts with the words, and for some without; and its values.

        The database folds the case of ASCII letters only, so it looks for words of those alone. (Three rare characters
        beyond ASCII fold to them, such as the sign for Kelvin: words that are written with these are not found.)
        """
        plain = [part for parts in self._words for part in parts if part.isascii()]
        return "".join(f" AND LOWER({column}) LIKE ?" for _ in plain), [f"%{part}%" for part in plain]


def messages(tx: Transaction, words: Words, *, quest: int | None, agent: str | None) -> list[Message]:
    """Return the messages with all of the words, newest first."""
    condition, values = words.condition("m.text")
    if quest is not None:
        condition += " AND m.quest = ?"
        values.append(quest)
    if agent is not None:
        condition += " AND (m.sender = ? OR m.recipient = ?)"
        values.extend((agent, agent))
    sql = f"SELECT m.* FROM message m WHERE m.redacted = 0{condition} ORDER BY m.at DESC, m.quest DESC, m.seq DESC"
    return [row for row in tx.rows(Message, sql, *values) if words.match(row.text)]


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()
