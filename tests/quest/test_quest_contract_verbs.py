"""What the verbs must do on every engine: reviews, reservations, ends, redaction, purging, the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest.errors import RecordedRefusalError, RefusalError
from acolytes_quest.stores.engine import Board
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from postgres_server import PostgresServer
from quest_desk import Desk
from quest_support import Clock

LEASE = 900.0


class Verbs:
    """The tests. An engine's class gives `board`, empty, by the test's clock and with a lease of 900 s."""

    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        raise NotImplementedError

    @pytest.fixture
    def desk(self, board: Board) -> Desk:
        desk = Desk(board)
        desk.do("create", "--mission", "m", "--agents", "w1,w2,w10")
        return desk

    def send(self, desk: Desk, to: str, *words: object, quest: int = 1) -> int:
        sent = desk.do("message", "--quest", quest, "--to", to, "--msg", "do it", *words)
        return int(sent["messages"][-1]["turn"])

    def take(self, desk: Desk, session: str, agent: str = "w1") -> Any:
        return desk.do("monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", 0)

    def answer(self, desk: Desk, session: str, text: str = "Completed: x", *, agent: str = "w1", quest: int = 1) -> Any:
        """Take a turn, if none is in hand, and answer it."""
        self.take(desk, session, agent)
        return desk.do("respond", "--quest", quest, "--msg", text, "--as", session)

    def turns(self, desk: Desk, quest: int = 1) -> dict[int, Any]:
        return {turn["turn"]: turn for turn in desk.do("status", "--quest", quest)["turns"]}

    def states(self, desk: Desk, quest: int = 1) -> list[str]:
        return [turn["state"] for turn in self.turns(desk, quest).values()]

    def status(self, desk: Desk, quest: int = 1) -> str:
        return str(desk.do("status", "--quest", quest)["status"])

    def kinds(self, desk: Desk, quest: int = 1) -> list[str]:
        return [event["kind"] for event in desk.do("log", "--quest", quest)["events"]]

    # -- members, phases, turns that are given back ------------------------------------------------------------------

    def test_workers_join_a_quest_that_has_begun(self, desk: Desk) -> None:
        with pytest.raises(RefusalError, match="w3 is not a member of quest 1"):
            self.send(desk, "w3")
        added = desk.do("add-member", "--quest", 1, "--agents", "w1,w3")
        assert (added["added"], added["workers"]) == (["w3"], ["w1", "w10", "w2", "w3"])
        assert desk.do("add-member", "--quest", 1, "--agents", "w3")["added"] == []
        assert self.send(desk, "w3") == 1
        with pytest.raises(RefusalError, match="leader leads quest 1 and cannot be its worker"):
            desk.do("add-member", "--quest", 1, "--agents", "leader")

    def test_the_leader_changes_the_phase(self, desk: Desk) -> None:
        desk.do("phase", "--quest", 1, "--phase", "measure")
        assert desk.do("status", "--quest", 1)["phase"] == "measure"
        assert self.kinds(desk)[-1] == "phase"

    def test_a_worker_neither_adds_members_nor_names_the_phase(self, desk: Desk) -> None:
        self.send(desk, "w1")
        self.take(desk, "s1")
        for words in (("add-member", "--agents", "w3"), ("phase", "--phase", "x")):
            with pytest.raises(RefusalError, match="only the leader"):
                desk.do(words[0], "--quest", 1, *words[1:], "--as", "s1")

    def test_the_leader_gives_a_taken_turn_back(self, desk: Desk) -> None:
        turn = self.send(desk, "w1")
        self.take(desk, "s1")
        with pytest.raises(RefusalError, match="name the turn"):
            desk.do("release", "--quest", 1)
        assert desk.do("release", "--quest", 1, "--turn", turn)["state"] == "queued"
        assert self.take(desk, "s2")["turn"] == turn
        with pytest.raises(RecordedRefusalError, match="held by another session"):
            desk.do("respond", "--quest", 1, "--msg", "Completed: late", "--as", "s1")

    def test_a_worker_gives_back_its_own_turn_only(self, desk: Desk) -> None:
        first, second = self.send(desk, "w1"), self.send(desk, "w1")
        self.take(desk, "s1")
        self.take(desk, "s2")
        with pytest.raises(RecordedRefusalError):
            desk.do("release", "--quest", 1, "--turn", first, "--as", "s2")
        assert desk.do("release", "--quest", 1, "--as", "s2")["turn"] == second

    def test_a_turn_cannot_wait_for_itself_and_may_name_another_twice(self, desk: Desk) -> None:
        self.send(desk, "w1")
        assert self.send(desk, "w1", "--after", "1,1") == 2
        with pytest.raises(RefusalError, match="that is the number of this turn itself"):
            self.send(desk, "w1", "--after", "3")
        assert self.turns(desk)[2]["after"] == [1]

    # -- reviews --------------------------------------------------------------------------------------------------

    def test_what_comes_after_a_reviewed_turn_waits_until_it_is_accepted(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--after", 1)
        self.answer(desk, "s1")
        assert (self.states(desk), self.status(desk)) == (["done", "blocked"], "reviewing")
        assert desk.do("monitor", "--role", "leader", "--timeout", 0)["to_review"] == [1]
        accept = ("review", "--quest", 1, "--turn", 1, "--accept", "--msg", "well done")
        assert (reply := desk.do(*accept))["verdict"] == "accepted"
        assert (reply["new_turn"], reply["sent_back"], reply["repeated"]) == (None, 0, False)
        assert desk.do(*accept)["repeated"] is True
        assert (self.states(desk), self.status(desk)) == (["done", "queued"], "open")
        note = desk.do("conversation", "--quest", 1)["messages"][-1]
        assert (note["kind"], note["to"], note["text"]) == ("note", "w1", "well done")

    def test_a_turn_sent_back_is_done_again_and_keeps_what_waits_for_it(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--after", 1)
        self.answer(desk, "s1")
        back = ("review", "--quest", 1, "--turn", 1, "--change", "shorter")
        assert desk.do(*back)["new_turn"] == 3
        again = desk.do(*back)
        assert (again["new_turn"], again["sent_back"], again["repeated"]) == (3, 1, True)
        assert (self.states(desk), self.status(desk)) == (["done", "blocked", "queued"], "open")
        assert self.turns(desk)[2]["after"] == [3]
        again = self.take(desk, "s1")
        assert (again["turn"], again["about"], again["message"]["text"]) == (3, 1, "shorter")
        self.answer(desk, "s1", "Completed: short")
        assert self.states(desk) == ["done", "blocked", "done"]
        desk.do("review", "--quest", 1, "--turn", 3, "--accept")
        assert self.states(desk) == ["done", "queued", "done"]
        with pytest.raises(RefusalError, match="that turn was sent back, and turn 3 does its work"):
            self.send(desk, "w2", "--after", 1)
        assert desk.do("check")["healthy"]

    def test_after_three_send_backs_a_person_is_to_decide(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        counts = []
        for turn in (1, 2, 3):
            self.answer(desk, "s1", f"Completed: {turn}")
            news = desk.do("monitor", "--role", "leader", "--timeout", 0)
            assert (news["to_review"], news["for_a_person"]) == ([turn], [])
            counts.append(desk.do("review", "--quest", 1, "--turn", turn, "--change", "shorter")["sent_back"])
        assert counts == [1, 2, 3]
        self.answer(desk, "s1", "Completed: 4")
        for _ in range(2):  # news, then none
            assert desk.do("monitor", "--role", "leader", "--timeout", 0)["for_a_person"] == [4]
        assert desk.do("review", "--quest", 1, "--turn", 4, "--accept")["sent_back"] == 3

    def test_a_member_reviews_in_a_turn_of_its_own(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--reviews", 1)
        self.send(desk, "w10", "--reviews", 1)
        self.send(desk, "w1", "--after", 1)
        assert self.states(desk) == ["queued", "blocked", "blocked", "blocked"]
        self.answer(desk, "s1")
        assert self.states(desk) == ["done", "queued", "queued", "blocked"]
        task = self.take(desk, "s2", "w2")
        assert (task["kind"], task["about"]) == ("review", 1)
        assert task["next"]["respond"].startswith("acolytes-quest review --quest 1 --turn 1 --agent w2 --accept")
        assert desk.do("monitor", "--role", "leader", "--timeout", 0)["to_review"] == []
        desk.do("review", "--quest", 1, "--turn", 1, "--accept", "--as", "s2")
        assert self.states(desk) == ["done", "done", "cancelled", "queued"]
        news = desk.do("monitor", "--role", "leader", "--since", 5)["messages"]
        assert [(row["from"], row["turn"], row["text"]) for row in news] == [
            ("w2", 2, "Completed: turn 1 is accepted.")
        ]

    def test_a_member_with_a_review_turn_can_send_back(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--reviews", 1)
        self.answer(desk, "s1")
        self.take(desk, "s2", "w2")
        assert desk.do("review", "--quest", 1, "--turn", 1, "--change", "shorter", "--as", "s2")["new_turn"] == 3
        assert desk.do("conversation", "--quest", 1)["messages"][-1]["from"] == "w2"
        assert self.take(desk, "s1")["message"]["from"] == "w2"

    def test_only_the_leader_and_the_holder_of_the_review_give_the_verdict(self, desk: Desk, clock: Clock) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--reviews", 1)
        self.answer(desk, "s1")
        accept = ("review", "--quest", 1, "--turn", 1, "--accept")
        with pytest.raises(RefusalError, match="w1 has no review turn for turn 1"):
            desk.do(*accept, "--as", "s1")
        with pytest.raises(RecordedRefusalError, match="turn 2 is not held by any session"):
            desk.do(*accept, "--agent", "w2")
        self.take(desk, "s2", "w2")
        clock.seconds += LEASE
        self.take(desk, "s3", "w2")
        with pytest.raises(RecordedRefusalError, match="held by another session"):
            desk.do(*accept, "--as", "s2")
        assert self.kinds(desk)[-1] == "refused"
        with pytest.raises(RecordedRefusalError, match="--fence 1 is not the fence of turn 2"):
            desk.do(*accept, "--as", "s3", "--fence", 1)
        assert desk.do(*accept, "--as", "s3", "--fence", 2)["repeated"] is False

    def test_an_anonymous_reviewer_says_its_name_and_fence(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--reviews", 1)
        self.answer(desk, "s1")
        task = desk.do("monitor", "--role", "worker", "--agent", "w2", "--timeout", 0)
        words = task["next"]["respond"].partition(" (or")[0].split()[1:]
        assert words == ["review", "--quest", "1", "--turn", "1", "--agent", "w2", "--fence", "1", "--accept"]
        desk.do(*words)
        assert self.states(desk) == ["done", "done"]

    def test_a_plain_answer_to_a_review_leaves_the_verdict_to_the_leader(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2", "--reviews", 1)
        self.answer(desk, "s1")
        self.answer(desk, "s2", "Completed: I cannot judge that", agent="w2")
        assert self.status(desk) == "reviewing"
        assert desk.do("monitor", "--role", "leader", "--timeout", 0)["to_review"] == [1]

    def test_a_verdict_is_given_once_and_only_on_a_pending_review(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w1")
        with pytest.raises(RefusalError, match=r"turn 1 \(queued\) has no completed answer to review"):
            desk.do("review", "--quest", 1, "--turn", 1, "--accept")
        with pytest.raises(RefusalError, match="turn 2 has no review"):
            desk.do("review", "--quest", 1, "--turn", 2, "--accept")
        with pytest.raises(RefusalError, match="turn 2 has no review"):
            self.send(desk, "w2", "--reviews", 2)
        with pytest.raises(RefusalError, match="has no turn 9"):
            desk.do("review", "--quest", 1, "--turn", 9, "--accept")
        self.answer(desk, "s1")
        desk.do("review", "--quest", 1, "--turn", 1, "--accept")
        with pytest.raises(RefusalError, match=r"has its verdict \(accepted\) already: assign a new turn"):
            desk.do("review", "--quest", 1, "--turn", 1, "--change", "x")
        with pytest.raises(RefusalError, match="turn 1 is accepted already, so it cannot be reviewed"):
            self.send(desk, "w2", "--reviews", 1)

    def test_what_waits_for_several_that_fail_is_cancelled_once(self, desk: Desk) -> None:
        self.send(desk, "w1")
        self.send(desk, "w2", "--after", 1)
        self.send(desk, "w2", "--after", "1,2")
        assert desk.do("cancel", "--quest", 1, "--turn", 1)["cancelled"] == 3
        assert self.states(desk) == ["cancelled", "cancelled", "cancelled"]

    # -- reservations ---------------------------------------------------------------------------------------------

    def reserve(self, desk: Desk, session: str, paths: str, *words: str, quest: int = 1) -> list[str]:
        held = desk.do("reserve", "--quest", quest, "--paths", paths, "--as", session, *words)
        return [row["path"] for row in held["reserved"]]

    def test_a_reserved_path_is_refused_to_others_and_so_is_what_lies_below_and_above(self, desk: Desk) -> None:
        for session, agent in (("s1", "w1"), ("s2", "w2")):
            self.send(desk, agent)
            self.take(desk, session, agent)
        assert self.reserve(desk, "s1", "/src/app,/plan.md") == ["plan.md", "src/app"]
        for path in ("/plan.md", "/src/app", "/src/app/a.py", "/src"):
            with pytest.raises(RefusalError, match=r"is taken: w1 \(quest 1, turn 1\) has reserved"):
                self.reserve(desk, "s2", f"/other.md,{path}")
        assert self.turns(desk)[2]["reserved"] == []
        assert self.reserve(desk, "s2", "/src/app2,/plan.md.bak") == ["plan.md.bak", "src/app2"]
        assert self.reserve(desk, "s1", "/src/app,/src/app/a.py") == ["plan.md", "src/app", "src/app/a.py"]

    def test_shared_reservations_keep_off_exclusive_ones_only(self, desk: Desk) -> None:
        for session, agent in (("s1", "w1"), ("s2", "w2")):
            self.send(desk, agent)
            self.take(desk, session, agent)
            self.reserve(desk, session, "/doc", "--shared")
        with pytest.raises(RefusalError, match=r"w2 .* shares 'doc'"):
            self.reserve(desk, "s1", "/doc")
        assert self.reserve(desk, "s2", "/doc", "--release") == []
        assert self.reserve(desk, "s1", "/doc") == ["doc"]
        with pytest.raises(RefusalError, match="has reserved 'doc'"):
            self.reserve(desk, "s2", "/doc/a.md", "--shared")
        assert desk.do("reserve", "--quest", 1, "--release", "--as", "s1")["reserved"] == []

    @pytest.mark.parametrize("end", ["answered", "expired", "cancelled", "quest over", "dead"])
    def test_reservations_end_with_the_hold(self, desk: Desk, clock: Clock, end: str) -> None:
        desk.do("create", "--mission", "m", "--agents", "w2")
        self.send(desk, "w1")
        self.send(desk, "w2", quest=2)
        for attempt in range(3 if end == "dead" else 1):
            clock.seconds += LEASE * bool(attempt)
            self.take(desk, "s1")
        self.reserve(desk, "s1", "/plan.md")
        self.take(desk, "s2", "w2")
        with pytest.raises(RefusalError, match=r"has reserved 'plan\.md'"):
            self.reserve(desk, "s2", "/plan.md", quest=2)
        if end == "answered":
            self.answer(desk, "s1")
        elif end in {"expired", "dead"}:
            clock.seconds += LEASE - 1
            self.take(desk, "s2", "w2")  # which renews this lease alone
            clock.seconds += 1
        elif end == "cancelled":
            desk.do("cancel", "--quest", 1, "--turn", 1)
        else:
            desk.do("fail", "--quest", 1, "--summary", "s")
        assert self.reserve(desk, "s2", "/plan.md", quest=2) == ["plan.md"]
        assert desk.do("check")["findings"] == []

    def test_only_the_holder_of_a_turn_reserves(self, desk: Desk, clock: Clock) -> None:
        self.send(desk, "w1")
        with pytest.raises(RecordedRefusalError, match="you hold no turn of quest 1"):
            self.reserve(desk, "s1", "/a")
        self.take(desk, "s1")
        clock.seconds += LEASE
        with pytest.raises(RecordedRefusalError, match="turn 1 is not held by any session"):
            self.reserve(desk, "s1", "/a")
        for words, expected in (
            ((), "name the paths to reserve"),
            (("--shared", "--release"), "give only one of them"),
        ):
            with pytest.raises(RefusalError, match=expected):
                desk.do("reserve", "--quest", 1, "--as", "s1", *words)
        with pytest.raises(RefusalError, match=r"--paths '/\.\./x'"):
            self.reserve(desk, "s1", "/../x")

    # -- ends -----------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(("verb", "result"), [("fail", "failed"), ("cancel", "cancelled")])
    def test_a_quest_with_unanswered_turns_can_be_ended(self, desk: Desk, verb: str, result: str) -> None:
        self.send(desk, "w1", "--review")
        self.send(desk, "w2")
        self.answer(desk, "s1")
        words = (verb, "--quest", 1, "--summary", "no use")
        with pytest.raises(RefusalError, match="only the leader leader ends quest 1; this session is its worker w1"):
            desk.do(*words, "--as", "s1")
        ended = {"quest": 1, "status": result, "cancelled": 1, "undecided": 0, "repeated": False}
        assert desk.do(*words) == ended
        assert desk.do(*words)["repeated"] is True
        assert self.turns(desk)[1]["verdict"] == "dropped"
        ended = self.take(desk, "s1")
        assert (ended["status"], ended["result"], ended["summary"]) == ("ended", result, "no use")
        with pytest.raises(RefusalError, match=f"is {result} already"):
            desk.do("complete", "--quest", 1, "--summary", "x")

    def test_a_quest_with_a_pending_review_is_not_completed(self, desk: Desk) -> None:
        self.send(desk, "w1", "--review")
        self.answer(desk, "s1")
        with pytest.raises(RefusalError, match="turn 1 of quest 1 waits for a review"):
            desk.do("complete", "--quest", 1, "--summary", "s")
        assert desk.do("complete", "--quest", 1, "--summary", "s", "--force")["status"] == "completed"
        assert desk.do("check")["healthy"]

    def test_a_servers_board_is_led_by_the_session_that_created_the_quest(self, board: Board) -> None:
        url = "postgresql://nowhere"
        boss = Desk(board, ACOLYTES_QUEST_URL=url, CLAUDE_CODE_SESSION_ID="boss")
        other = Desk(board, ACOLYTES_QUEST_URL=url, CLAUDE_CODE_SESSION_ID="other")
        assert boss.do("create", "--mission", "m", "--agents", "w1")["quest"] == 1
        self.send(boss, "w1", "--review")
        self.answer(other, "s1")
        for words in (
            ("message", "--quest", 1, "--to", "w1", "--msg", "x"),
            ("review", "--quest", 1, "--turn", 1, "--accept"),
            ("cancel", "--quest", 1, "--summary", "s"),
            ("redact", "--quest", 1, "--seq", 1, "--reason", "r"),
        ):
            with pytest.raises(RefusalError, match=r"only the session that leads it .* add its --as"):
                other.do(*words)
            with pytest.raises(RefusalError, match="only the session that leads it"):
                other.do(*words, "--as", "s9")
        boss.do("review", "--quest", 1, "--turn", 1, "--accept")
        assert other.do("complete", "--quest", 1, "--summary", "s", "--as", "boss")["status"] == "completed"

    def test_one_turn_is_cancelled_with_what_waits_for_it(self, desk: Desk) -> None:
        self.send(desk, "w1")
        self.send(desk, "w2", "--after", 1)
        self.send(desk, "w10")
        self.take(desk, "s1")
        with pytest.raises(RefusalError, match="only the leader leader cancels turns of quest 1"):
            desk.do("cancel", "--quest", 1, "--turn", 1, "--as", "s1")
        assert desk.do("cancel", "--quest", 1, "--turn", 1)["cancelled"] == 2
        assert desk.do("cancel", "--quest", 1, "--turn", 1)["repeated"] is True
        assert self.states(desk) == ["cancelled", "cancelled", "queued"]
        with pytest.raises(RecordedRefusalError, match="turn 1 is cancelled and takes no answer"):
            desk.do("respond", "--quest", 1, "--msg", "x", "--as", "s1")
        with pytest.raises(RefusalError, match="say why the quest is cancelled"):
            desk.do("cancel", "--quest", 1)
        self.answer(desk, "s10", agent="w10")
        with pytest.raises(RefusalError, match="turn 3 is done already"):
            desk.do("cancel", "--quest", 1, "--turn", 3)

    # -- messages and members -------------------------------------------------------------------------------------

    def test_a_message_to_all_is_a_turn_for_each_worker(self, desk: Desk) -> None:
        sent = desk.do("message", "--quest", 1, "--to", "all", "--msg", "x", "--key", "k")
        assert [row["to"] for row in sent["messages"]] == ["w1", "w10", "w2"]
        assert desk.do("message", "--quest", 1, "--to", "all", "--msg", "x", "--key", "k") == sent
        with pytest.raises(RefusalError, match="only the leader assigns work"):
            desk.do("message", "--quest", 1, "--to", "all", "--msg", "x", "--from", "w1")

    def test_one_worker_works_in_several_quests_one_turn_after_the_other(self, desk: Desk) -> None:
        desk.do("create", "--mission", "m", "--agents", "w1")
        self.send(desk, "w1")
        self.send(desk, "w1", quest=2)
        self.send(desk, "w1")
        order = []
        for _ in range(3):
            turn = self.take(desk, "s1")
            assert self.take(desk, "s1")["turn"] == turn["turn"]
            order.append((turn["quest"], turn["turn"]))
            desk.do("respond", "--quest", turn["quest"], "--msg", "Completed: x", "--as", "s1")
        assert order == [(1, 1), (2, 2), (1, 3)]
        desk.do("complete", "--quest", 1, "--summary", "s")
        assert self.take(desk, "s1")["status"] == "timeout"
        desk.do("complete", "--quest", 2, "--summary", "s")
        assert self.take(desk, "s1")["quest"] == 2

    # -- upkeep ---------------------------------------------------------------------------------------------------

    def test_a_redacted_message_keeps_its_place_and_what_it_meant(self, desk: Desk) -> None:
        self.send(desk, "w1", "--key", "k")
        self.answer(desk, "s1", "Completed: the secret is hunter2")
        words = ("redact", "--quest", 1, "--seq", 2, "--reason", "a password")
        with pytest.raises(RefusalError, match="only the leader"):
            desk.do(*words, "--as", "s1")
        redacted = desk.do(*words)
        assert (redacted["message"]["seq"], redacted["repeated"]) == (2, False)
        assert redacted["message"]["text"] == "Completed: [redacted: a password]"
        assert desk.do(*words)["repeated"] is True
        row = desk.do("conversation", "--quest", 1)["messages"][1]
        assert (row["seq"], row["kind"], row["redacted"]) == (2, "completed", True)
        assert row["text"] == "Completed: [redacted: a password]"
        assert self.kinds(desk)[-1] == "redacted"
        assert self.states(desk) == ["done"]
        self.send(desk, "w2", "--after", 1)  # the answer still counts as completed
        desk.do("redact", "--quest", 1, "--seq", 1, "--reason", "r")
        assert self.send(desk, "w1", "--key", "k") == 1  # a retry is still known
        with pytest.raises(RefusalError, match="quest 1 has no message 9"):
            desk.do("redact", "--quest", 1, "--seq", 9, "--reason", "r")
        assert desk.do("check")["healthy"]

    def test_a_redacted_summary_is_gone_from_the_quest_too(self, desk: Desk) -> None:
        desk.do("complete", "--quest", 1, "--summary", "hunter2")
        desk.do("redact", "--quest", 1, "--seq", 1, "--reason", "r")
        assert desk.do("status", "--quest", 1)["summary"] is None
        assert desk.do("export", "--quest", 1, "--json")["messages"][0]["text"] == "[redacted: r]"

    def test_quests_that_ended_long_ago_are_purged_completely(self, desk: Desk, board: Board) -> None:
        desk.do("create", "--mission", "m", "--agents", "w1")
        for quest in (1, 2):
            self.send(desk, "w1", "--review", quest=quest)
        self.send(desk, "w2", "--after", 1)
        self.answer(desk, "s1", quest=1)
        desk.do("review", "--quest", 1, "--turn", 1, "--change", "x")
        desk.do("fail", "--quest", 1, "--summary", "s")
        assert desk.do("purge", "--older", 1) == {"quests": [], "deleted": True}
        assert desk.do("purge", "--older", 0, "--dry-run") == {"quests": [1], "deleted": False}
        assert self.status(desk) == "failed"
        assert desk.do("purge", "--older", 0) == {"quests": [1], "deleted": True}
        with pytest.raises(RefusalError, match="quest 1 had ended and was purged"):
            desk.do("status", "--quest", 1)
        assert self.states(desk, 2) == ["queued"]
        with board.read() as tx:
            assert not tx.exists("SELECT * FROM event WHERE quest = 1")
            assert not tx.exists("SELECT * FROM turn WHERE quest = 1")
        assert desk.do("create", "--mission", "m", "--agents", "w1")["quest"] == 3
        assert desk.do("check")["healthy"]

    def test_the_log_shows_events_within_a_limit(self, desk: Desk) -> None:
        self.send(desk, "w1")
        self.answer(desk, "s1")
        assert self.kinds(desk) == ["created", "queued", "joined", "claimed", "done"]
        whole = desk.do("log", "--quest", 1)["events"]
        assert desk.do("log", "--quest", 1, "--since", whole[-2]["event"])["events"] == whole[-1:]
        for _ in range(40):
            self.send(desk, "w1")
        short = desk.do("log", "--quest", 1, "--max-chars", 1000)
        assert short["events"][-1]["turn"] == 41
        assert short["left_out"] == 45 - len(short["events"]) > 0
        more = desk.do(*short["all"].split()[1:])
        assert (len(more["events"]), more["left_out"]) == (45, 0)


class TestSqlite(Verbs):
    @pytest.fixture
    def board(self, tmp_path: Path, clock: Clock) -> Iterator[Board]:
        board = SqliteBoard(str(tmp_path / "quests.db"), clock=clock, lease=LEASE)
        board.create()
        yield board
        board.close()


class TestPostgres(Verbs):
    @pytest.fixture
    def board(self, postgres: PostgresServer, clock: Clock) -> Iterator[Board]:
        with postgres.board_database() as name:
            board = PostgresBoard(postgres.url(name), clock=clock, lease=LEASE)
            yield board
            board.close()
