"""The agreement of a board with the plain model of it: they answer alike, and hold the same rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from acolytes_quest.board.rows import Message
from acolytes_quest.errors import QuestError, RecordedRefusalError, RefusalError
from acolytes_quest.stores.engine import Board
from quest_desk import Desk
from quest_model import Model
from quest_rules import RefusedError

CHECK_EVERY = 25  # commands between two runs of `check`, which reads every event


class Agreement:
    """`both` runs a command on both. `seen` is, for each quest, the last message that need not be compared again."""

    board: Board
    desk: Desk
    model: Model
    commands: int
    seen: dict[int, int]

    def both(self, expected: Callable[[Model], Any], shown: Callable[[Any], Any], *words: object) -> None:
        """Run a command on the model and on the board: the same answer, or a refusal of the same kind by both."""
        after = self.model.copy()
        try:
            by_model: Any = expected(after)
        except RefusedError as refused:
            by_model = RecordedRefusalError if refused.recorded else RefusalError
            self.model = after if refused.recorded else self.model
        else:
            self.model = after
        try:
            by_board: Any = shown(self.desk.do(str(words[0]), *words[1:]))
        except QuestError as error:
            by_board = type(error)
        assert by_board == by_model, words
        self.compare()

    def compare(self) -> None:
        with self.board.read() as tx:
            rows = tx.tuples(
                "SELECT t.id, t.quest, t.assignee, t.kind, t.about, t.reviewed, t.state, t.fence, t.attempt,"
                " t.holder, r.verdict FROM turn t LEFT JOIN review r ON r.turn = t.id ORDER BY t.id"
            )
            waits = tx.tuples("SELECT turn, after FROM turn_dependency")
            reserved = tx.tuples("SELECT turn, path, shared FROM reservation")
            quests = tx.tuples("SELECT id, mode, status, summary, next_seq FROM quest ORDER BY id")
            seen = tx.tuples(
                "SELECT q.id, leader_seen, COALESCE(seq, 0) FROM quest q LEFT JOIN shown s ON s.quest = q.id"
            )
            decisions = tx.tuples("SELECT turn, outcome FROM decision")
            fresh = [
                row
                for quest in quests
                for row in tx.rows(
                    Message,
                    "SELECT * FROM message WHERE quest = ? AND seq > ? ORDER BY seq",
                    *(quest[0], self.seen.get(quest[0], 0)),
                )
            ]
        self.compare_turns(rows)
        model = self.model
        assert sorted(waits) == sorted((number, after) for number, turn in model.turns.items() for after in turn.after)
        assert sorted((turn, path, bool(shared)) for turn, path, shared in reserved) == sorted(
            (number, *held) for number, turn in model.turns.items() for held in turn.reserved
        )
        assert quests == [
            (number, quest.mode, quest.status, quest.summary, len(quest.messages) + 1)
            for number, quest in sorted(model.quests.items())
        ]
        assert sorted(seen) == [(number, quest.seen, quest.shown) for number, quest in sorted(model.quests.items())]
        assert sorted(decisions) == sorted(
            (number, turn.decision) for number, turn in model.turns.items() if turn.decision is not None
        )
        for row in fresh:
            self.compare_message(row)
        # The newest message is compared again next time, because a redaction may change it.
        self.seen = {row[0]: row[-1] - 2 for row in quests}
        self.commands += 1
        if self.commands % CHECK_EVERY == 0:
            self.check_health()

    def compare_turns(self, rows: list[tuple[Any, ...]]) -> None:
        named = [
            (*columns, "anonymous" if holder and holder.startswith("anonymous-") else holder, verdict)
            for *columns, holder, verdict in rows
        ]
        assert named == [
            (
                *(number, turn.quest, turn.agent, turn.kind, turn.about, int(turn.reviewed), turn.state),
                *(turn.fence, turn.attempt, turn.holder, turn.verdict),
            )
            for number, turn in sorted(self.model.turns.items())
        ]

    def compare_message(self, row: Message) -> None:
        expected = self.model.quests[row.quest].messages[row.seq - 1]
        actual = (row.kind, row.sender, row.recipient, row.turn, bool(row.redacted))
        assert actual == (expected.kind, expected.sender, expected.recipient, expected.turn, expected.redacted)
        assert expected.text in {None, row.text}

    def check_health(self) -> None:
        assert self.desk.do("check")["findings"] == []

    def events(self) -> int:
        with self.board.read() as tx:
            return tx.column(int, "SELECT COUNT(*) FROM event")[0]
