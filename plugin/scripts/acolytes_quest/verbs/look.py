"""The verbs that only read: conversation and status. They never change anything, nor make a board."""

from __future__ import annotations

from ..board import messages, quests, reservations
from ..call import Call, Reply, described_message, title, utc
from ..framing import Frame, counted, quoted
from ..stores.sql import OPEN, OPEN_STATES

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction

COUNTED = 1000
_QUESTS_SHOWN = 20
_TURNS_SHOWN = 50
# Of --max-chars, what conversation keeps for its own lines, and what a frame takes at most and at least.
_OWN_CHARACTERS = 500
_TITLE_CHARACTERS = 250
_LEAST_CHARACTERS = 50


def conversation(call: Call) -> Reply:
    """Show a quest's mission and its newest messages, as many as fit into --max-chars characters."""
    options = call.options
    with call.board.read() as tx:
        quest = quests.find(tx, options.quest)
        number, size = messages.measure(tx, quest["id"], options.since)
        rows = messages.newest(tx, quest["id"], options.since, options.max_chars // _LEAST_CHARACTERS)
    frame = Frame()
    room = options.max_chars - _OWN_CHARACTERS
    mission = []
    if options.since == 0:
        mission.append(frame.around(f"mission from {quest['leader']}", quest["mission"], room // 4))
        room -= len(mission[0])
    blocks = _blocks(rows, frame, room)
    shown = rows[: len(blocks)][::-1]
    left_out = number - len(shown)
    everything = size + number * _TITLE_CHARACTERS + 4 * len(quest["mission"]) + 2 * _OWN_CHARACTERS
    everything = max(everything, 2 * options.max_chars)  # characters written out take more room than was counted
    how = call.command("conversation", "--quest", quest["id"], "--since", options.since, "--max-chars", everything)
    data = {
        **described_quest(quest),
        "messages": [described_message(row) for row in shown],
        "left_out": left_out,
        "all": how if left_out else None,
    }
    span = f"messages {shown[0]['seq']} to {shown[-1]['seq']}" if shown else "no messages"
    told = f"left out {counted(left_out, 'older message')}; all: {how}" if left_out or frame.cut else ""
    first = f"quest {quest['id']} {quest['status']}, {span} of {quest['next_seq'] - 1}"
    return Reply(data, first, told, *mission, *reversed(blocks))


def status(call: Call) -> Reply:
    """Say briefly how the open quests stand, or one quest turn by turn."""
    with call.board.read() as tx:
        if call.options.quest is not None:
            return _one(tx, quests.find(tx, call.options.quest))
        return _all(tx)


def _blocks(rows: list[dict[str, Any]], frame: Frame, room: int) -> list[str]:
    """Return the first rows that fit, in frames. If not even one does, it is cut."""
    blocks: list[str] = []
    for row in rows:
        above = title(row) + (f" to {row['recipient']}" if row["recipient"] else "")
        block = frame.around(above, row["text"])
        if len(block) >= room:
            if blocks:
                break
            block = frame.around(above, row["text"], max(room - _TITLE_CHARACTERS, 100))
        blocks.append(block)
        room -= len(block) + 1
    return blocks


def _one(tx: Transaction, quest: dict[str, Any]) -> Reply:
    rows = tx.all("SELECT * FROM turn WHERE quest = ? ORDER BY id DESC LIMIT ?", quest["id"], _TURNS_SHOWN)
    described = [described_turn(tx, row) for row in reversed(rows)]
    in_all = tx.all("SELECT COUNT(*) AS number FROM turn WHERE quest = ?", quest["id"])[0]["number"]
    data = {**described_quest(quest), "turns": described, "turns_in_all": in_all}
    return Reply(data, _line(quest), *(_turn_line(turn) for turn in described), _rest(in_all - len(rows), "older turn"))


def _all(tx: Transaction) -> Reply:
    rows = tx.all(f"SELECT * FROM quest WHERE status IN {OPEN} ORDER BY id DESC LIMIT ?", _QUESTS_SHOWN)
    counts = _counts(tx)
    described = []
    lines = []
    for quest in rows:
        states = tx.all(
            "SELECT state, COUNT(*) AS number FROM turn WHERE quest = ? GROUP BY state ORDER BY state", quest["id"]
        )
        turns = {row["state"]: row["number"] for row in states}
        described.append({**described_quest(quest), "turns": turns})
        lines.append(f"{_line(quest)}; turns: " + (", ".join(f"{turns[state]} {state}" for state in turns) or "none"))
    over = ", ".join(
        f"{number}{' or more' if number == COUNTED else ''} {state}"
        for state, number in counts.items()
        if state not in OPEN_STATES
    )
    in_all = sum(counts.get(state, 0) for state in OPEN_STATES)
    data = {"quests": described, "counts": counts}
    return Reply(
        data,
        *lines,
        _rest(in_all - len(rows), "older open quest"),
        "" if rows else "no quest is open",
        f"over: {over}" if over else "",
    )


def _counts(tx: Transaction) -> dict[str, int]:
    """Return how many quests there are in each state, counted up to COUNTED: old ones must not cost ever more."""
    sql = "SELECT COUNT(*) AS number FROM (SELECT 1 AS one FROM quest WHERE status = ? LIMIT ?) AS found"
    states = sorted((*OPEN_STATES, "completed", "failed", "cancelled"))
    numbers = {state: tx.all(sql, state, COUNTED)[0]["number"] for state in states}
    return {state: number for state, number in numbers.items() if number}


def described_quest(quest: dict[str, Any]) -> dict[str, Any]:
    """Return a quest's row as it stands in JSON."""
    return {
        "quest": quest["id"],
        "status": quest["status"],
        "mode": quest["mode"],
        "phase": quest["phase"],
        "leader": quest["leader"],
        "mission": quest["mission"],
        "summary": quest["summary"],
        "created": utc(quest["created_at"]),
    }


def _line(quest: dict[str, Any]) -> str:
    phase = f", phase {quoted(quest['phase'], 40)}" if quest["phase"] else ""
    mission = quoted(quest["mission"], 80)
    return f"quest {quest['id']} {quest['status']}, {quest['mode']}, led by {quest['leader']}{phase}: {mission}"


def described_turn(tx: Transaction, row: dict[str, Any]) -> dict[str, Any]:
    """Return a turn's row with its answer's kind, dependencies, files and reservations, as it stands in JSON."""
    left = None
    if row["state"] == "leased":
        boot, seconds = tx.now
        left = round(row["lease_until"] - seconds) if row["lease_boot"] == boot else 0
    files = tx.all("SELECT path FROM turn_file WHERE turn = ? ORDER BY path", row["id"])
    answer = messages.answer_to(tx, row["id"])
    verdict = tx.one("SELECT verdict FROM review WHERE turn = ?", row["id"])
    after = tx.all("SELECT after FROM turn_dependency WHERE turn = ? ORDER BY after", row["id"])
    return {
        "turn": row["id"],
        "agent": row["assignee"],
        "state": row["state"],
        "answer": messages.shown_kind(answer) if answer else None,
        "kind": row["kind"],
        "about": row["about"],
        "reviewed": bool(row["reviewed"]),
        "verdict": verdict["verdict"] if verdict else None,
        "attempt": row["attempt"],
        "fence": row["fence"],
        "lease_left": left,
        "after": [other["after"] for other in after],
        "files": [file["path"] for file in files],
        "reserved": [held["path"] for held in reservations.of_turn(tx, row["id"])],
    }


def _turn_line(turn: dict[str, Any]) -> str:
    plain = turn["answer"] in {None, "completed"}
    line = f"turn {turn['turn']} {turn['agent']} " + (turn["state"] if plain else f"answered: {turn['answer']}")
    if turn["about"]:
        line += f", {'review of' if turn['kind'] == 'review' else 'again for'} turn {turn['about']}"
    if turn["verdict"]:
        line += f", review {turn['verdict']}"
    if turn["state"] == "leased":
        left = turn["lease_left"]
        line += f", attempt {turn['attempt']}, " + (f"lease for {left} s" if left > 0 else "lease is over")
    elif turn["state"] == "blocked":
        line += " after " + ", ".join(str(number) for number in turn["after"])
    if turn["reserved"]:
        line += f", reserved {quoted(', '.join(turn['reserved']), 200)}"
    if turn["files"]:
        line += f", files {quoted(', '.join(turn['files']), 200)}"
    return line


def _rest(number: int, what: str) -> str:
    return f"and {counted(number, what)}" if number > 0 else ""
