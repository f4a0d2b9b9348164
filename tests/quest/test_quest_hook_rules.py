"""What hooks forbid a worker of a quest, and what they leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from acolytes_quest.hooks import api as hook_api
from acolytes_quest.hooks import switch as hook_switch
from quest_support import Cli
from support import ROOT


@pytest.fixture
def here(project: Path) -> str:
    return str(project)


def work(cli: Cli, quest: int, agent: str, session: str) -> None:
    """Give `agent` a turn and let `session` take it."""
    cli.ok("message", "--quest", quest, "--to", agent, "--msg", "work")
    cli.ok("monitor", "--role", "worker", "--agent", agent, "--as", session, "--quest", quest, "--timeout", 0)


def enter(cli: Cli, agent: str, session: str) -> None:
    cli.ok("monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", 0)


@pytest.fixture
def two(cli: Cli) -> None:
    """s1 (w1, turn 1) has reserved src/ and plan.md, and shares docs/; s2 (w2) has turn 2."""
    cli.ok("create", "--mission", "m", "--agents", "w1,w2,w3")
    work(cli, 1, "w1", "s1")
    work(cli, 1, "w2", "s2")
    cli.ok("reserve", "--quest", 1, "--paths", "src,plan.md", "--as", "s1")
    cli.ok("reserve", "--quest", 1, "--paths", "docs", "--shared", "--as", "s1")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("path", ["src/a.py", "src/deep/er/a.py", "{here}/plan.md", "src/../plan.md", "link/a.py"])
def test_what_another_turn_has_reserved_is_not_edited(here: str, project: Path, path: str) -> None:
    (project / "src").mkdir()
    (project / "link").symlink_to("src")
    reason = hook_api.objection_to_edit(here, {}, "s2", path.format(here=here))
    assert reason is not None
    assert "is reserved: w1 works on" in reason
    assert "turn 1 of quest 1" in reason
    assert "acolytes-quest status --quest 1" in reason
    assert "ACOLYTES_QUEST_OFF=reservations" in reason


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("path", ["srcs/a.py", "plan.md.txt", "docs/a.md", "/tmp/src/a.py", "../src/a.py"])
def test_the_rest_is_edited(here: str, path: str) -> None:
    assert hook_api.objection_to_edit(here, {}, "s2", path) is None


@pytest.mark.usefixtures("two")
def test_the_holder_and_agents_without_a_quest_may_edit_reserved_paths(here: str) -> None:
    assert hook_api.objection_to_edit(here, {}, "s1", "src/a.py") is None, "its own"
    assert hook_api.objection_to_edit(here, {}, "stranger", "src/a.py") is None, "in no quest"
    assert hook_api.objection_to_edit(here, {"ACOLYTES_QUEST_OFF": "reservations"}, "s2", "src/a.py") is None


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("end", ["answered", "released", "lease over"])
def test_a_reservation_ends_with_the_hold(here: str, cli: Cli, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if end == "answered":
        cli.ok("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
    elif end == "released":
        cli.ok("reserve", "--quest", 1, "--release", "--as", "s1")
    else:
        monkeypatch.setattr("acolytes_quest.stores.clock._boot_id", ["another boot"])
    assert hook_api.objection_to_edit(here, {}, "s2", "src/a.py") is None


@pytest.fixture
def single(cli: Cli) -> None:
    """A quest of one turn at a time: s1 (w1) has turn 1, s2 (w2) waits with turn 2, s3 (w3) has none."""
    cli.ok("create", "--mission", "m", "--agents", "w1,w2,w3", "--mode", "single")
    for number in (1, 2, 3):
        cli.ok("message", "--quest", 1, "--to", f"w{number}", "--msg", "work") if number < 3 else None
        enter(cli, f"w{number}", f"s{number}")


@pytest.mark.usefixtures("single")
@pytest.mark.parametrize("session", ["s2", "s3"])
def test_out_of_turn_nothing_is_edited(here: str, session: str) -> None:
    reason = hook_api.objection_to_edit(here, {}, session, "a.py")
    assert reason is not None
    assert "not your turn" in reason
    assert "w1 has turn 1" in reason
    assert "acolytes-quest monitor --role worker --quest 1" in reason
    assert "ACOLYTES_QUEST_OFF=turn-order" in reason
    assert hook_api.objection_to_edit(here, {}, session, "/tmp/a.py") is None, "no file of the project"
    assert hook_api.objection_to_edit(here, {"ACOLYTES_QUEST_OFF": "turn-order"}, session, "a.py") is None
    assert hook_api.objection_to_edit(here, {"ACOLYTES_QUEST_OFF": "turn-order,reservations"}, session, "a.py") is None


@pytest.mark.usefixtures("single")
def test_who_has_the_turn_or_no_part_in_the_quest_edits(here: str) -> None:
    assert hook_api.objection_to_edit(here, {}, "s1", "a.py") is None
    assert hook_api.objection_to_edit(here, {}, "stranger", "a.py") is None


@pytest.mark.usefixtures("single")
@pytest.mark.parametrize("change", ["answered", "over", "lease over"])
def test_without_a_leased_turn_every_worker_may_edit(
    here: str, cli: Cli, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change == "answered":
        cli.ok("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
    elif change == "over":
        cli.ok("cancel", "--quest", 1, "--summary", "no")
    else:
        monkeypatch.setattr("acolytes_quest.stores.clock._boot_id", ["another boot"])
    assert hook_api.objection_to_edit(here, {}, "s2", "a.py") is None


@pytest.mark.usefixtures("single")
def test_of_several_quests_only_what_applies_counts(here: str, cli: Cli) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w2")
    work(cli, 2, "w2", "s2")
    assert hook_api.objection_to_edit(here, {}, "s2", "a.py") is None, "it works on the turn that it holds"
    cli.ok("respond", "--quest", 2, "--msg", "Completed: x", "--as", "s2")
    assert hook_api.objection_to_edit(here, {}, "s2", "a.py") is not None


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("session", ["s1", "s2"])
def test_a_worker_calls_no_other_agent(here: str, session: str) -> None:
    reason = hook_api.objection_to_call(here, {}, session)
    assert reason is not None
    assert "acolytes-quest message --quest 1 --to leader" in reason
    assert "ACOLYTES_QUEST_OFF=direct-calls" in reason
    assert hook_api.objection_to_call(here, {"ACOLYTES_QUEST_OFF": "direct-calls"}, session) is None


@pytest.mark.usefixtures("two")
def test_who_is_no_worker_or_leads_calls(here: str, cli: Cli) -> None:
    assert hook_api.objection_to_call(here, {}, "stranger") is None
    cli.ok("create", "--mission", "m", "--agents", "w9", "--leader", "w2", "--as", "s2")
    assert hook_api.objection_to_call(here, {}, "s2") is None, "as the leader of quest 2 it starts workers"
    cli.ok("cancel", "--quest", 2, "--summary", "no")
    assert hook_api.objection_to_call(here, {}, "s2") is not None
    cli.ok("cancel", "--quest", 1, "--summary", "no")
    assert hook_api.objection_to_call(here, {}, "s2") is None, "its quest is over"


@pytest.mark.usefixtures("two")
def test_what_another_is_called_is_shown_as_data(here: str, cli: Cli) -> None:
    cli.ok("reserve", "--quest", 1, "--paths", "x\u202ey", "--as", "s1")
    reason = hook_api.objection_to_edit(here, {}, "s2", "x\u202ey")
    assert reason is not None
    assert "\u202e" not in reason


def test_every_rule_that_can_be_switched_off_is_documented() -> None:
    section = (ROOT / "docs/quest.md").read_text("utf-8").split("\n## Hooks\n")[1].split("\n## ")[0]
    documented = {rule for rule in hook_switch.RULES if f"| `{rule}` |" in section}
    assert documented == set(hook_switch.RULES)
