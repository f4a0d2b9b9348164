"""The board against a model of it, after every command; and the audit log against the tables."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acolytes_quest import answers, hook_api, messages, quests, turns
from acolytes_quest.engine import Board
from acolytes_quest.errors import QuestError
from acolytes_quest.waiting import Worker
from quest_support import Clock

LEASE = 100.0
AGENTS = ("w1", "w2")
SESSIONS = {"a": "w1", "b": "w1", "c": "w2"}
REPLAYED = {"expired": "queued", "released": "queued", "claimed": "leased"}


class ModelTurn:
    """What the model knows of a turn."""

    def __init__(self, agent: str, after: int | None, *, blocked: bool) -> None:
        self.agent = agent
        self.after = after
        self.state = "blocked" if blocked else "queued"
        self.fence = 0
        self.holder: str | None = None
        self.until = 0.0
        self.answered_blocked = False


class BoardMachine(RuleBasedStateMachine):
    """One quest, two agents, three sessions, a clock; commands in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.clock = Clock()
        self.board = Board(str(Path(self.folder) / "quests.db"), clock=self.clock, lease=LEASE)
        self.board.create()
        self.model: dict[int, ModelTurn] = {}
        self.answered = 0
        with self.board.write() as tx:
            quests.create(
                tx, mission="m", agents=list(AGENTS), leader="leader", phase=None, mode="parallel", session=None
            )

    def teardown(self) -> None:
        self.board.close()
        shutil.rmtree(self.folder)

    @rule(agent=st.sampled_from(AGENTS), data=st.data())
    def assign(self, agent: str, data: st.DataObject) -> None:
        after = data.draw(st.sampled_from([None, *self.model]))
        try:
            with self.board.write() as tx:
                turn = turns.assign(tx, 1, agent, [after] if after else [])
                messages.append(tx, 1, kind="assignment", sender="leader", recipient=agent, turn=turn["id"], text="x")
        except QuestError:
            assert after
            assert self.model[after].state in {"dead", "cancelled"} or self.model[after].answered_blocked
        else:
            blocked = after is not None and self.model[after].state != "done"
            self.model[turn["id"]] = ModelTurn(agent, after, blocked=blocked)

    @rule(session=st.sampled_from(sorted(SESSIONS)))
    def take(self, session: str) -> None:
        agent = SESSIONS[session]
        found = Worker(self.board, agent=agent, session=session, quest=None).wait(time.monotonic())
        held = next((turn for turn in self.model.values() if turn.state == "leased" and turn.holder == session), None)
        if held is None:
            self._expire()
            held = next((t for _, t in sorted(self.model.items()) if t.state == "queued" and t.agent == agent), None)
            if held is not None:
                held.state, held.holder, held.fence = "leased", session, held.fence + 1
        assert ("turn" in found) == (held is not None)
        if held is not None:
            held.until = self.clock.seconds + LEASE
            assert self.model[found["turn"]["id"]] is held
            assert found["turn"]["fence"] == held.fence

    @rule(session=st.sampled_from(sorted(SESSIONS)), blocked=st.booleans())
    def answer(self, session: str, *, blocked: bool) -> None:
        mine = [(number, turn) for number, turn in sorted(self.model.items()) if turn.holder == session]
        leased = [number for number, turn in mine if turn.state == "leased"]
        may = leased or [number for number, turn in mine if turn.state == "queued"]
        self.answered += 1
        text = f"{'BLOCKED' if blocked else 'Completed'}: {self.answered}"
        try:
            with self.board.write() as tx:
                said = answers.Answer(text, files=[], session=session)
                given = answers.give(tx, quests.find(tx, 1), said, {})
        except QuestError:
            assert len(may) != 1
        else:
            assert may == [given["turn"]]
            self.model[given["turn"]].state = "done"
            self.model[given["turn"]].answered_blocked = blocked
            self._settle(given["turn"], completed=not blocked)

    @rule(session=st.sampled_from(sorted(SESSIONS)))
    def release(self, session: str) -> None:
        environ = {"ACOLYTES_QUEST_DB": self.board.path}
        hook_api.keep("/", environ, session, limit=0)
        for number, turn in self.model.items():
            if turn.holder == session and turn.state == "leased":
                self._give_back(number)

    @rule(seconds=st.sampled_from([1.0, 60.0, LEASE]))
    def pass_time(self, seconds: float) -> None:
        self.clock.seconds += seconds

    @invariant()
    def tables_are_as_the_model_says(self) -> None:
        with self.board.read() as tx:
            rows = {row["id"]: row for row in tx.all("SELECT * FROM turn")}
        assert {number: (row["state"], row["fence"]) for number, row in rows.items()} == {
            number: (turn.state, turn.fence) for number, turn in self.model.items()
        }

    @invariant()
    def replaying_the_events_gives_the_turns(self) -> None:
        replayed: dict[int, tuple[str, int, str | None]] = {}
        with self.board.read() as tx:
            rows = tx.all("SELECT id, state, fence, holder FROM turn")
            events = tx.all(
                "SELECT * FROM event WHERE turn IS NOT NULL AND kind NOT IN ('refused', 'kept') ORDER BY id"
            )
        for event in events:
            _, fence, holder = replayed.get(event["turn"], ("", 0, None))
            if event["kind"] == "claimed":
                fence, holder = event["fence"], event["session"]
            replayed[event["turn"]] = (REPLAYED.get(event["kind"], event["kind"]), fence, holder)
        assert replayed == {row["id"]: (row["state"], row["fence"], row["holder"]) for row in rows}

    @invariant()
    def messages_are_dense_and_answers_single(self) -> None:
        with self.board.read() as tx:
            rows = tx.all("SELECT seq, kind, turn FROM message ORDER BY seq")
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        answered = [row["turn"] for row in rows if row["kind"] in {"completed", "blocked"}]
        assert sorted(answered) == sorted(number for number, turn in self.model.items() if turn.state == "done")

    def _expire(self) -> None:
        for number in [n for n, t in self.model.items() if t.state == "leased" and t.until <= self.clock.seconds]:
            self._give_back(number)

    def _give_back(self, number: int) -> None:
        turn = self.model[number]
        turn.state = "dead" if turn.fence == turns.ATTEMPTS else "queued"
        if turn.state == "dead":
            self._settle(number, completed=False)

    def _settle(self, number: int, *, completed: bool) -> None:
        for other, turn in self.model.items():
            if turn.after == number and turn.state == "blocked":
                turn.state = "queued" if completed else "cancelled"
                if not completed:
                    self._settle(other, completed=False)


TestBoard = BoardMachine.TestCase
TestBoard.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
