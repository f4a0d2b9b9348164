"""Whose turns a worker takes: those of its own working tree, and with --any those for any worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from acolytes_quest.hooks import api as hook_api
from quest_page import Page
from quest_support import Cli, git, waiting_turn

LOOK = ("monitor", "--role", "worker", "--timeout", 0, "--agent")


@pytest.fixture
def feature(engine: str, project: Path) -> Path:
    """Another working tree of the project, which is a repository."""
    (project / ".git").rmdir()
    git(project, "init", "--quiet")
    git(project, "commit", "--quiet", "--allow-empty", "-m", "first")
    git(project, "worktree", "add", "--quiet", "-b", "two", str(project.parent / "feature"))
    return project.parent / "feature"


@pytest.fixture
def waiting(cli: Cli, feature: Path) -> Cli:
    """Turn 1 of quest 1 waits for w1 in the main tree."""
    cli.ok("create", "--mission", "m", "--agents", "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "TASK-ONE")
    return cli


def test_a_worker_takes_no_turn_of_another_tree(
    waiting: Cli, feature: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(feature)
    found = waiting.data(*LOOK, "w1", "--as", "s1")
    assert (found["status"], found["open"]) == ("timeout", [])
    assert [(row["quest"], row["ready"]) for row in found["other_trees"]] == [(1, 1)]
    text = waiting.ok(*LOOK, "w1", "--as", "s1")
    assert "w1 is in no open quest of this working tree" in text
    assert "in other working trees: 1 turn of quest 1 in " in text
    assert "add --quest N" in text
    assert waiting_turn(str(feature), os.environ, "w1") is None
    assert waiting_turn(str(project), os.environ, "w1") == (1, 1)
    assert not hook_api.is_idle(str(feature), os.environ, "s1"), "it has not entered that quest"
    assert waiting.data(*LOOK, "w1", "--as", "s1", "--quest", 1)["turn"] == 1, "it was asked for by its number"


def test_what_can_be_taken_is_listed_for_this_tree(
    waiting: Cli, feature: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [row["turn"] for row in waiting.data("ready")["ready"]] == [1]
    assert waiting.data("ready")["other_trees"] == []
    monkeypatch.chdir(feature)
    listed = waiting.data("ready", "--agent", "w1")
    assert (listed["ready"], [row["quest"] for row in listed["other_trees"]]) == ([], [1])
    assert "1 turn of quest 1 in " in waiting.ok("ready")
    assert "quest 1 in " in waiting.ok("status")
    assert [row["turn"] for row in waiting.data("ready", "--quest", 1)["ready"]] == [1]


def test_each_tree_has_its_own_quests(waiting: Cli, feature: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(feature)
    waiting.ok("create", "--mission", "m", "--agents", "w1")
    waiting.ok("message", "--quest", 2, "--to", "w1", "--msg", "TASK-TWO")
    assert waiting.data(*LOOK, "w1", "--as", "s1")["turn"] == 2, "turn 1 is older"
    waiting.ok("respond", "--quest", 2, "--msg", "Completed: x", "--as", "s1")
    monkeypatch.setenv("ACOLYTES_QUEST_WAIT", "0.1")
    text = hook_api.wait_for_work(str(feature), os.environ, "s1") or ""
    assert "TASK-ONE" not in text
    assert waiting.data("monitor", "--role", "leader", "--timeout", 0)["quest"] == 2, "the leader's, too"


def test_a_quest_of_all_trees(cli: Cli, feature: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.data("create", "--mission", "m", "--agents", "w1", "--anywhere")["tree"] is None
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    monkeypatch.chdir(feature)
    assert cli.data(*LOOK, "w1", "--as", "s1")["turn"] == 1


# -- turns for any worker ---------------------------------------------------------------------------------------------


@pytest.fixture
def pool(engine: str, cli: Cli) -> Cli:
    """Turns 1 and 3 are for any worker of quest 1, turn 2 is for w2."""
    cli.ok("create", "--mission", "m", "--agents", "w1,w2")
    for to in ("any", "w2", "any"):
        cli.ok("message", "--quest", 1, "--to", to, "--msg", "work")
    return cli


def test_a_worker_takes_turns_for_any_worker_if_it_wants(pool: Cli) -> None:
    assert [(row["turn"], row["agent"]) for row in pool.data("ready")["ready"]] == [(1, "any"), (2, "w2"), (3, "any")]
    assert [row["turn"] for row in pool.data("ready", "--agent", "w1")["ready"]] == [1, 3]
    assert "for any worker" in pool.ok("ready")
    assert pool.data(*LOOK, "w1", "--as", "s1")["status"] == "timeout", "without --any only its own"
    taken = pool.data(*LOOK, "w1", "--as", "s1", "--any")
    assert (taken["turn"], taken["agent"]) == (1, "w1")
    assert pool.data(*LOOK, "w2", "--as", "s2", "--any")["turn"] == 2
    answered = pool.data("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
    assert answered["turn"] == 1
    turns = pool.data("status", "--quest", 1)["turns"]
    assert [(row["agent"], row["state"]) for row in turns] == [("w1", "done"), ("w2", "leased"), ("any", "queued")]
    news = pool.data("monitor", "--role", "leader", "--quest", 1, "--timeout", 0)
    assert [row["from"] for row in news["messages"]] == ["w1"]
    assert pool.data("check")["findings"] == []


def test_a_worker_chooses_its_turn(pool: Cli) -> None:
    assert pool.data(*LOOK, "w1", "--as", "s1", "--turn", 3)["turn"] == 3
    assert "turn 2 is for w2, not for w1" in pool.refused(*LOOK, "w1", "--turn", 2)
    assert "there is no turn 9" in pool.refused(*LOOK, "w1", "--turn", 9)
    assert "there is no turn 1 in quest 7" in pool.refused(*LOOK, "w1", "--turn", 1, "--quest", 7)
    assert pool.data(*LOOK, "w2", "--as", "s2", "--turn", 3)["status"] == "timeout", "another one has it"
    pool.ok("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
    assert "turn 3 is done" in pool.refused(*LOOK, "w2", "--turn", 3)
    assert "w9 is not a member of quest 1" in pool.refused(*LOOK, "w9", "--turn", 1)
    assert "--any and --turn are for a worker" in pool.refused("monitor", "--role", "leader", "--any")


def test_a_turn_that_was_lost_is_for_any_worker_again(pool: Cli) -> None:
    pool.ok(*LOOK, "w1", "--as", "s1", "--any")
    pool.ok("release", "--quest", 1, "--turn", 1)
    taken = pool.data(*LOOK, "w2", "--as", "s2", "--any")
    assert (taken["turn"], taken["fence"]) == (1, 2)
    assert "turn 1 is held by another session" in pool.refused("respond", "--quest", 1, "--msg", "x", "--as", "s1")
    assert pool.data("check")["findings"] == []


def test_only_workers_of_the_quest_take_it(pool: Cli) -> None:
    pool.ok("create", "--mission", "other", "--agents", "w3")
    assert pool.data(*LOOK, "w3", "--as", "s3", "--any")["status"] == "timeout"
    assert [row["turn"] for row in pool.data("ready", "--agent", "w3")["ready"]] == []
    line = pool.refused("message", "--quest", 1, "--to", "any", "--msg", "x", "--reviews", 1)
    assert "--to any cannot review" in line


def test_a_waiting_worker_goes_on_wanting_them(pool: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_WAIT", "0.1")
    pool.ok(*LOOK, "w1", "--as", "s1", "--any")
    pool.ok("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
    assert "turn 3 for w1" in (hook_api.wait_for_work(str(project), os.environ, "s1") or "")
    pool.ok("message", "--quest", 1, "--to", "any", "--msg", "another")
    pool.ok(*LOOK, "w2", "--as", "s2")
    pool.ok("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s2")
    assert "this turn came" not in (hook_api.wait_for_work(str(project), os.environ, "s2") or ""), "it did not ask"


def test_everyone_is_each_worker_and_any_is_no_member_of_its_own(pool: Cli) -> None:
    sent = pool.data("message", "--quest", 1, "--to", "all", "--msg", "x")
    assert [row["to"] for row in sent["messages"]] == ["w1", "w2"]


def test_what_stands_for_any_worker_is_listed_as_no_member(pool: Cli) -> None:
    assert "Workers: w1, w2\n" in pool.ok("export", "--quest", 1)
    assert [row["agent"] for row in pool.data("watch")["quests"][0]["members"]] == ["leader", "w1", "w2"]


def test_the_views_name_the_tree_of_a_quest_of_another(
    waiting: Cli, feature: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "quest 1 open" in waiting.ok("watch")
    monkeypatch.chdir(feature)
    tree = waiting.data("watch")["quests"][0]["tree"]
    place = " in the main working tree" if tree == "." else f" in ...{tree[-30:]}"
    assert f"quest 1{place} open" in waiting.ok("watch")
    with Page(feature, env=dict(os.environ)) as page:
        assert page.get("board")["quests"][0]["place"] == (place if tree == "." else f" in {tree}")
