"""Faults to plant in a healthy installation, and what the doctor says of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from acolytes_cc.doctor.checks import hooks
from doctor_support import QUEST_CREATE, Patient
from support import build_tree

OPS = ".claude/agents/ops.performance.md"
SETTINGS = ".claude/settings.json"
HOOKS = ".claude/acolytes/hooks"
AGENT = "---\nname: {}\ndescription: Use when I say so\n---\nx\n"


def add_hook(event: str, hook: object, matcher: str = "") -> Callable[[Patient], None]:
    def add(settings: dict[str, Any]) -> None:
        settings["hooks"].setdefault(event, []).append({"matcher": matcher, "hooks": [hook]})

    return lambda patient: patient.settings(add)


def setting(key: str, value: object) -> Callable[[Patient], None]:
    return lambda patient: patient.settings(lambda settings: settings.update({key: value}))


def script(name: str, text: str) -> Callable[[Patient], None]:
    """Our hook script of that name does something else."""

    def write(patient: Patient) -> None:
        (patient.home / HOOKS / f"{name}.py").write_text(text)

    return write


def bad_hook_for_an_old_client(patient: Patient) -> None:
    add_hook("Stop", {"type": "command"})(patient)
    patient.program("claude", "#!/bin/sh\necho '2.1.197 (Claude Code)'\n")


def dead_interpreter(patient: Patient) -> None:
    patient.edit(OPS, lambda text: text.replace("/bin/python3", "/nowhere/python3"))


def dead_interpreter_in_settings(patient: Patient) -> None:
    patient.edit(SETTINGS, lambda text: text.replace("/bin/python3", "/nowhere/python3"))


def project_agent(patient: Patient) -> None:
    build_tree(patient.project, {".claude/agents/mine.md": AGENT.format("ops.performance")})


def foreign_board(patient: Patient) -> None:
    build_tree(patient.project, {".claude/acolytes/quests.db": b"SQLite format 3\0" + b"\1" * 100})


def board_of_a_newer_version(patient: Patient) -> None:
    patient.quest(*QUEST_CREATE)
    board = patient.project / ".claude/acolytes/quests.db"
    content = bytearray(board.read_bytes())
    content[60:64] = (99).to_bytes(4, "big")
    board.write_bytes(content)


def readable_board(patient: Patient) -> None:
    patient.quest(*QUEST_CREATE)
    (patient.project / ".claude/acolytes/quests.db").chmod(0o644)


def upstreams_hooks(patient: Patient) -> None:
    build_tree(patient.config, {"hooks/stop.py": "#!/usr/bin/env -S uv run --script\n"})


def second_installation(patient: Patient) -> None:
    patient.acolytes("install", "--scope", "project", "--yes")


def slow_hook(patient: Patient) -> None:
    patient.patch.setattr(hooks, "SLOW_SECONDS", 0.3)
    script("post_tool_use", "import time\ntime.sleep(0.4)")(patient)


UPSTREAM_ENTRY = {"type": "command", "command": "uv run python C:/U/x/.claude/hooks/post_tool_use.py"}
REWRITER = {"type": "command", "command": """echo '{"hookSpecificOutput":{"updatedInput":{}}}'"""}

# what is broken -> (how, the check that finds it, severity, a word of the message)
FAULTS: dict[str, tuple[Callable[[Patient], object], str, str, str]] = {
    "no installation": (lambda p: p.acolytes("uninstall", "--yes"), "installation", "error", "not installed"),
    "damaged manifest": (
        lambda p: p.edit(".claude/acolytes/manifest.json", lambda text: text[:-9]),
        "installation",
        "error",
        "damaged",
    ),
    "missing script": (lambda p: (p.home / HOOKS / "hook_io.py").unlink(), "files", "error", "missing"),
    "deleted definition": (lambda p: (p.home / OPS).unlink(), "files", "info", "deleted"),
    "changed definition": (lambda p: p.edit(OPS, lambda text: text + "\nmine\n"), "files", "info", "changed"),
    "quest script that cannot be started": (
        lambda p: (p.config / "scripts/acolytes_quest/quest_status.py").chmod(0o644),
        "files",
        "warning",
        "not executable",
    ),
    "state folder that others read": (lambda p: (p.config / "acolytes").chmod(0o755), "state", "warning", "755"),
    "missing launcher": (lambda p: (p.data / "bin/acolytes-perf").unlink(), "launchers", "error", "missing"),
    "launcher of a dead environment": (
        lambda p: p.program("acolytes-perf", '#!/bin/sh\nexec /nowhere/python "$@"\n', p.data / "bin"),
        "launchers",
        "error",
        "ends with exit code 127",
    ),
    "launcher without permission": (
        lambda p: (p.data / "bin/acolytes-quest").chmod(0o644),
        "launchers",
        "error",
        "not executable",
    ),
    "missing launcher of hooks": (lambda p: (p.data / "hook").unlink(), "launchers", "error", "missing"),
    "foreign command on PATH": (
        lambda p: p.program("acolytes-perf", "#!/bin/sh\n"),
        "path",
        "error",
        "acolytes-perf",
    ),
    "no client": (lambda p: (p.bin / "claude").unlink(), "client", "warning", "no `claude`"),
    "old client": (
        lambda p: p.program("claude", "#!/bin/sh\necho '2.1.197 (Claude Code)'\n"),
        "client",
        "warning",
        "2.1.197",
    ),
    "broken client": (lambda p: p.program("claude", "#!/bin/sh\nexit 1\n"), "client", "error", "version"),
    "settings with a trailing comma": (
        lambda p: p.edit(SETTINGS, lambda text: text.rstrip().rstrip("}") + ",}"),
        "settings",
        "error",
        "whole file",
    ),
    "settings with a comment": (
        lambda p: p.edit(SETTINGS, lambda text: "// mine\n" + text),
        "settings",
        "error",
        "line 1, column 1",
    ),
    "hook without a command": (add_hook("Stop", {"type": "command"}), "settings", "warning", "has no `command`"),
    "hook of an unknown type": (add_hook("Stop", {"type": "shell", "command": "x"}), "settings", "warning", "'shell'"),
    "hook without a command for an old client": (bad_hook_for_an_old_client, "settings", "error", "whole file"),
    "flat hook": (
        lambda p: p.settings(lambda s: s["hooks"].update(Stop=[{"type": "command", "command": "x"}])),
        "settings",
        "warning",
        "has no list",
    ),
    "event that is no list": (
        lambda p: p.settings(lambda s: s["hooks"].update(Stop={"hooks": []})),
        "settings",
        "warning",
        "is not a list",
    ),
    "settings entry taken out": (
        lambda p: p.settings(lambda s: s["hooks"].pop("SubagentStart")),
        "entries",
        "error",
        "SubagentStart",
    ),
    "settings file deleted": (lambda p: (p.home / SETTINGS).unlink(), "entries", "error", "SessionStart"),
    "hooks switched off": (setting("disableAllHooks", value=True), "hooks-off", "error", "ACOLYTES_QUEST_LEASE"),
    "a rule switched off that does not exist": (
        setting("env", value={"ACOLYTES_QUEST_OFF": "idle-wait,reservation"}),
        "quest-rules",
        "warning",
        "not a quest rule: reservation",
    ),
    "hooks switched off by the project": (
        lambda p: build_tree(p.project, {".claude/settings.local.json": '{"disableAllHooks": true}'}),
        "hooks-off",
        "error",
        "lease",
    ),
    "hooks forbidden by the administrator": (
        lambda p: build_tree(
            p.project.parent, {"managed/managed-settings.d/10.json": '{"allowManagedHooksOnly": true}'}
        ),
        "hooks-off",
        "error",
        "managed",
    ),
    "another hook rewrites Bash": (add_hook("PreToolUse", REWRITER, "Bash|Read"), "rewriting", "warning", "rewrites"),
    "another hook's script rewrites Bash": (
        lambda p: add_hook(
            "PreToolUse", {"type": "command", "command": f"sh {p.program('rw.sh', '# updatedInput')} now"}
        )(p),
        "rewriting",
        "warning",
        "rw.sh",
    ),
    "dead interpreter in a definition": (dead_interpreter, "programs", "error", "/nowhere/python3"),
    "dead interpreter in the settings": (dead_interpreter_in_settings, "programs", "error", "/nowhere/python3"),
    "hook script gone": (
        lambda p: (p.home / HOOKS / "subagent_stop.py").unlink(),
        "programs",
        "error",
        "subagent_stop.py",
    ),
    "hook that exits 2": (script("post_tool_use", "raise SystemExit(2)"), "hooks", "error", "blocks the tool"),
    "hook that fails": (script("subagent_stop", "import os\nos.abort()"), "hooks", "error", "ends with exit code -6"),
    "hook with a syntax error": (script("subagent_start", "def"), "hooks", "error", "SyntaxError"),
    "hook that prints a line": (script("pre_tool_use", "print('hello')"), "hooks", "error", "not JSON"),
    "hook that swallows an error": (script("simple_call", "raise KeyError('x')"), "hooks", "error", "KeyError"),
    "hook that answers nothing": (script("subagent_start", ""), "hooks", "error", "no context"),
    "hook that allows nothing": (script("pre_tool_use", ""), "hooks", "error", "does not allow"),
    "hook that keeps everybody": (
        script("subagent_stop", """print('{"decision": "block", "reason": "x"}')"""),
        "hooks",
        "error",
        "holds no turn",
    ),
    "hook that sets no PATH": (script("session_start", ""), "hooks", "error", "on PATH"),
    "slow hook": (slow_hook, "hooks", "warning", "took 0."),
    "unresolved tool": (
        lambda p: p.edit(OPS, lambda text: text.replace("tools: Read,", "tools: Raed, Read,")),
        "definitions",
        "error",
        "Raed",
    ),
    "definition that does not load": (
        lambda p: p.edit(OPS, lambda text: text.replace("description:", "<<<<<<< mine\ndescription:")),
        "definitions",
        "error",
        "",
    ),
    "one of the user's own does not load": (
        lambda p: build_tree(p.config, {"agents/mine.md": "no frontmatter, so no agent\n"}),
        "definitions",
        "warning",
        "your own",
    ),
    "plugin beside it": (setting("enabledPlugins", {"acolytes@shop": True}), "doubles", "error", "acolytes@shop"),
    "two scopes": (second_installation, "doubles", "warning", "twice"),
    "project's agent of the same name": (project_agent, "names", "error", "the project's wins"),
    "second file of the same name": (
        lambda p: build_tree(p.config, {"agents/sub/copy.md": AGENT.format("ops.performance")}),
        "names",
        "error",
        "silently",
    ),
    "two of the user's own of one name": (
        lambda p: build_tree(p.config, {"agents/a.md": AGENT.format("mine"), "agents/b.md": AGENT.format("mine")}),
        "names",
        "warning",
        "mine",
    ),
    "board that is no database": (
        lambda p: build_tree(p.project, {".claude/acolytes/quests.db": "hello" * 50}),
        "board",
        "error",
        "not a database",
    ),
    "foreign board": (foreign_board, "board", "error", "of another program"),
    "board that is a folder": (
        lambda p: (p.project / ".claude/acolytes/quests.db").mkdir(parents=True),
        "board",
        "error",
        "not a file",
    ),
    "board of a newer version": (board_of_a_newer_version, "board", "error", "schema 99"),
    "board that others read": (readable_board, "board", "warning", "644"),
    "upstream's settings": (add_hook("PostToolUse", UPSTREAM_ENTRY), "upstream", "error", "2.1.2"),
    "upstream's hooks": (upstreams_hooks, "upstream", "warning", "scripts"),
    "upstream's command": (
        lambda p: p.program("acolytes", "#!/usr/bin/python3\nfrom acolytes.cli import main\n"),
        "upstream",
        "warning",
        "`acolytes` on PATH",
    ),
}
