"""Answers, as workers give them: their kind, what states none, and how leader and status show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quest_support import Cli, contents, create


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Completed: x", "completed"),
        ("\n  **Completed:** x", "completed"),
        ("## completed : x", "completed"),
        ("- `COMPLETED`: x", "completed"),
        ("CLARIFICATION: X or Y?", "clarification"),
        ("Clarification needed - X or Y?", "clarification"),
        ("**Clarification**: x", "clarification"),
        (" Blocked: y", "blocked"),
        ("BLOCKED by missing data", "blocked"),
    ],
)
def test_an_answer_has_the_kind_that_its_first_word_states(cli: Cli, text: str, kind: str) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    answer = cli.data("respond", "--quest", 1, f"--msg={text}")
    assert (answer["message"]["kind"], answer["marked"]) == (kind, True)


@pytest.mark.parametrize(
    "text", ["Completion details", "I could not do it", "Completed nothing", "Done: a Completed: b", "..."]
)
def test_an_answer_that_states_no_kind_is_marked_everywhere(cli: Cli, text: str) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    respond = ("respond", "--quest", 1, "--msg", text)
    assert cli.ok(*respond) == (
        "turn 1 is answered: completed, unmarked (message 2)\n"
        "warning: the text does not begin with Completed:, CLARIFICATION: or BLOCKED:; "
        "no turn can depend on this one, unless a review accepts it\n"
        "next: acolytes-quest monitor --role worker --agent w1\n"
    )
    again = cli.data(*respond)
    assert (again["message"]["kind"], again["marked"], again["repeated"]) == ("completed", False, True)
    assert "message 2 (completed, unmarked, turn 1) from w1" in cli.ok("monitor", "--role", "leader")
    assert "turn 1 w1 answered: completed, unmarked" in cli.ok("status", "--quest", 1)
    assert "the answer to that turn is completed, unmarked" in cli.refused(
        "message", "--quest", 1, "--to", "w2", "--msg", "y", "--after", 1
    )


def test_an_answer_on_which_others_wait_must_state_its_kind(cli: Cli, project: Path) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y", "--after", 1)
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    before = contents(project)
    shown = cli.refused("respond", "--quest", 1, "--msg", "I could not do it, the data is missing")
    assert shown.endswith("begin it with Completed:, CLARIFICATION: or BLOCKED:")
    assert contents(project) == before
    cli.ok("respond", "--quest", 1, "--msg", "Blocked, the data is missing")
    status = cli.ok("status", "--quest", 1)
    assert "turn 1 w1 answered: blocked" in status
    assert "turn 2 w2 blocked" in status


def test_status_says_how_each_turn_was_answered(cli: Cli) -> None:
    create(cli)
    for text in ("Completed: x", "CLARIFICATION: X or Y?", "BLOCKED: no data"):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
        cli.ok("monitor", "--role", "worker", "--agent", "w1")
        cli.ok("respond", "--quest", 1, "--msg", text)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert re.sub(r" \d+ s ago", " now", cli.ok("status", "--quest", 1)).splitlines()[1:] == [
        "turn 1 w1 done now",
        "turn 2 w1 answered: clarification now, waits for the leader",
        "turn 3 w1 answered: blocked now, waits for the leader",
        "turn 4 w1 queued now",
    ]
    shown = [(turn["state"], turn["answer"]) for turn in cli.data("status", "--quest", 1)["turns"]]
    assert shown == [("done", "completed"), ("done", "clarification"), ("done", "blocked"), ("queued", None)]
