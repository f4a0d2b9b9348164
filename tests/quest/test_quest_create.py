"""A quest that begins with turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from quest_support import Cli


@pytest.mark.usefixtures("project")
def test_a_quest_begins_with_a_turn_for_each_worker(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "task.md").write_text("Plan it\n", "utf-8")
    made = cli.data("create", "--mission", "m", "--agents", "w1,w2", "--msg-file", tmp_path / "task.md", "--review")
    assert made["turns"] == [{"turn": number, "agent": f"w{number}", "state": "queued"} for number in (1, 2)]
    turn = cli.data("monitor", "--role", "worker", "--agent", "w2", "--as", "a2")
    assert (turn["turn"], turn["message"]["text"]) == (2, "Plan it\n")
    cli.ok("respond", "--quest", 1, "--msg", "Completed: planned", "--as", "a2")
    assert [turn["verdict"] for turn in cli.data("status", "--quest", 1)["turns"]] == [None, "pending"]
    assert cli.ok("create", "--mission", "m", "--agents", "w1", "--msg", "x") == "2\nturn 3 for w1 is queued\n"
    assert "--msg" in cli.refused("create", "--mission", "m", "--agents", "w1", "--review")
    assert "leads the quest" in cli.refused("create", "--mission", "m", "--agents", "leader", "--msg", "x")
    assert [quest["quest"] for quest in cli.data("status")["quests"]] == [2, 1]
