"""The storm in small; `python bench/quest_storm.py` runs it in full. And that its check would notice a loss."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest.settings import open_board
from postgres_server import running
from quest_storm import Storm
from quest_storm_findings import findings, told_twice
from quest_storm_player import run

SEED = 1  # of every run without --full


def test_a_storm_loses_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    turns, kills = (20_000, 2_000) if full else (150, 50)
    seed = random.randrange(10**6) if full else SEED
    print("seed", seed)
    storm = Storm(tmp_path, players=32, seed=seed)
    storm.rage(turns=turns, kills=kills, patience=1800)
    storm.calm()
    assert storm.findings() == []
    assert (storm.answered >= turns, storm.kills >= kills, storm.boundary_kills > 0) == (True, True, True)


def test_a_storm_on_a_server_that_crashes_loses_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    turns, kills, crashes = (3_000, 300, 8) if full else (60, 15, 1)
    seed = random.randrange(10**6) if full else SEED
    print("seed", seed)
    with running() as server:  # of its own: the shared one must not crash
        storm = Storm(tmp_path, players=32 if full else 12, seed=seed, server=server, crashes=crashes)
        storm.rage(turns=turns, kills=kills, patience=1800)
        storm.calm()
        assert storm.findings() == []
    assert (storm.answered >= turns, storm.kills >= kills, len(storm.crashes)) == (True, True, crashes)


class Story:
    """Calls of every verb whose result the storm compares, one after the other, with their journal."""

    def __init__(self) -> None:
        self.journal: list[dict[str, Any]] = []

    def do(self, verb: str, *words: object, **noted: object) -> Any:
        code, reply, complaint = run(verb, *words)
        entry = {"verb": verb, "code": code, "reply": reply, "complaint": complaint}
        times = {"process": 1, "began": 0.0, "ended": 0.0}
        self.journal.append({**entry, **times, "quest": reply.get("quest"), "leads": "lead" in words, **noted})
        return reply

    def lead(self, verb: str, *words: object, **noted: object) -> Any:
        return self.do(verb, "--quest", 1, *words, "--as", "lead", **noted)

    def work(self, text: str) -> None:
        taken = self.do("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0, "--as", "s1")
        held = {"turn": taken["turn"], "fence": taken["fence"]}
        self.do("respond", "--quest", 1, "--msg", text, "--as", "s1", text=text, **held)

    def tell(self) -> None:
        self.do("create", "--mission", "m", "--agents", "w1", "--as", "lead")
        for _ in range(5):
            self.lead("message", "--to", "w1", "--msg", "x", text="x")
        self.work("Completed: done")
        self.work("BLOCKED: one")
        self.work("BLOCKED: two")
        taken = self.do("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0, "--as", "s1")
        self.do("release", "--quest", 1, "--as", "s1", turn=taken["turn"], fence=taken["fence"])
        self.lead("monitor", "--role", "leader", "--timeout", 0)
        self.lead("cancel", "--turn", 2, turn=2)
        self.lead("message", "--to", "w1", "--answers", 3, "--msg", "go on", text="go on")
        self.lead("cancel", "--turn", 5, turn=5)
        self.lead("add-member", "--agents", "w2", agent="w2")
        self.lead("phase", "--phase", "two", phase="two")
        self.lead("note", "--to", "w1", "--msg", "a note", text="a note")
        for _ in range(2):
            self.work("Completed: done")
        self.lead("handover", "--to", "boss")
        self.do("handover", "--quest", 1, "--to", "lead", "--as", "boss")
        self.lead("monitor", "--role", "leader", "--timeout", 0)
        self.lead("complete", "--summary", "over", summary="over")

    def findings(self) -> list[str]:
        board = open_board(os.curdir, os.environ)
        with board.read() as tx:
            found = findings(tx, self.journal, [])
        board.close()
        return found


@pytest.fixture
def story(project: Path) -> Story:
    story = Story()
    story.tell()
    assert [entry["complaint"] for entry in story.journal if entry["code"]] == []
    assert story.findings() == []
    return story


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DELETE FROM message WHERE kind = 'assignment' AND seq = 1", "message 1 of quest 1 is lost"),
        ("UPDATE message SET text = 'torn' WHERE kind = 'completed'", "the answer to turn 1 is lost"),
        ("DELETE FROM message WHERE kind = 'note'", "is lost"),
        ("UPDATE turn SET fence = fence + 1", "accepted an answer under a stale fence"),
        ("DELETE FROM event WHERE kind = 'claimed'", "the claim of turn"),
        ("UPDATE quest SET status = 'open'", "has not ended"),
        ("UPDATE quest SET summary = 'torn'", "the end of quest 1 is lost"),
        ("UPDATE quest SET id = 2", "quest 1 is lost"),
        ("DELETE FROM decision WHERE turn = 3", "the reply to turn 3 is lost"),
        ("DELETE FROM decision WHERE turn = 2", "turn 2 was dropped, and that is lost"),
        ("DELETE FROM member WHERE agent = 'w2'", "the member w2 of quest 1 is lost"),
        ("DELETE FROM event WHERE kind = 'handed-over'", "the handover of quest 1 is lost"),
        ("DELETE FROM event WHERE kind = 'phase'", "the two of quest 1 is lost"),
        ("DELETE FROM event WHERE kind = 'released'", "the release of turn 4 is lost"),
        ("UPDATE turn SET state = 'done' WHERE id = 5", "the cancellation of turn 5 is lost"),
        (
            (
                "INSERT INTO message (quest, seq, kind, sender, recipient, turn, text, at)"
                " VALUES (1, 99, 'completed', 'w1', 'x', 1, 'a second answer', 0)"
            ),
            "turn 1 has 2 answers",
        ),
        (
            (
                "INSERT INTO message (quest, seq, kind, sender, recipient, text, at)"
                " VALUES (1, 99, 'note', 'w1', 'leader', 'never shown', 0)"
            ),
            "message 99 of quest 1 was never shown to its leader",
        ),
    ],
)
def test_a_loss_is_found(project: Path, story: Story, damage: str, finding: str) -> None:
    board = sqlite3.connect(project / ".claude/acolytes/quests.db")
    objects = board.execute("SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR name LIKE 'one_%'")
    for kind, name in objects.fetchall():
        board.execute(f"DROP {kind} {name}")
    board.execute(damage)
    board.commit()
    board.close()
    assert any(finding in line for line in story.findings())


def test_news_that_is_new_again_is_found_unless_a_server_crashed_then(story: Story) -> None:
    (first, *_) = [entry for entry in story.journal if entry["reply"].get("status") == "news"]
    again = [*story.journal[: story.journal.index(first) + 2], first]
    assert [line for line in told_twice(again, []) if "message 6 of quest 1 was new again" in line]
    assert list(told_twice(again, [(0.0, 1.0)])) == []
    killed = [*story.journal[: story.journal.index(first) + 1], {**first, "process": 2}]
    assert list(told_twice(killed, [])) == []


def test_a_second_answer_and_a_bug_are_found(story: Story) -> None:
    answer = next(entry for entry in story.journal if entry["verb"] == "respond")
    story.journal.append({**answer, "text": "another"})
    story.journal.append({**answer, "verb": "status", "code": 4, "complaint": "a bug"})
    story.journal.append({**answer, "verb": "status", "code": 2, "complaint": "refused", "reads": True})
    found = story.findings()
    assert f"turn {answer['turn']} accepted a second answer" in found
    assert {"status ended with 4: a bug", "status ended with 2: refused"} <= set(found)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DELETE FROM turn_dependency WHERE turn = 9", "turn 9 of a plan does not wait for turn 8"),
        ("UPDATE turn SET id = 99 WHERE id = 8", "turn 8 of a plan is lost"),
    ],
)
def test_a_loss_of_a_plan_is_found(project: Path, story: Story, damage: str, finding: str) -> None:
    rows = "".join(f"| {name} | | w1 | {after} | | | t | d |\n" for name, after in (("A", ""), ("B", "A"), ("C", "B")))
    head = "Mission: m\n\n| Turn | Phase | Agent | After | Review | Files | Task | Done when |\n" + "|---" * 8 + "|\n"
    (project / "plan.md").write_text(head + rows, "utf-8")
    made = story.do("create", "--plan", "plan.md", "--as", "lead", tasks=("A", "B", "C"))
    assert [row["turn"] for row in made["turns"]] == [7, 8, 9]
    assert story.findings() == ["quest 2 has not ended"]
    board = sqlite3.connect(project / ".claude/acolytes/quests.db")
    board.execute(damage)
    board.commit()
    board.close()
    assert finding in story.findings()
