"""/prequest and /quest: the user's words arrive in the skill, and the skills that they build on can be loaded."""

from __future__ import annotations

import pytest

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Step, Text, ToolUse
from client_user import User

pytestmark = pytest.mark.client


@pytest.mark.parametrize(("skill", "line"), [("prequest", "Mission: "), ("quest", "Plan or mission: ")])
def test_the_mission_stands_in_the_skill(installed: User, skill: str, line: str) -> None:
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        installed.ask(model, f"/{skill} survive the November sale")
    asked = model.requests[0].everything
    assert f"\n{line}survive the November sale\n" in asked
    assert "$ARGUMENTS" not in asked


def test_the_leader_of_quest_loads_the_protocol(installed: User) -> None:
    steps: list[Step] = [ToolUse("Skill", {"skill": "quest-leader"}), Text("done")]
    with LoopbackModel([Role("main", lambda _: True, steps)]) as model:
        installed.ask(model, "/quest survive the November sale", allowed="Skill")
    assert "acolytes-quest create --mission" in model.requests[-1].everything
