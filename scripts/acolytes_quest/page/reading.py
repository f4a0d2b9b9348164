"""The conversation for the page: a part of it, one whole message, and what a search finds."""

from __future__ import annotations

from ..board import messages, quests
from ..board.rows import Message
from ..errors import RefusalError
from ..framing import visible
from .snapshot import excerpt

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..stores.engine import Transaction

PAGE = 100
HITS = 200
_AROUND = 80


def part(tx: Transaction, quest: int, before: int | None, turn: int | None) -> dict[str, Any]:
    """Return the PAGE messages that end before the number `before`, else the newest; of one turn if it is given."""
    row = quests.find(tx, quest)
    end = row.next_seq if before is None else before
    of_turn = "" if turn is None else " AND turn = ?"
    values = () if turn is None else (turn,)
    sql = f"SELECT * FROM message WHERE quest = ? AND seq < ?{of_turn} ORDER BY seq DESC LIMIT ?"
    found = tx.rows(Message, sql, quest, end, *values, PAGE)
    return {"quest": quest, "last": row.next_seq - 1, "messages": [_data(message) for message in reversed(found)]}


def whole(tx: Transaction, quest: int, seq: int) -> dict[str, Any]:
    """Return one message with its whole text."""
    return {"text": visible(messages.find(tx, quest, seq).text)}


def search(tx: Transaction, quest: int, words: str) -> dict[str, Any]:
    """Return the messages that contain all the words, newest first, each with the text around the first word.

    Upper and lower case are the same, in every language.
    """
    wanted = words.casefold().split()
    if not wanted:
        raise RefusalError("write what to search for")
    quests.find(tx, quest)
    hits: list[dict[str, Any]] = []
    for row in _newest_first(tx, quest):
        text = row.text.casefold()
        if all(word in text for word in wanted):
            if len(hits) == HITS:
                return {"hits": hits, "more": True}
            start = max(0, text.index(wanted[0]) - _AROUND)
            near = row.text[start : start + 3 * _AROUND]
            hits.append({**_title(row), "near": visible(near), "cut": start > 0})
    return {"hits": hits, "more": False}


def _newest_first(tx: Transaction, quest: int) -> Iterator[Message]:
    before = 2**62
    sql = "SELECT * FROM message WHERE quest = ? AND seq < ? ORDER BY seq DESC LIMIT 500"
    while rows := tx.rows(Message, sql, quest, before):
        yield from rows
        before = rows[-1].seq


def _title(row: Message) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "kind": messages.shown_kind(row.kind, row.text),
        "from": row.sender,
        "to": row.recipient,
        "turn": row.turn,
        "at": row.at,
    }


def _data(row: Message) -> dict[str, Any]:
    return {**_title(row), **excerpt(row.text)}
