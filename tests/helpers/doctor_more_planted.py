"""More faults: of versions, of other machines, of links, empty files, copies, and of what a killed run leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doctor_planted import HOOKS, OPS, SETTINGS
from doctor_support import Patient
from support import build_tree

MANIFEST = ".claude/acolytes/manifest.json"
QUEST = ".claude/scripts/acolytes_quest"
JOURNAL = {
    "made": [],
    "leave": [],
    "application": [],
    "snapshot": "0009",
    "stack": "snapshots",
    "turn": 0,
    "changes": [],
}
TEMPLATE = "---\nname: mine\ndescription: Use when I say so\ncolor: {}\n---\nWork.\n"


def version(number: str) -> Callable[[Patient], None]:
    def write(patient: Patient) -> None:
        path = patient.home / MANIFEST
        path.write_text(json.dumps(json.loads(path.read_text()) | {"version": number}))

    return write


def open_conflict(patient: Patient) -> None:
    templates = patient.project.parent / "templates"
    build_tree(templates, {"agents/mine.md": TEMPLATE.format("blue")})
    patient.acolytes("install", "--yes", "--templates", str(templates))
    patient.edit(".claude/agents/mine.md", lambda text: text.replace("blue", "red"))
    build_tree(templates, {"agents/mine.md": TEMPLATE.format("cyan")})
    patient.acolytes("update", "--yes")


def written(path: str, text: str | bytes) -> Callable[[Patient], object]:
    return lambda patient: build_tree(patient.home, {path: text})


def dead_link(path: str) -> Callable[[Patient], None]:
    def link(patient: Patient) -> None:
        place = patient.home / path
        place.unlink()
        place.symlink_to("nowhere")

    return link


def folder_in_place_of(path: str) -> Callable[[Patient], None]:
    def make(patient: Patient) -> None:
        (patient.home / path).unlink()
        (patient.home / path).mkdir()

    return make


def mode(path: str, bits: int) -> Callable[[Patient], object]:
    return lambda patient: (patient.home / path).chmod(bits)


def twice(patient: Patient) -> None:
    def repeat(settings: dict[str, Any]) -> None:
        settings["hooks"]["SubagentStart"] *= 2

    patient.settings(repeat)


def entries_of_another_machine(settings: dict[str, Any], ours: dict[str, Any]) -> None:
    text = json.dumps(ours["hooks"]["SubagentStart"][0])
    entry = json.loads(text)
    arguments = entry["hooks"][0]["args"]
    script = next(number for number, word in enumerate(arguments) if word.endswith(".py"))
    arguments[script - 1] = "/opt/colleague/bin/python3"
    arguments[script] = "/opt/colleague/acolytes_cc/_data/hooks/subagent_start.py"
    settings.setdefault("hooks", {}).setdefault("SubagentStart", []).append(entry)


def colleague_in_own_settings(patient: Patient) -> None:
    patient.settings(lambda settings: entries_of_another_machine(settings, settings))


def colleague_in_the_project(patient: Patient) -> None:
    settings: dict[str, Any] = {}
    entries_of_another_machine(settings, json.loads((patient.home / SETTINGS).read_text()))
    build_tree(patient.project, {".claude/settings.local.json": json.dumps(settings)})


def config_folder_elsewhere(patient: Patient) -> None:
    patient.patch.setenv("CLAUDE_CONFIG_DIR", str(patient.home / "elsewhere"))


def board_that_leads_nowhere(patient: Patient) -> None:
    path = patient.project / ".claude/acolytes/quests.db"
    path.parent.mkdir(parents=True)
    path.symlink_to("nowhere")


def launcher(name: str, change: Callable[[Path], object]) -> Callable[[Patient], object]:
    return lambda patient: change(patient.data / name)


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def other_python(path: Path) -> None:
    path.write_text(path.read_text().replace("#!/bin/sh\n", "#!/bin/sh\n# of another version\n"))


def templates_gone(patient: Patient) -> None:
    templates = patient.project.parent / "templates"
    build_tree(templates, {"agents/mine.md": TEMPLATE.format("blue")})
    patient.acolytes("install", "--yes", "--templates", str(templates))
    shutil.rmtree(templates)


def entry_left_out(patient: Patient) -> None:
    patient.settings(lambda settings: settings["hooks"].pop("SubagentStart"))
    patient.acolytes("update", "--yes")


def without_baseline(patient: Patient) -> None:
    shutil.rmtree(patient.config / "acolytes/baseline")


def forgotten_by_the_record(patient: Patient) -> None:
    path = patient.data / "users.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"targets": []}))


# what is broken -> (how, the check that finds it, severity, a word of the message)
MORE_FAULTS: dict[str, tuple[Callable[[Patient], object], str, str, str]] = {
    "files of a newer version": (version("9.0.0"), "versions", "error", "9.0.0"),
    "files of an older version": (version("0.0.1"), "versions", "error", "0.0.1"),
    "open conflict": (open_conflict, "conflicts", "warning", "color"),
    "journal of a killed run": (
        written(".claude/acolytes/journal.json", json.dumps(JOURNAL)),
        "state",
        "error",
        "interrupted",
    ),
    "quest code that does not parse": (written(f"{QUEST}/contract.py", "def ("), "files", "error", "SyntaxError"),
    "empty quest script": (written(f"{QUEST}/quest_status.py", ""), "files", "error", "empty"),
    "script with a null byte": (written(f"{QUEST}/cli.py", b"x = 1\0"), "files", "error", "Error"),
    "empty module of the hooks": (written(f"{HOOKS}/hook_io.py", ""), "files", "error", "empty"),
    "empty definition": (written(OPS, ""), "files", "error", "empty"),
    "skill with broken YAML": (
        lambda p: next((p.config / "skills").glob("*/SKILL.md")).write_text("---\nname: [x\n---\n"),
        "definitions",
        "warning",
        "No description",
    ),
    "definition that is a dead link": (dead_link(OPS), "files", "error", "link"),
    "script that is a dead link": (dead_link(f"{QUEST}/cli.py"), "files", "error", "link"),
    "definition that is a folder": (folder_in_place_of(OPS), "files", "error", "cannot be read"),
    "script that is a folder": (folder_in_place_of(f"{HOOKS}/stop.py"), "files", "error", "cannot be read"),
    "script that everybody can change": (mode(f"{QUEST}/cli.py", 0o666), "files", "error", "everybody"),
    "manifest that others read": (mode(MANIFEST, 0o644), "state", "warning", "644"),
    "hidden file for git gone": (
        lambda p: (p.config / "acolytes/.gitignore").unlink(),
        "files",
        "error",
        ".gitignore is missing",
    ),
    "records of the definitions gone": (without_baseline, "state", "warning", "record"),
    "same hook twice": (twice, "entries", "error", "did not write"),
    "a colleague's entry": (colleague_in_own_settings, "entries", "error", "did not write"),
    "a colleague's entry in the project": (colleague_in_the_project, "entries", "error", "did not write"),
    "dead interpreter of a colleague": (colleague_in_own_settings, "programs", "error", "/opt/colleague"),
    "settings that are a dead link": (dead_link(SETTINGS), "entries", "error", "link"),
    "folder of templates gone": (templates_gone, "templates", "warning", "gone"),
    "entry that an update left out": (entry_left_out, "entries", "info", "SubagentStart"),
    "empty settings": (written(SETTINGS, ""), "entries", "error", "missing"),
    "settings that are no UTF-8": (written(SETTINGS, b'{"a": "\xff"}'), "settings", "error", "cannot be read"),
    "settings that are a folder": (folder_in_place_of(SETTINGS), "settings", "error", "cannot be read"),
    "foreign module among the hooks": (written(f"{HOOKS}/json.py", "x = 1\n"), "leftovers", "warning", "not ours"),
    "foreign module among the quest scripts": (written(f"{QUEST}/sqlite3.py", ""), "leftovers", "warning", "not ours"),
    "part of a file of a killed run": (
        written(".claude/agents/.ops.performance.md.x1.acolytes-new", "---"),
        "leftovers",
        "warning",
        "killed",
    ),
    "launcher that is a folder": (launcher("bin/acolytes-perf", into_folder), "launchers", "error", "missing"),
    "empty launcher": (launcher("bin/acolytes-perf", lambda path: path.write_text("")), "launchers", "error", "start"),
    "launcher of another version": (launcher("bin/acolytes-quest", other_python), "launchers", "warning", "another"),
    "launcher of hooks without permission": (
        launcher("hook", lambda path: path.chmod(0o644)),
        "launchers",
        "error",
        "not executable",
    ),
    "rescue gone": (launcher("rescue", shutil.rmtree), "launchers", "warning", "without its own Python"),
    "installation that is not in the record": (forgotten_by_the_record, "record", "warning", "lacks this one"),
    "damaged record": (written(".local/share/acolytes/users.json", "{"), "record", "error", "damaged"),
    "another `acolytes` first on PATH": (
        lambda p: p.program("acolytes", "#!/bin/sh\n"),
        "path",
        "warning",
        "another program named acolytes",
    ),
    "state folder gone": (lambda p: shutil.rmtree(p.config / "acolytes"), "installation", "error", "not installed"),
    "configuration folder elsewhere": (config_folder_elsewhere, "installation", "error", "not installed"),
    "board that leads nowhere": (board_that_leads_nowhere, "board", "error", "cannot be read"),
    "hooks disabled in the project's shared settings": (
        lambda p: build_tree(p.project, {".claude/settings.json": '{"disableAllHooks":   true}'}),
        "hooks-off",
        "error",
        "disableAllHooks",
    ),
}
