"""`acolytes doctor --live`: the real client in the user's configuration, which can reach nothing but the loopback."""

from __future__ import annotations

import json
import os
import plistlib
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.doctor import supervise
from acolytes_cc.doctor.client_run import environment, run_client
from doctor_support import Patient
from support import build_tree

pytestmark = pytest.mark.client

AGENTS = ["coordinator.performance", "ops.performance"]
EVENTS = {"SessionStart", "SubagentStart", "PreToolUse", "PostToolUse", "SubagentStop", "Stop"}


class Trap:
    """A server that must not be reached: it plays the real model, or a proxy that leads to it."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        hits = self.hits

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                hits.append(f"{self.command} {self.path}")
                self.send_response(500)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
                """Say nothing."""

        for verb in ("CONNECT", "GET", "HEAD", "POST"):
            setattr(Handler, f"do_{verb}", Handler.answer)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.server.shutdown()
    trap.server.server_close()


def everything(trap: Trap, home: Path) -> dict[str, Any]:
    """Settings that send the client to the trap in every way that is known."""
    providers = ("BEDROCK", "VERTEX", "FOUNDRY", "MANTLE", "ANTHROPIC_AWS", "ANTHROPIC_GOOGLE_CLOUD", "GATEWAY")
    env = {
        "ANTHROPIC_BASE_URL": trap.url,
        "ANTHROPIC_API_KEY": "the user's own",
        "ANTHROPIC_AUTH_TOKEN": "the user's own",
        "ANTHROPIC_CUSTOM_HEADERS": "X-Real: 1",
        "ANTHROPIC_UNIX_SOCKET": "/nowhere/socket",
        "CLAUDE_CODE_OAUTH_TOKEN": "the user's own",
        "HTTPS_PROXY": trap.url,
        "HTTP_PROXY": trap.url,
        "http_proxy": trap.url,
        "NO_PROXY": "",
        **{f"CLAUDE_CODE_USE_{name}": "1" for name in providers},
        **{f"CLAUDE_CODE_SKIP_{name}_AUTH": "1" for name in providers},
        **{f"ANTHROPIC_{name}_BASE_URL": trap.url for name in ("BEDROCK", "VERTEX", "FOUNDRY", "AWS", "GOOGLE_CLOUD")},
    }
    return {"env": env, "apiKeyHelper": f"touch {home}/helper-ran; echo key"}


def leftovers(patient: Patient) -> list[Path]:
    folders = [patient.config / "projects", patient.config / "session-env"]
    return [path for folder in folders for path in folder.rglob("*") if not path.is_dir()]


def test_a_healthy_installation_is_proved(patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    code, out, err = patient.doctor("--live", "--json")
    report = json.loads(out)
    assert (code, report["findings"]) == (0, []), err
    assert err.count("\n") == 1
    assert "your own hooks and MCP servers will run" in err
    live = report["live"]
    assert set(AGENTS) <= set(live["listed"])
    assert "general-purpose" in live["listed"]
    assert "quest-worker" not in live["listed"], "a skill is no agent"
    for agent in live["agents"]:
        assert sorted(agent["got"]) == sorted(agent["declared"])
        assert agent["answered"]
        assert agent["own_text"]
        assert agent["context"]
        assert agent["command"] == "ran"
    assert {run["event"] for run in live["hooks"]} == EVENTS
    assert leftovers(patient) == [], "no session is kept"
    assert set(tmp_path.iterdir()) == before, "nothing is left among temporary files"


def test_an_installation_elsewhere_is_proved_there(patient: Patient) -> None:
    patient.acolytes("uninstall", "--yes")
    elsewhere = str(patient.home / "elsewhere")
    patient.acolytes("install", "--yes", "--target", elsewhere)
    code, report = patient.report("--live", "--target", elsewhere)
    assert (code, report["findings"]) == (0, [])


def test_the_table_is_for_a_person(patient: Patient) -> None:
    code, out, _ = patient.doctor("--live")
    assert code == 0
    for agent in AGENTS:
        assert f"  {agent:<26}answered; acolytes-perf --help: ran\n" in out
    assert "SubagentStop              fired 2 times" in out
    assert out.endswith("\nhealthy\n")


@pytest.mark.parametrize("where", ["user", "local", "state", "environment"])
def test_only_the_loopback_is_asked_whatever_the_settings_say(where: str, patient: Patient, trap: Trap) -> None:
    wanted = everything(trap, patient.home)
    if where == "user":
        patient.settings(lambda settings: settings.update(wanted))
    elif where == "local":
        build_tree(patient.project, {".claude/settings.local.json": json.dumps(wanted)})
    elif where == "state":
        build_tree(patient.home, {".claude.json": json.dumps(wanted)})
    else:
        for key, value in wanted["env"].items():
            patient.patch.setenv(key, value)
    code, report = patient.report("--live")
    assert (code, report["findings"]) == (0, [])
    assert trap.hits == []
    assert not (patient.home / "helper-ran").exists()


@pytest.mark.parametrize(
    "wanted",
    [
        {"env": {"ANTHROPIC_BASE_URL": "<trap>"}},
        {"env": {"CLAUDE_CODE_USE_BEDROCK": "1", "ANTHROPIC_BEDROCK_BASE_URL": "<trap>"}},
        {"env": {"HTTP_PROXY": "<trap>", "NO_PROXY": ""}},
    ],
    ids=["base URL", "bedrock", "proxy"],
)
def test_the_trap_is_one(wanted: dict[str, Any], patient: Patient, trap: Trap, tmp_path: Path) -> None:
    """Without our guard the same settings beat the environment of the process, and lead into the trap."""
    wanted["env"] = {key: value.replace("<trap>", trap.url) for key, value in wanted["env"].items()}
    wanted["env"] |= {"CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1", "CLAUDE_CODE_MAX_RETRIES": "0"}
    patient.settings(lambda settings: settings.update(wanted))
    env = {**environment(patient.home, "http://127.0.0.1:9"), "AWS_REGION": "us-east-1"}
    run_client(patient.bin / "claude", "-p", "x", cwd=patient.project, env=env, debug_file=tmp_path / "debug")
    assert trap.hits != []


@pytest.mark.parametrize(
    "managed",
    [
        {"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}},
        {"env": {"ANTHROPIC_BASE_URL": "https://gateway.example"}},
        {"env": {"HTTPS_PROXY": "http://proxy.example"}},
        {"apiKeyHelper": "/opt/key"},
        {"forceLoginMethod": "gateway"},
        "not JSON",
    ],
)
def test_managed_settings_that_could_choose_a_model_are_refused(managed: object, patient: Patient) -> None:
    text = managed if isinstance(managed, str) else json.dumps(managed)
    build_tree(patient.project.parent / "managed", {"managed-settings.json": text})
    code, out, err = patient.doctor("--live")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "--live is refused: managed settings" in err
    assert not (patient.home / ".claude.json").exists(), "the client was not even started"


@pytest.mark.parametrize("content", [plistlib.dumps({"env": {"CLAUDE_CODE_USE_VERTEX": "1"}}), b"<plist", b"x"])
def test_managed_preferences_are_read_too(content: bytes, patient: Patient) -> None:
    build_tree(patient.project.parent / "preferences", {"you/com.anthropic.claudecode.plist": content})
    code, out, err = patient.doctor("--live")
    assert (code, out) == (3, "")
    assert "com.anthropic.claudecode.plist" in err


def test_other_managed_settings_are_no_reason_to_refuse(patient: Patient) -> None:
    build_tree(patient.project.parent / "managed", {"managed-settings.json": '{"env": {"EDITOR": "ed"}}'})
    assert patient.report("--live")[0] == 0


def test_a_client_that_does_not_ask_is_ended_and_said(patient: Patient) -> None:
    patient.patch.setattr(supervise, "FIRST_REQUEST_SECONDS", 0.5)
    patient.program("claude", "#!/bin/sh\n[ \"$1\" = --version ] && exec echo '2.1.330 (Claude Code)'\nsleep 600\n")
    code, _, err = patient.doctor("--live")
    assert code == 3
    assert "did not call the loopback server" in err.splitlines()[-1]


def test_without_a_client_or_an_agent_there_is_nothing_to_prove(patient: Patient) -> None:
    patient.acolytes("uninstall", "--yes")
    code, _, err = patient.doctor("--live")
    assert (code, err.count("\n")) == (3, 1)
    assert "nothing to test" in err


def break_tools(patient: Patient) -> None:
    patient.edit(
        ".claude/agents/ops.performance.md", lambda text: text.replace("tools: Read,", "tools: Read, Glob, mcp__gone,")
    )


def shadow(patient: Patient) -> None:
    text = "---\nname: ops.performance\ndescription: Use when I say so\n---\nSomething else.\n"
    build_tree(patient.project, {".claude/agents/mine.md": text})


BROKEN = {
    "tools that do not arrive": (break_tools, "live-agents", "does not get: Glob, mcp__gone"),
    "shadowed": (shadow, "live-agents", "another definition"),
    "definition that does not load": (
        lambda p: p.edit(".claude/agents/ops.performance.md", lambda text: text.replace("name: ", "nome: ", 1)),
        "live-agents",
        "does not list it",
    ),
    "settings that the client drops": (
        lambda p: p.edit(".claude/settings.json", lambda text: "// x\n" + text),
        "live-hooks",
        "SessionStart hook did not fire",
    ),
    "hooks switched off": (
        lambda p: p.settings(lambda settings: settings.update(disableAllHooks=True)),
        "live-hooks",
        "PreToolUse hook did not fire",
    ),
    "denied command": (
        lambda p: p.settings(lambda settings: settings.update(permissions={"deny": ["Bash(acolytes-perf:*)"]})),
        "live-agents",
        "did not run without a question: refused",
    ),
    "denied agent": (
        lambda p: p.settings(lambda settings: settings.update(permissions={"deny": ["Agent(ops.performance)"]})),
        "live-agents",
        "ops.performance: ",
    ),
    "no PATH": (
        lambda p: p.settings(lambda settings: settings["hooks"].pop("SessionStart")),
        "live-agents",
        "is not found",
    ),
    "no context": (
        lambda p: p.settings(lambda settings: settings["hooks"].pop("SubagentStart")),
        "live-agents",
        "no context",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_broken_shows_in_the_clients_own_behaviour(fault: str, patient: Patient) -> None:
    plant, check, word = BROKEN[fault]
    plant(patient)
    code, report = patient.report("--live")
    assert code == 1
    found = [finding for finding in report["findings"] if finding["check"] == check]
    assert any(word in finding["message"] for finding in found), report["findings"]
    assert all(finding["fix"] for finding in found)


def test_a_session_that_we_run_inside_of_is_not_passed_on(patient: Patient) -> None:
    for name in ("CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_ENV_FILE", "AI_AGENT"):
        patient.patch.setenv(name, os.devnull)
    assert patient.report("--live")[0] == 0
