"""The conversation for the page: a part of it, one whole message, and what a search finds."""

from __future__ import annotations

from ..board import messages, quests, search
from ..board.rows import Message
from ..framing import visible
from .snapshot import excerpt

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction

PAGE = 100
HITS = 200
_EXCERPT = 240


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


def found(tx: Transaction, quest: int, text: str) -> dict[str, Any]:
    """Return the newest HITS messages that the verb `search` finds, each with the text around the first word."""
    words = search.Words(text)
    quests.find(tx, quest)
    rows = search.messages(tx, words, quest=quest, agent=None)
    hits = [{**_title(row), "text": visible(words.excerpt(row.text, _EXCERPT))} for row in rows[:HITS]]
    return {"messages": hits, "left_out": len(rows) - len(hits)}


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
