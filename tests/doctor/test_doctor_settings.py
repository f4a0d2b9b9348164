"""What the doctor says of a settings file is what the real client does with it; and the payloads are the client's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.doctor.client_run import environment, run_client
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Text
from acolytes_cc.doctor.trial_events import trial_event
from doctor_support import Patient
from support import ROOT

COMMAND = {"type": "command", "command": "true"}


def with_hook(hook: object, event: str = "Stop") -> dict[str, Any]:
    return {event: [{"hooks": [hook]}]}


# what stands in the file beside our own entries: hooks, or a change of the whole text
HOOKS: dict[str, dict[str, Any]] = {
    "a hook of the user's": with_hook(COMMAND),
    "unknown event": with_hook(COMMAND, "Moon"),
    "no hooks in an entry": {"Stop": [{"hooks": []}]},
    "unknown key": with_hook({**COMMAND, "moon": 1}),
    "http": with_hook({"type": "http", "url": "http://127.0.0.1:9"}),
    "prompt": with_hook({"type": "prompt", "prompt": "x"}),
    "agent": with_hook({"type": "agent", "prompt": "x"}),
    "mcp_tool": with_hook({"type": "mcp_tool", "server": "s", "tool": "t"}),
    "no command": with_hook({"type": "command"}),
    "command is a number": with_hook({"type": "command", "command": 1}),
    "no url": with_hook({"type": "http"}),
    "no prompt": with_hook({"type": "prompt"}),
    "no type": with_hook({"command": "true"}),
    "unknown type": with_hook({"type": "shell", "command": "true"}),
    "hook is a string": with_hook("true"),
    "flat": {"Stop": [COMMAND]},
    "entry is a string": {"Stop": ["true"]},
    "event is an object": {"Stop": {"hooks": [COMMAND]}},
    "event is a string": {"Stop": "true"},
    "event is null": {"Stop": None},
}
TEXTS = {
    "byte order mark": lambda text: "\ufeff" + text,
    "comment": lambda text: text.replace("{", "{ // mine\n", 1),
    "trailing comma": lambda text: text.rstrip().removesuffix("}") + ",}",
    "list": lambda text: f"[{text}]",
    "twice": lambda text: text + text,
}


@pytest.mark.client
@pytest.mark.parametrize("case", [*HOOKS, *TEXTS])
def test_the_doctor_and_the_client_agree_on_what_counts(case: str, patient: Patient, tmp_path: Path) -> None:
    if case in HOOKS:
        patient.settings(lambda settings: settings["hooks"].update(HOOKS[case]))
    else:
        patient.edit(".claude/settings.json", TEXTS[case])
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        env = environment(patient.home, model.url)
        run = run_client(patient.bin / "claude", "-p", "x", cwd=patient.project, env=env, debug_file=tmp_path / "debug")
    whole_file_counts = bool(re.search(r"Hooks: SessionStart:startup \[.*\] finished", run.debug))
    skipped = "Invalid setting skipped" in run.debug
    said = [finding for finding in patient.report()[1]["findings"] if finding["check"] == "settings"]
    assert whole_file_counts == (not any(finding["severity"] == "error" for finding in said)), (said, run.debug)
    if whole_file_counts and case != "unknown event":  # it costs nothing but itself, in every client
        assert skipped == bool(said), (said, re.findall("Invalid setting.*", run.debug))


@pytest.mark.parametrize(
    ("event", "captured"),
    [
        ("SessionStart", "SessionStart.startup"),
        ("SubagentStart", "SubagentStart"),
        ("SessionEnd", "SessionEnd.other"),
        ("PreToolUse", "PreToolUse.Bash-subagent"),
        ("PostToolUse", "PostToolUse.Bash"),
        ("Stop", "SubagentStop.normal"),
    ],
)
def test_hooks_are_tried_with_what_the_client_sends(event: str, captured: str, tmp_path: Path) -> None:
    real = json.loads((ROOT / f"tests/hooks/payloads/{captured}.json").read_text("utf-8"))["stdin"]
    ours = trial_event(event, "ops.performance", tmp_path)
    assert ours
    # that one was captured in the main agent; a subagent's carries who it is
    of_subagents = {"agent_id", "agent_type"} if event == "PostToolUse" else set()
    assert set(ours) == set(real) | of_subagents
    assert {type(ours[key]) for key in real} == {type(value) for value in real.values()}
    assert ours["hook_event_name"] == real["hook_event_name"]


def test_an_event_that_we_do_not_use_has_no_trial_event(tmp_path: Path) -> None:
    assert trial_event("Notification", "ops.performance", tmp_path) is None
