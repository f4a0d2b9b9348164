"""The verb log: the events of a quest, within a limit."""

from __future__ import annotations

from ..board import quests
from ..board.rows import Event
from ..call import Reply, VerbCall
from ..describe import event_data, utc
from ..framing import counted, quoted
from .conversation import MAX_CHARACTERS

_OWN_CHARACTERS = 300  # of --max-chars, kept for other lines than events
_LEAST_CHARACTERS = 30
# The agent in these events is not who did it, but the worker of the turn.
_OF_THE_WORKER = ("blocked", "queued", "expired", "released", "dead", "cancelled", "pending", "replied", "abandoned")


def run(call: VerbCall) -> Reply:
    """Show the newest events, as many as fit into --max-chars characters, oldest first."""
    options = call.options
    most: int = options.max_chars or call.bound(MAX_CHARACTERS)
    with call.board.read() as tx:
        quest = quests.find(tx, options.quest).id
        rows = tx.rows(
            Event,
            "SELECT * FROM event WHERE quest = ? AND id > ? ORDER BY id DESC LIMIT ?",
            *(quest, options.since, most // _LEAST_CHARACTERS),
        )
        total = tx.column(int, "SELECT COUNT(*) FROM event WHERE quest = ? AND id > ?", quest, options.since)[0]
    room = most - _OWN_CHARACTERS
    lines: list[str] = []
    for row in rows:
        line = _line(row)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    shown = rows[: len(lines)][::-1]
    left_out = total - len(shown)
    more = call.command("log", "--quest", quest, "--since", options.since, "--max-chars", most * 10)
    data = {
        "quest": quest,
        "events": [event_data(row) for row in shown],
        "left_out": left_out,
        "all": more if left_out else None,
    }
    rest = f"left out {counted(left_out, 'older event')}; more: {more}" if left_out else ""
    return Reply(data, f"quest {quest}: {counted(len(shown), 'event')}", rest, *reversed(lines))


def _line(row: Event) -> str:
    preposition = "of" if row.turn and row.kind in _OF_THE_WORKER else "by"
    parts = [
        f"{row.id} {utc(row.at)} {row.kind}",
        f"turn {row.turn}" if row.turn else "",
        f"{preposition} {row.actor}" if row.actor else "",
        f"session {row.session}" if row.session else "",
        f"login {row.login}" if row.login else "",
        f"fence {row.fence}" if row.fence else "",
        quoted(row.detail, 200) if row.detail else "",
    ]
    return " ".join(part for part in parts if part)
