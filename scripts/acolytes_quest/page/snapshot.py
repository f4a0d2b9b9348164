"""What the page shows of the board, as data for JSON: the quests, and one quest with all that belongs to it.

Each table is read once, whatever the number of turns. Texts of others go through `visible`, as in a terminal, so that
characters which reorder or hide text show themselves.
"""

from __future__ import annotations

from ..board import activity, decisions, messages, news, quests, reservations, reviews
from ..board.rows import Quest, Turn
from ..framing import visible
from ..stores.sql import OPEN
from ..trees import elsewhere

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..stores.engine import Transaction

QUESTS_SHOWN = 50
TURNS_SHOWN = 500  # the newest; every live turn comes on top
EXCERPT = 2000
_STEPS = "('blocked', 'queued', 'expired', 'released', 'orphaned', 'claimed', 'done', 'dead', 'cancelled')"


def board(tx: Transaction, number: int | None, own_tree: str) -> dict[str, Any]:
    """Return the quests in a line each, and the quest `number`, else the newest open one, else the newest.

    A working tree other than `own_tree` is named.
    """
    newest = f"SELECT * FROM quest ORDER BY CASE WHEN status IN {OPEN} THEN 0 ELSE 1 END, id DESC LIMIT ?"
    rows = tx.rows(Quest, newest, QUESTS_SHOWN)
    chosen = quests.find(tx, number) if number is not None else rows[0] if rows else None
    if chosen is not None and all(row.id != chosen.id for row in rows):
        rows.append(chosen)
    return {
        "now": tx.at,
        "quests": [_line(tx, row, own_tree) for row in rows],
        "left_out": tx.column(int, "SELECT COUNT(*) FROM quest")[0] - len(rows),
        "quest": _whole(tx, chosen) if chosen else None,
        "reservations": [
            {
                "quest": row.quest,
                "turn": row.turn,
                "agent": row.assignee,
                "path": visible(row.path + elsewhere(row.tree, own_tree)),
                "shared": row.shared,
            }
            for row in reservations.of_other_turns(tx, None)
        ],
    }


def _line(tx: Transaction, quest: Quest, own_tree: str) -> dict[str, Any]:
    return {
        "quest": quest.id,
        "place": visible(elsewhere(quest.tree, own_tree)),
        "status": quest.status,
        "mode": quest.mode,
        "leader": quest.leader,
        "phase": visible(quest.phase or ""),
        "mission": visible(quest.mission[:300]),
        "created": quest.created_at,
        "finished": quest.finished_at,
        "turns": quests.count_turns(tx, quest.id),
        "unread": 0 if quest.is_over else news.count_unread(tx, quest),
        "questions": 0 if quest.is_over else len(decisions.needed(tx, quest.id)),
        "reviews": 0 if quest.is_over else len(reviews.pending(tx, quest.id)),
        "messages": quest.next_seq - 1,
    }


def _whole(tx: Transaction, quest: Quest) -> dict[str, Any]:
    newest = "SELECT * FROM turn WHERE quest = ? ORDER BY id DESC LIMIT ?"
    turns = {row.id: row for row in tx.rows(Turn, newest, quest.id, TURNS_SHOWN)}
    turns.update((row.id, row) for row in quests.live_turns(tx, quest.id))
    ordered = [turns[number] for number in sorted(turns)]
    return {
        "quest": quest.id,
        "mission": visible(quest.mission),
        "summary": visible(quest.summary or ""),
        "members": _members(tx, quest),
        "leader_has_session": quest.leader_session is not None,
        "turns": _turns(tx, quest, ordered),
        "left_out": tx.column(int, "SELECT COUNT(*) FROM turn WHERE quest = ?", quest.id)[0] - len(turns),
        "waiting": [] if quest.is_over else [*_questions(tx, quest), *_reviews(tx, quest)],
    }


def _members(tx: Transaction, quest: Quest) -> list[dict[str, Any]]:
    held = tx.rows(Turn, "SELECT * FROM turn WHERE quest = ? AND state = 'leased'", quest.id)
    signs = activity.of_members(tx, quest.id, activity.of_turns(tx, quest.id, held))
    members = quests.members(tx, quest.id)
    return [{"agent": row.agent, "role": row.role, "heard": signs.get(row.agent)} for row in members]


def _turns(tx: Transaction, quest: Quest, turns: list[Turn]) -> list[dict[str, Any]]:
    first = turns[0].id if turns else 0
    of_quest = "JOIN turn t ON t.id = x.turn WHERE t.quest = ? AND x.turn >= ? ORDER BY x.turn"
    after = _grouped(tx.tuples(f"SELECT x.turn, x.after FROM turn_dependency x {of_quest}, x.after", quest.id, first))
    files = _grouped(tx.tuples(f"SELECT x.turn, x.path FROM turn_file x {of_quest}, x.path", quest.id, first))
    verdicts = _grouped(tx.tuples(f"SELECT x.turn, x.verdict FROM review x {of_quest}", quest.id, first))
    answered = f"SELECT turn, kind FROM message WHERE quest = ? AND turn >= ? AND kind IN {messages.ANSWERS}"
    answers = _grouped(tx.tuples(answered, quest.id, first))
    asked = "SELECT turn, text FROM message WHERE quest = ? AND turn >= ? AND kind = 'assignment' ORDER BY seq"
    tasks = _grouped((turn, text[:200]) for turn, text in tx.tuples(asked, quest.id, first))
    happened = f"SELECT turn, kind, at FROM event WHERE quest = ? AND turn >= ? AND kind IN {_STEPS} ORDER BY id"
    steps = _grouped((turn, (kind, at)) for turn, kind, at in tx.tuples(happened, quest.id, first))
    return [
        {
            "turn": row.id,
            "agent": row.assignee,
            "state": row.state,
            "kind": row.kind,
            "about": row.about,
            "attempt": row.attempt,
            "answer": answers.get(row.id, [None])[0],
            "verdict": verdicts.get(row.id, [None])[0],
            "after": after.get(row.id, []),
            "task": visible(tasks.get(row.id, [""])[0]),
            "files": [visible(path) for path in files.get(row.id, [])],
            "lease_left": round(row.lease_left(tx.now)) if row.state == "leased" else None,
            "steps": steps.get(row.id, []),
        }
        for row in turns
    ]


def _questions(tx: Transaction, quest: Quest) -> list[dict[str, Any]]:
    return [
        {"kind": row.kind, "turn": row.turn, "agent": row.assignee, "at": row.at, "seq": row.seq, **excerpt(row.text)}
        for row in decisions.needed(tx, quest.id)
    ]


def _reviews(tx: Transaction, quest: Quest) -> list[dict[str, Any]]:
    waiting = []
    for row in reviews.pending(tx, quest.id):
        answer = messages.answer_to(tx, row.turn)
        if answer is not None:
            part = {"kind": "review", "turn": row.turn, "agent": answer.sender, "at": answer.at, "seq": answer.seq}
            waiting.append({**part, "reviewer": row.reviewer, **excerpt(answer.text)})
    return waiting


def excerpt(text: str) -> dict[str, Any]:
    """Return the begin of a text, and how many characters it has in all."""
    return {"text": visible(text[:EXCERPT]), "length": len(text)}


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
