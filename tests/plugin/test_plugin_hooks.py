"""The plugin's hooks as they are registered: cheap where they have no work, and never an obstacle."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest.hooks import wait as hook_wait
from plugin_user import PLUGIN, SYSTEM, TOO_OLD_PYTHON, folder_with
from support import HOOKS, ROOT, build_tree

sys.path.insert(0, str(HOOKS))
import generated

PAYLOADS = sorted((ROOT / "tests/hooks/payloads").glob("*.json"))
REGISTERED = json.loads((PLUGIN / "hooks/hooks.json").read_text("utf-8"))["hooks"]
ACOLYTES = "acolytes-perf --help"


def call(event: str, plugin: Path = PLUGIN) -> list[str]:
    """The command line that the client starts for ``event``, whatever the call is."""
    (hook,) = (hook for entry in REGISTERED[event] for hook in entry["hooks"] if "if" not in hook)
    return [hook["command"], *(word.replace("${CLAUDE_PLUGIN_ROOT}", str(plugin)) for word in hook["args"])]


def run(
    event: str, payload: dict[str, Any], folder: Path, path: Path | str, plugin: Path = PLUGIN
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        call(event, plugin),
        cwd=folder,
        env={"PATH": str(path), "HOME": str(folder)},
        # as the client writes it
        input=json.dumps({**payload, "cwd": str(folder)}, separators=(",", ":")).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )


def payload(event: str, agent: str | None = "acolytes:ops.performance", **more: Any) -> dict[str, Any]:
    who = {} if agent is None else {"agent_id": "a1f319976b9d31db7", "agent_type": agent}
    return {"session_id": "s", **who, "hook_event_name": event, **more}


def tool(event: str, command: str, agent: str | None = "acolytes:ops.performance") -> dict[str, Any]:
    return payload(event, agent, tool_name="Bash", tool_input={"command": command, "description": "x"})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH without Python."""
    return folder_with(tmp_path / "tools", *SYSTEM)


@pytest.fixture
def probe(tools: Path) -> Path:
    """A PATH whose python3 says that it was started; returns what it says so with."""
    started = tools / "started"
    (tools / "python3").write_text(f"#!/bin/sh\necho started >>{started}\n")
    (tools / "python3").chmod(0o755)
    return started


def test_the_matchers_let_exactly_our_agents_through() -> None:
    (entry,) = REGISTERED["SubagentStop"]
    for agent in generated.OUR_AGENTS:
        assert re.search(entry["matcher"], f"acolytes:{agent}")
        assert not re.search(entry["matcher"], agent), "in a plugin an agent has the plugin's name in front"
    assert not re.search(entry["matcher"], "general-purpose")
    assert "matcher" not in REGISTERED["SubagentStart"][0], "any agent may be a member of a quest"


def test_a_worker_may_wait_for_longer_than_its_hook_does() -> None:
    (hook,) = REGISTERED["SubagentStop"][0]["hooks"]
    assert hook["timeout"] > hook_wait.LONGEST_WAIT_SECONDS > hook_wait.WAIT_SECONDS


def test_every_registered_hook_is_there() -> None:
    for event in REGISTERED:
        *_, guard, hook, _, _ = call(event)
        assert Path(guard).is_file()
        assert (PLUGIN / "hooks" / f"{hook}.py").is_file()


@pytest.mark.parametrize("event", sorted(REGISTERED))
@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_every_payload_of_the_client_ends_with_exit_code_0(event: str, path: Path, shop: Path) -> None:
    done = run(event, json.loads(path.read_text("utf-8"))["stdin"], shop, os.environ["PATH"])
    assert (done.returncode, done.stderr) == (0, b"")
    assert isinstance(json.loads(done.stdout or b"{}"), dict)


@pytest.mark.parametrize(
    ("event", "sent", "starts"),
    [
        ("PreToolUse", tool("PreToolUse", ACOLYTES, None), False),
        ("PreToolUse", tool("PreToolUse", ACOLYTES, "general-purpose"), False),
        ("PreToolUse", tool("PreToolUse", '{"agent_type":"acolytes:ops.performance"} acolytes', None), False),
        ("PreToolUse", tool("PreToolUse", ACOLYTES, "performance"), False),
        ("PreToolUse", tool("PreToolUse", "ls"), False),
        ("PreToolUse", tool("PreToolUse", ACOLYTES, "acolytes:reviewer"), True),
        ("PreToolUse", tool("PreToolUse", ACOLYTES), True),
        ("PostToolUse", tool("PostToolUse", ACOLYTES), False),
        ("SubagentStart", payload("SubagentStart"), True),
        ("SubagentStart", payload("SubagentStart", "general-purpose"), False),
        ("SubagentStop", payload("SubagentStop"), False),
        ("SessionEnd", payload("SessionEnd", None), False),
    ],
    ids=[
        "main",
        "another",
        "quoted",
        "a bare name",
        "ours, other",
        "ours by any name",
        "ours, own",
        "after it",
        "start",
        "another's",
        "stop",
        "end",
    ],
)
def test_python_starts_only_where_there_may_be_something_to_do(
    event: str, sent: dict[str, Any], *, starts: bool, shop: Path, probe: Path
) -> None:
    done = run(event, sent, shop, probe.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert probe.exists() is starts


@pytest.mark.parametrize("where", ["main tree", "subfolder", "worktree", "no git"])
@pytest.mark.parametrize("event", ["PreToolUse", "PostToolUse", "SubagentStop", "SessionEnd"])
def test_a_board_is_found_from_wherever_the_hook_runs(event: str, where: str, shop: Path, probe: Path) -> None:
    folder = shop
    if where == "subfolder":
        folder = shop / "src/deep"
        folder.mkdir(parents=True)
    if where == "no git":
        shutil.rmtree(shop / ".git")
    if where == "worktree":
        folder = shop.parent / "tree"
        git = ["git", "-C", str(shop), "-c", "user.name=n", "-c", "user.email=e"]
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "m"], check=True)
        subprocess.run([*git, "worktree", "add", "-q", str(folder)], check=True, capture_output=True)
    build_tree(shop, {".claude/acolytes/quests.db": ""})
    run(event, payload(event, None) if event == "SessionEnd" else tool(event, "ls"), folder, probe.parent)
    assert probe.exists()


def test_with_a_board_the_hook_runs_at_the_start_of_any_agent(shop: Path, probe: Path) -> None:
    build_tree(shop, {".claude/acolytes/quests.db": ""})
    run("SubagentStart", payload("SubagentStart", "general-purpose"), shop, probe.parent)
    assert probe.exists()


def test_a_deleted_working_folder_is_no_error(tmp_path: Path, probe: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$0" && exec "$@"', str(gone), *call("PostToolUse")],
        cwd=gone,
        env={"PATH": f"{probe.parent}{os.pathsep}{os.environ['PATH']}", "PWD": "."},
        input=json.dumps(tool("PostToolUse", "ls"), separators=(",", ":")).encode(),
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("event", sorted(REGISTERED))
def test_without_python_a_hook_is_silent(event: str, shop: Path, tools: Path) -> None:
    build_tree(shop, {".claude/acolytes/quests.db": ""})
    done = run(event, tool(event, ACOLYTES), shop, tools)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("event", sorted(REGISTERED))
def test_hooks_are_silent_after_the_plugin_was_removed(event: str, shop: Path) -> None:
    done = run(event, tool(event, ACOLYTES), shop, os.environ["PATH"], shop / "gone")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(not TOO_OLD_PYTHON.is_file(), reason="no Python 3.8 here")
def test_with_an_old_python_the_hooks_are_quiet_and_the_commands_say_it(shop: Path, tools: Path) -> None:
    (tools / "python3").symlink_to(TOO_OLD_PYTHON)
    build_tree(shop, {".claude/acolytes/quests.db": ""})
    for event in REGISTERED:
        done = run(event, tool(event, ACOLYTES), shop, tools)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    for command in ("acolytes-perf", "acolytes-quest"):
        done = subprocess.run(
            [PLUGIN / "bin" / command, "--help"], env={"PATH": str(tools)}, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout) == (3, b"")
        assert done.stderr.decode() == f"{command}: needs Python 3.9 or later; python3 on PATH is 3.8\n"


@pytest.mark.parametrize("command", ["acolytes-perf", "acolytes-quest"])
def test_without_python_a_command_says_what_is_missing(command: str, tools: Path) -> None:
    done = subprocess.run([PLUGIN / "bin" / command], env={"PATH": str(tools)}, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode() == f"{command}: needs python3 (3.9 or later) on PATH\n"


def test_a_stray_module_in_the_working_folder_or_the_environment_is_not_run(tmp_path: Path) -> None:
    build_tree(tmp_path, {"json.py": "raise SystemExit(9)", "acolytes_perf.py": "raise SystemExit(9)"})
    done = subprocess.run(
        [PLUGIN / "bin/acolytes-perf", "--help"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
