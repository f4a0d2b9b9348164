"""Compare what the commands of a storm acknowledged with the board: what is lost, done twice, skipped or told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from acolytes_quest.stores.engine import Transaction

Entry = dict[str, Any]
ANSWERS = "('completed', 'clarification', 'blocked')"


class Board:
    """The rows of the board, as the findings need them."""

    def __init__(self, tx: Transaction) -> None:
        self.texts = {(quest, seq): text for quest, seq, text in tx.tuples("SELECT quest, seq, text FROM message")}
        self.events = set(tx.tuples("SELECT kind, quest, turn, fence FROM event"))
        self.kinds: dict[int, set[str]] = defaultdict(set)  # of a turn's events
        for kind, _, turn, _ in self.events:
            self.kinds[turn].add(kind)
        self.phases = set(tx.tuples("SELECT quest, detail FROM event WHERE kind = 'phase'"))
        self.members = set(tx.tuples("SELECT quest, agent FROM member"))
        self.fences = dict(tx.tuples("SELECT id, fence FROM turn"))
        self.dependencies: dict[int, set[int]] = defaultdict(set)
        for turn, after in tx.tuples("SELECT turn, after FROM turn_dependency"):
            self.dependencies[turn].add(after)
        self.again = dict(tx.tuples("SELECT id, about FROM turn WHERE kind = 'work' AND about IS NOT NULL"))
        self.states = dict(tx.tuples("SELECT id, state FROM turn"))
        self.leaders: dict[int, set[str]] = defaultdict(set)
        for quest, session in tx.tuples("SELECT quest, detail FROM event WHERE kind = 'handed-over'"):
            self.leaders[quest].add(session)
        self.decisions = dict(tx.tuples("SELECT turn, outcome FROM decision"))
        self.ends = {quest: (status, end) for quest, status, end in tx.tuples("SELECT id, status, summary FROM quest")}
        self.to_leaders: dict[int, set[int]] = defaultdict(set)
        for quest, seq in tx.tuples("SELECT quest, seq FROM message WHERE recipient = 'leader'"):
            self.to_leaders[quest].add(seq)
        self.answered_twice = tx.tuples(
            f"SELECT turn, COUNT(*) FROM message WHERE kind IN {ANSWERS} GROUP BY turn HAVING COUNT(*) > 1"
        )

    def first(self, turn: int) -> int:
        """Return the turn that first had the work of `turn`."""
        while turn in self.again:
            turn = self.again[turn]
        return turn


def findings(tx: Transaction, journal: list[Entry], crashes: Sequence[tuple[float, float]]) -> list[str]:
    """Return everything that is wrong, a line each. `crashes` is from when to when the server was away."""
    board = Board(tx)
    problems = [f"quest {quest} has not ended" for quest, end in board.ends.items() if end[0] in {"open", "reviewing"}]
    problems += [
        f"{entry['verb']} ended with {entry['code']}: {entry['complaint']}"
        for entry in journal
        if entry["code"] not in {0, 3} and (entry["code"] != 2 or entry.get("reads"))
    ]
    return [*problems, *lost(board, journal), *_skipped(board, journal), *told_twice(journal, crashes)]


def lost(board: Board, journal: list[Entry]) -> list[str]:
    """Return what was acknowledged and is not there, and what was answered twice."""
    problems = [f"turn {turn} has {number} answers" for turn, number in board.answered_twice]
    answers: dict[int, str] = {}
    for entry in journal:
        verb, code = entry["verb"], entry["code"]
        if code == 0 and verb in _CHECKS:
            problems += _CHECKS[verb](board, entry, entry["reply"])
        if code == 0 and verb == "respond" and answers.setdefault(entry["turn"], entry["text"]) != entry["text"]:
            problems.append(f"turn {entry['turn']} accepted a second answer")
    return problems


def _messages(board: Board, entry: Entry, reply: Entry) -> Iterator[str]:
    for row in reply["messages"]:
        if board.texts.get((entry["quest"], row["seq"])) != entry["text"]:
            yield f"message {row['seq']} of quest {entry['quest']} is lost"
    for turn in reply.get("replied", ()):
        if board.decisions.get(turn) != "replied":
            yield f"the reply to turn {turn} is lost"


def _claim(board: Board, _entry: Entry, reply: Entry) -> Iterator[str]:
    if reply["status"] == "turn" and ("claimed", reply["quest"], reply["turn"], reply["fence"]) not in board.events:
        yield f"the claim of turn {reply['turn']} under fence {reply['fence']} is lost"


def _answer(board: Board, entry: Entry, reply: Entry) -> Iterator[str]:
    if board.texts.get((entry["quest"], reply["message"]["seq"])) != entry["text"]:
        yield f"the answer to turn {entry['turn']} is lost"
    if board.fences.get(entry["turn"]) != entry["fence"]:
        yield f"turn {entry['turn']} accepted an answer under a stale fence"


def _release(board: Board, entry: Entry, reply: Entry) -> Iterator[str]:
    if not board.kinds[entry["turn"]] & ({"dead"} if reply["state"] == "dead" else {"released"}):
        yield f"the release of turn {entry['turn']} is lost"


def _cancel(board: Board, entry: Entry, reply: Entry) -> Iterator[str]:
    turn = entry["turn"]
    if reply["status"] == "dropped" and board.decisions.get(turn) != "abandoned":
        yield f"turn {turn} was dropped, and that is lost"
    elif reply["status"] == "cancelled" and board.states.get(turn) != "cancelled":
        yield f"the cancellation of turn {turn} is lost"


def _creation(board: Board, entry: Entry, reply: Entry) -> Iterator[str]:
    if reply["quest"] not in board.ends:
        yield f"quest {reply['quest']} is lost"
    turns = [row["turn"] for row in reply["turns"]]
    if [row["name"] for row in reply["turns"]] != list(entry.get("tasks") or []):
        yield f"the plan of quest {reply['quest']} became other turns: {reply['turns']}"
    for before, turn in pairwise(turns):
        if before not in set(map(board.first, board.dependencies[turn])):
            yield f"turn {turn} of a plan does not wait for turn {before}"
    for turn in turns:
        if board.fences.get(turn) is None:
            yield f"turn {turn} of a plan is lost"


def _end(board: Board, entry: Entry, _reply: Entry) -> Iterator[str]:
    if board.ends.get(entry["quest"]) != ("completed", entry["summary"]):
        yield f"the end of quest {entry['quest']} is lost"


def _member(board: Board, entry: Entry, _reply: Entry) -> Iterator[str]:
    if (entry["quest"], entry["agent"]) not in board.members:
        yield f"the member {entry['agent']} of quest {entry['quest']} is lost"


def _phase(board: Board, entry: Entry, _reply: Entry) -> Iterator[str]:
    if (entry["quest"], entry["phase"]) not in board.phases:
        yield f"the {entry['phase']} of quest {entry['quest']} is lost"


def _handover(board: Board, entry: Entry, reply: Entry) -> Iterator[str]:
    if reply["session"] not in board.leaders[entry["quest"]]:
        yield f"the handover of quest {entry['quest']} is lost"


_CHECKS = {
    "handover": _handover,
    "message": _messages,
    "note": _messages,
    "monitor": _claim,
    "respond": _answer,
    "release": _release,
    "cancel": _cancel,
    "create": _creation,
    "complete": _end,
    "add-member": _member,
    "phase": _phase,
}


def _news(journal: list[Entry]) -> dict[int, list[Entry]]:
    """Return the calls that leaders made of their quests, in their order, by quest."""
    calls: dict[int, list[Entry]] = defaultdict(list)
    for entry in journal:
        if entry["code"] == 0 and entry.get("leads"):
            calls[entry["quest"]].append(entry)
    return calls


def is_news(entry: Entry) -> bool:
    """Whether this is a call by which a leader was shown news."""
    return (entry["code"], entry["verb"]) == (0, "monitor") and str(entry["reply"]["status"]) == "news"


def _skipped(board: Board, journal: list[Entry]) -> Iterator[str]:
    """Compare what the leaders were shown as new with the messages to them, in the quests that they completed."""
    shown: dict[int, set[int]] = defaultdict(set)
    for quest, calls in _news(journal).items():
        for entry in filter(is_news, calls):
            shown[quest] |= {row["seq"] for row in entry["reply"]["messages"]}
    for quest in (entry["quest"] for entry in journal if entry["verb"] == "complete" and entry["code"] == 0):
        for seq in sorted(board.to_leaders[quest] - shown[quest]):
            yield f"message {seq} of quest {quest} was never shown to its leader"


def told_twice(journal: list[Entry], crashes: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Find messages that were new again although the process that was shown them had called again.

    What a server could not record as printed, because it crashed at that moment, is new once more.
    """
    for quest, calls in _news(journal).items():
        read: set[int] = set()
        printed: set[int] = set()
        process = None
        for entry in calls:
            if entry["process"] != process:
                printed = set()
            process = entry["process"]
            if entry["verb"] == "handover":
                printed = set()
            if entry["verb"] not in {"cancel", "release"}:  # a repeated one does not count as a call of the leader
                read |= printed
                printed = set()
            if not is_news(entry):
                continue
            numbers = {row["seq"] for row in entry["reply"]["messages"]}
            for seq in sorted(numbers & read):
                yield f"message {seq} of quest {quest} was new again"
            if not any(began <= entry["ended"] and ended >= entry["began"] for began, ended in crashes):
                printed = numbers
