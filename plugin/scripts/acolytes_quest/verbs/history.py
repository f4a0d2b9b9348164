"""The verb log: what happened in a quest, event by event, within a bound."""

from __future__ import annotations

from ..board import quests
from ..call import Call, Reply, utc
from ..framing import counted, quoted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

_OWN_CHARACTERS = 300  # of --max-chars, what log keeps for its own lines
_LEAST_CHARACTERS = 30
# Of these, the name in the event is not of who did it but of whose turn it is.
_HAPPENED_TO = ("blocked", "queued", "expired", "released", "dead", "cancelled", "pending")


def log(call: Call) -> Reply:
    """Show a quest's newest events, as many as fit into --max-chars characters, oldest first."""
    options = call.options
    with call.board.read() as tx:
        quest = quests.find(tx, options.quest)["id"]
        rows = tx.all(
            "SELECT * FROM event WHERE quest = ? AND id > ? ORDER BY id DESC LIMIT ?",
            *(quest, options.since, options.max_chars // _LEAST_CHARACTERS),
        )
        counts = tx.all("SELECT COUNT(*) AS number FROM event WHERE quest = ? AND id > ?", quest, options.since)
    room = options.max_chars - _OWN_CHARACTERS
    lines: list[str] = []
    for row in rows:
        line = _line(row)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    shown = rows[: len(lines)][::-1]
    left_out = counts[0]["number"] - len(shown)
    more = call.command("log", "--quest", quest, "--since", options.since, "--max-chars", options.max_chars * 10)
    data = {
        "quest": quest,
        "events": [described_event(row) for row in shown],
        "left_out": left_out,
        "all": more if left_out else None,
    }
    told = f"left out {counted(left_out, 'older event')}; more: {more}" if left_out else ""
    return Reply(data, f"quest {quest}: {counted(len(shown), 'event')}", told, *reversed(lines))


def described_event(row: dict[str, Any]) -> dict[str, Any]:
    """Return an event's row as it stands in JSON."""
    return {
        "event": row["id"],
        "kind": row["kind"],
        "turn": row["turn"],
        "actor": row["actor"],
        "session": row["session"],
        "fence": row["fence"],
        "detail": row["detail"],
        "at": utc(row["at"]),
    }


def _line(row: dict[str, Any]) -> str:
    parts = [
        f"{row['id']} {utc(row['at'])} {row['kind']}",
        f"turn {row['turn']}" if row["turn"] else "",
        f"{_role(row)} {row['actor']}" if row["actor"] else "",
        f"session {row['session']}" if row["session"] else "",
        f"fence {row['fence']}" if row["fence"] else "",
        quoted(row["detail"], 200) if row["detail"] else "",
    ]
    return " ".join(part for part in parts if part)


def _role(row: dict[str, Any]) -> str:
    return "of" if row["turn"] and row["kind"] in _HAPPENED_TO else "by"
