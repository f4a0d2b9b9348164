"""The verb status: the state of the quests, or of the turns in one quest."""

from __future__ import annotations

from ..board import activity, quests
from ..board.rows import Quest, Turn
from ..call import Reply, VerbCall
from ..describe import TurnDetails, age, quest_data, reservation_words
from ..framing import counted, quoted
from ..nearby import boards
from ..stores.sql import LIVE, OPEN, OPEN_STATES
from ..trees import elsewhere, tree_of

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..nearby import Boards
    from ..stores.engine import Transaction

COUNTED = 1000  # ended quests are counted up to this number, so that status does not slow down with their number
_QUESTS_SHOWN = 20
_ENDED_SHOWN = 50  # of the turns that have ended, so many; the live ones are all shown


_VERDICTS = {
    "pending": "waits for a verdict",
    "accepted": "accepted",
    "changed": "sent back",
    "dropped": "ended without a verdict",
}
_DECISIONS = {"needed": "waits for the leader", "replied": "has its reply", "abandoned": "dropped by the leader"}


def run(call: VerbCall) -> Reply:
    """Show the open quests in a line each, or one quest turn by turn."""
    own = tree_of(call.cwd, call.environ)
    with call.board.read() as tx:
        if call.options.quest is not None:
            return _one(tx, quests.find(tx, call.options.quest), call.bound(_ENDED_SHOWN), own)
        return _all(tx, call.bound(_QUESTS_SHOWN), own, boards(call.cwd, call.environ))


def _one(tx: Transaction, quest: Quest, most_ended: int, own: str) -> Reply:
    sql = f"SELECT * FROM turn WHERE quest = ? AND state NOT IN {LIVE} ORDER BY id DESC LIMIT ?"
    rows = [*tx.rows(Turn, sql, quest.id, most_ended), *quests.live_turns(tx, quest.id)]
    rows.sort(key=lambda turn: turn.id)
    activities = activity.of_turns(tx, quest.id, rows)
    turns = [TurnDetails(tx, row, activities[row.id]) for row in rows]
    total = tx.column(int, "SELECT COUNT(*) FROM turn WHERE quest = ?", quest.id)[0]
    data = {**quest_data(quest), "turns": [turn.data() for turn in turns]}
    lines = [_turn_line(turn, tx.at, own) for turn in turns]
    return Reply(data, _quest_line(quest, tx.at, own), *lines, _rest(total - len(turns), "older turn"))


def _all(tx: Transaction, most: int, own: str, found: Boards) -> Reply:
    rows = tx.rows(Quest, f"SELECT * FROM quest WHERE status IN {OPEN} ORDER BY id DESC LIMIT ?", most)
    counts = _counts(tx)
    data = []
    lines = []
    for quest in rows:
        turns = quests.count_turns(tx, quest.id)
        data.append({**quest_data(quest), "turns": turns})
        listed = ", ".join(f"{number} {state}" for state, number in turns.items())
        lines.append(f"{_quest_line(quest, tx.at, own)}; turns: {listed or 'none'}")
    ended = ", ".join(
        f"{number}{' or more' if number == COUNTED else ''} {state}"
        for state, number in counts.items()
        if state not in OPEN_STATES
    )
    total = sum(counts.get(state, 0) for state in OPEN_STATES)
    return Reply(
        {"quests": data, "counts": counts},
        *lines,
        _rest(total - len(rows), "older open quest"),
        "" if rows else "no quest is open",
        f"ended: {ended}" if ended else "",
        boards=found,
    )


def _counts(tx: Transaction) -> dict[str, int]:
    """Return how many quests there are in each state, counted up to COUNTED."""
    sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM quest WHERE status = ? LIMIT ?) AS counted"
    states = sorted((*OPEN_STATES, "completed", "failed", "cancelled"))
    numbers = {state: tx.column(int, sql, state, COUNTED)[0] for state in states}
    return {state: number for state, number in numbers.items() if number}


def _quest_line(quest: Quest, now: float, own: str) -> str:
    phase = f", phase {quoted(quest.phase, 40)}" if quest.phase else ""
    mission = quoted(quest.mission, 80)
    when = f"{quest.status} {age(now - quest.finished_at)} ago, " if quest.finished_at else f"{quest.status}, "
    made = f"created {age(now - quest.created_at)} ago, "
    place = elsewhere(quest.tree, own)
    return f"quest {quest.id}{place} {when}{made}{quest.mode}, led by {quest.leader}{phase}: {mission}"


def _turn_line(details: TurnDetails, now: float, own: str) -> str:
    turn = details.turn
    is_plain = details.answer in {None, "completed"}
    line = f"turn {turn.id} {turn.assignee} " + (turn.state if is_plain else f"answered: {details.answer}")
    line += _since(details, now)
    if turn.about:
        line += f", {'review of' if turn.kind == 'review' else 'again for'} turn {turn.about}"
    line += f", {_VERDICTS[details.verdict]}" if details.verdict else ""
    line += f", {_DECISIONS[details.decision]}" if details.decision else ""
    if details.lease_left is not None:
        lease = f"lease for {details.lease_left} s" if details.lease_left > 0 else "lease has ended"
        line += f", taken by {details.login}" if details.login else ""
        line += f", attempt {turn.attempt}{_last_sign(details, now)}, {lease}"
    elif turn.state == "blocked":
        line += ", after " + ", ".join(str(number) for number in details.after)
    if details.reserved:
        line += f", reserved {reservation_words(details.reserved, own)}"
    if details.files:
        line += f", files {quoted(', '.join(details.files), 200)}"
    return line


def _since(details: TurnDetails, now: float) -> str:
    since = details.activity.since if details.activity else None
    return "" if since is None else f" {age(now - since)} ago"


def _last_sign(details: TurnDetails, now: float) -> str:
    """Return when the holder of a turn was last heard of, and that its client has ended if it has."""
    doing = details.activity
    sign = f", last sign of life {age(now - doing.last_sign)} ago" if doing and doing.last_sign is not None else ""
    return f"{sign}, its client has ended" if doing and doing.client_ended else sign


def _rest(number: int, what: str) -> str:
    return f"and {counted(number, what)}" if number > 0 else ""
