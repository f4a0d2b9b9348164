"""The allowing hook: it allows exactly one plain call of our commands, and nothing else."""

from __future__ import annotations

import importlib
import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import board_call
import generated
import pre_tool_use
import simple_call
from support import HOOKS, ROOT, answer, build_tree, run_hook

SCRIPTS = str(ROOT / "scripts" / "acolytes_quest")
SCRIPTS_OF_EVENTS = sorted(path.stem for path in HOOKS.glob("*.py") if "hook_io.run(" in path.read_text("utf-8"))
OTHERS = [{"agent_id": "a12", "agent_type": "reviewer"}, {"agent_id": None, "agent_type": None}]  # and the main agent
EVASIONS = [
    line.encode("ascii").decode("unicode_escape").replace("{S}", SCRIPTS)
    for line in (Path(__file__).parent / "evasions.txt").read_text("ascii").splitlines()
    if not line.startswith("#")
]


def event(command: str, cwd: Path, **more: Any) -> dict[str, Any]:
    return {
        "hook_event_name": "PreToolUse",
        "agent_id": "a12",
        "agent_type": "ops.performance",
        "tool_name": "Bash",
        "tool_input": {"command": command, "description": "d"},
        "cwd": str(cwd),
        **more,
    }


def is_allowed(output: dict[str, Any] | None) -> bool:
    return "permissionDecision" in (output or {}).get("hookSpecificOutput", {})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    return folder


def test_there_are_two_hundred_evasions() -> None:
    assert len(set(EVASIONS)) >= 200


@pytest.mark.parametrize("command", EVASIONS)
def test_evasions_are_not_allowed(command: str, project: Path) -> None:
    output = (pre_tool_use.handle(event(command, project)) or {}).get("hookSpecificOutput", {})
    assert "permissionDecision" not in output
    assert "updatedInput" not in output
    reason = output.get("additionalContext", "")
    assert "\n" not in reason
    assert reason or not command.startswith(("acolytes-perf ", "acolytes-quest "))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("acolytes-perf queue size | head", "`|` is not in single quotes"),
        ("acolytes-perf queue size\ntouch y", "a newline is not in single quotes"),
        ('acolytes-perf slo alerts --service "$HOME"', "`$` is in double quotes: use single quotes"),
        ("acolytes-perf slo alerts --service 'a", "' has no end"),
        ("acolytes-perf slo alerts --requests ../requests.json", "`../requests.json` is not a file below the working"),
        (
            "acolytes-perf slo alerts --slo 99.9% --out rules.sh",
            "--out `rules.sh` is not a result file: end it in .html",
        ),
        ("acolytes-perf results compare run.jtl", "`run.jtl` belongs to no option"),
        ("acolytes-perf results summarize --in inputs.json", "--in may name files that cannot be checked here"),
        ("acolytes-perf results summarize --set flie=run.jtl", "--set `flie` is not an input"),
        ("acolytes-perf verify --all", "verify takes files and --json only"),
        ("acolytes-quest respond --as other", "--as names another agent"),
        ("acolytes-quest shutdown", "acolytes-quest needs one of its verbs first"),
    ],
)
def test_a_call_that_is_not_allowed_is_told_why_and_left_to_the_user(command: str, reason: str, project: Path) -> None:
    output = (pre_tool_use.handle(event(command, project)) or {})["hookSpecificOutput"]
    assert output.keys() == {"hookEventName", "additionalContext"}
    assert output["additionalContext"].startswith(f"Acolytes does not allow this call without the user: {reason}")


def test_a_command_of_others_gets_no_line(project: Path) -> None:
    for command in ("ls | head", "git commit -m 'x", "echo acolytes-perf; ls", ""):
        assert pre_tool_use.handle(event(command, project)) is None


@pytest.mark.parametrize(
    ("command", "becomes"),
    [
        ("acolytes-perf queue size --set arrival_rate=1200/s", None),
        ("acolytes-perf slo budget --set slo=99.9% --set window=30d --out plans/budget.json", None),
        ("acolytes-perf budget check --budget b.json --candidate after-1.jtl --out reports/report.xml", None),
        ("acolytes-perf slo budget --in ./a.json", None),
        ("acolytes-perf slo budget --in -", None),
        ("  acolytes-perf --help ", "acolytes-perf --help"),
        ("acolytes-perf verify worked.json --json", None),
        ("acolytes-perf results summarize --set file=load/run.jtl --set label=/checkout", None),
        ("acolytes-perf results compare --set baseline=a.json,b.json --set 'candidate=c.json, d.json'", None),
        ("acolytes-perf results compare --baseline a.json,b.json --candidate=c.json --metric p99", None),
        ("acolytes-perf forecast runout --history load.csv --columns time=ts,value=ms:p99 --select job=api", None),
        ("acolytes-perf forecast runout --history 50,52,,53,58 --capacity 87", None),
        ("acolytes-perf forecast runout --history 'monitoring/day-*.json' --capacity 700/s", None),
        ("acolytes-perf usl fit --points 1:64.9/s,18:995.9/s", None),
        ("acolytes-perf slo budget --slo 99.9% --downtime 20min --save", None),
        ('acolytes-perf slo alerts --requests-metric "requests_total{service=\\"partner-api\\"}"', None),
        ("acolytes-perf slo alerts --requests-metric 'requests_total{service=\"partner-api\"}'", None),
        ('acolytes-perf "a\\"; touch y; \\"b"', None),
        ("acolytes-perf report lint capacity-plan.md", None),
        ("acolytes-perf report lint plans/a.md 'plans/b-*.md' --answers perf-answers --json", None),
        ("acolytes-perf dashboard perf-answers --out dashboard.html", None),
        ("acolytes-perf dashboard --json perf-answers", None),
        ("acolytes-perf report board --decision 'Rent 26 units.' --date 2026-12-01 --out board.html", None),
        ("acolytes-quest status", "acolytes-quest status --as a12"),
        ("acolytes-quest status --as a12", "acolytes-quest status --as a12"),
        ("acolytes-quest monitor --role worker --agent @ops.performance", "{} --as a12"),
        ("acolytes-quest respond --quest 1 --msg 'p95 < 250 ms; costs $5 & `x`\nsecond line'", "{} --as a12"),
        ('acolytes-quest respond --quest 1 --msg "it\'s done, (really) <100ms; yes"', "{} --as a12"),
        ("acolytes-quest reserve --quest 1 --paths src,docs", "{} --as a12"),
        ("acolytes-quest --help", "{} --as a12"),
        (f"{SCRIPTS}/quest_status.py", "{} --as a12"),
        (f"python3 {SCRIPTS}/quest_status.py --json", "{} --as a12"),
        (f"'{SCRIPTS}/quest_status.py'", "{} --as a12"),
    ],
)
def test_one_plain_call_is_allowed(command: str, becomes: str | None, project: Path) -> None:
    decision = (pre_tool_use.handle(event(command, project)) or {})["hookSpecificOutput"]
    assert decision["permissionDecision"] == "allow"
    assert decision["updatedInput"] == {"command": (becomes or command).replace("{}", command), "description": "d"}


def test_a_command_of_one_word_takes_no_file_without_an_option(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "FILE_AREAS", ("drift", *generated.FILE_AREAS))
    monkeypatch.setattr(generated, "ONE_WORD", ("drift",))
    assert pre_tool_use.handle(event("acolytes-perf drift --file a.csv --json", project))
    for command in ("drift a.csv", "drift --json a.csv", "drift --file a.csv b.csv", "drift --file ../a.csv"):
        assert not is_allowed(pre_tool_use.handle(event(f"acolytes-perf {command}", project)))


def test_the_seeds_path_below_home_is_allowed(project: Path, scratch_home: Path) -> None:
    installed = scratch_home / ".claude"
    shutil.copytree(HOOKS, installed / "acolytes" / "hooks")
    shutil.copytree(SCRIPTS, installed / "scripts" / "acolytes_quest")
    call = "~/.claude/scripts/acolytes_quest/quest_monitor.py --role worker"
    for command in (call, f"python3 {call}"):
        given_event = event(command, project)
        decision = answer(run_hook("pre_tool_use", given_event, folder=installed / "acolytes" / "hooks"))
        assert decision["hookSpecificOutput"]["updatedInput"]["command"] == f"{command} --as a12"


@pytest.mark.parametrize(
    "change",
    [
        {"agent_type": "somebody.else"},
        {"agent_type": ""},
        {"agent_type": "evil-ops.performance"},
        {"tool_name": "Write"},
        {"tool_input": {"command": "acolytes-perf x", "run_in_background": True}},
        {"tool_input": {"command": "acolytes-perf x", "dangerouslyDisableSandbox": True}},
        {"tool_input": {}},
        {"tool_input": None},
    ],
)
def test_other_agents_other_tools_and_unusual_inputs_are_not_allowed(change: dict[str, Any], project: Path) -> None:
    assert pre_tool_use.handle({**event("acolytes-perf x", project), **change}) is None


def test_a_tilde_means_the_home_folder_of_the_shell(project: Path, scratch_home: Path) -> None:
    installed = scratch_home / ".claude"
    shutil.copytree(HOOKS, installed / "acolytes" / "hooks")
    shutil.copytree(SCRIPTS, installed / "scripts" / "acolytes_quest")
    script = "scripts/acolytes_quest/quest_monitor.py"
    build_tree(scratch_home, {"__main__.py": "", f"{installed}/{script}".lstrip("/"): ""})
    hooks = installed / "acolytes" / "hooks"
    for path in (
        f"~/{installed}/{script}",
        f"~//{installed}/{script}",
        f"~/ .claude/{script}",
        f"~/x/../.claude/{script}",
    ):
        assert answer(run_hook("pre_tool_use", event(f"python3 {path}", project), folder=hooks)) == {}, path


@pytest.mark.parametrize("agent_id", ["a12; touch z", "a12 --as b", "$(id)", "a" * 65, "a\nb", "\u00e9"])
def test_an_agent_id_of_another_form_is_not_added_to_a_command(agent_id: str, project: Path) -> None:
    decision = (pre_tool_use.handle(event("acolytes-quest status", project, agent_id=agent_id)) or {})[
        "hookSpecificOutput"
    ]
    assert decision["updatedInput"]["command"] == "acolytes-quest status"


def test_a_plugins_prefix_is_stripped(project: Path) -> None:
    assert pre_tool_use.handle(event("acolytes-perf x", project, agent_type="acolytes:ops.performance"))


def test_the_main_agent_is_given_no_identity(project: Path) -> None:
    plain = event("acolytes-quest status", project)
    del plain["agent_id"]
    decision = (pre_tool_use.handle(plain) or {})["hookSpecificOutput"]
    assert decision["updatedInput"]["command"] == "acolytes-quest status"


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"tool_input": 5}', b"{}"])
@pytest.mark.parametrize("hook", SCRIPTS_OF_EVENTS)
def test_garbage_never_blocks(hook: str, garbage: bytes) -> None:
    done = run_hook(hook, garbage)
    assert (done.returncode, done.stdout) == (0, b"")


def assert_shell_agrees(arguments: list[str]) -> None:
    """Whatever the parser accepts, ``bash`` splits into the same words, and runs nothing else."""
    command = " ".join(["acolytes-perf", *arguments])
    try:
        words = simple_call.words(command)
    except simple_call.NotAllowedError:
        return
    assert shlex.split(command) == words
    script = 'acolytes-perf() { printf "%s\\0" "$@"; }\n' + command
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words[1:] or (words[1:] == [] and done.stdout == b"\0")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12), max_size=4))
def test_what_is_accepted_means_the_same_to_a_shell(arguments: list[str]) -> None:
    assert_shell_agrees(arguments)


@settings(max_examples=800, deadline=None)
@given(st.lists(st.text('"""\\\\\\\'a ;', max_size=14), max_size=3))
def test_escaped_quotes_mean_the_same_to_a_shell(arguments: list[str]) -> None:
    assert_shell_agrees(arguments)


def test_every_captured_payload_is_answered_without_blocking(project: Path) -> None:
    payloads = sorted((Path(__file__).parent / "payloads").glob("*.json"))
    assert len(payloads) >= 20
    for path in payloads:
        stdin = json.loads(path.read_text("utf-8"))["stdin"]
        for hook in SCRIPTS_OF_EVENTS:
            output = importlib.import_module(hook).handle({**stdin, "cwd": str(project)}) or {}
            assert "decision" not in output, (path.name, hook)


@pytest.mark.parametrize("caller", OTHERS)
@pytest.mark.parametrize("command", EVASIONS)
def test_evasions_are_not_allowed_to_any_other_caller(command: str, caller: dict[str, Any], project: Path) -> None:
    assert not is_allowed(board_call.handle(event(command, project, **caller)))


@pytest.mark.parametrize("caller", [{}, *OTHERS])
@pytest.mark.parametrize("command", EVASIONS)
def test_evasions_are_not_allowed_in_the_background(command: str, caller: dict[str, Any], project: Path) -> None:
    call = {"command": command, "description": "d", "run_in_background": True}
    for hook in (pre_tool_use, board_call):
        assert not is_allowed(hook.handle(event(command, project, tool_input=call, **caller))), hook


@pytest.mark.parametrize("caller", OTHERS)
def test_every_caller_may_use_the_board_and_nothing_else_unasked(caller: dict[str, Any], project: Path) -> None:
    output = board_call.handle(event("acolytes-quest status --quest 1", project, **caller))
    assert is_allowed(output)
    assert output
    named = " --as a12" if caller["agent_id"] else ""
    assert output["hookSpecificOutput"]["updatedInput"]["command"] == f"acolytes-quest status --quest 1{named}"
    for other in ("acolytes-perf --help", "git status", "acolytes-quest purge --older 1", "acolytes-quest redact"):
        assert not is_allowed(board_call.handle(event(other, project, **caller))), other


def test_in_the_background_only_a_monitor_is_allowed(project: Path) -> None:
    def in_background(command: str) -> bool:
        call = {"command": command, "run_in_background": True}
        return is_allowed(pre_tool_use.handle(event(command, project, tool_input=call)))

    assert in_background("acolytes-quest monitor --role leader --quest 1")
    assert not in_background("acolytes-quest status --quest 1")
    assert not in_background("acolytes-quest conversation --quest monitor")
