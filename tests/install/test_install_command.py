"""`acolytes install` and `uninstall` on whole trees: nothing of the user's is touched, everything of ours goes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from setting_up import application as bootstrapped
from support import ROOT, build_tree, read_tree

USERS = {
    ".claude/agents/mine.md": "---\nname: mine\ndescription: Use when I say so\n---\nx\n",
    ".claude/settings.json": '{\n\t"model": "opus", "hooks": {"Stop": [{"hooks": [{"type": "http", "url": "x"}]}]}\n}',
    ".claude/skills/own/SKILL.md": "---\nname: own\ndescription: d\n---\n",
    ".claude/scripts/mine.sh": "true\n",
    ".bashrc": "# mine\n",
}


@pytest.fixture
def home(scratch_home: Path) -> Path:
    return scratch_home


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    report: dict[str, Any] = json.loads(out)
    return report


@pytest.mark.parametrize("users", [{}, USERS], ids=["empty home", "own files"])
def test_uninstall_gives_back_the_tree_byte_for_byte(
    users: dict[str, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(home, users)
    before = read_tree(home)
    report = run_json(capsys, "install", "--yes")
    assert {file["action"] for file in report["files"]} <= {"add", "update"}
    assert (home / ".claude/agents/ops.performance.md").is_file()
    static = ROOT / "scripts/acolytes_quest/page/static"
    installed = home / ".claude/scripts/acolytes_quest/page/static"
    assert {path.name for path in installed.iterdir()} == {path.name for path in static.iterdir()}
    # what runs them leaves bytecode behind
    for script in (".claude/scripts/acolytes_quest/quest_status.py", ".claude/acolytes/hooks/session_start.py"):
        subprocess.run(
            ["python3", str(home / script), "--help"], stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
    run_json(capsys, "uninstall", "--yes")
    assert read_tree(home) == before


def test_a_second_install_changes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(home, USERS)
    run_json(capsys, "install")
    before = read_tree(home), {path: path.stat().st_mtime_ns for path in home.rglob("*.md")}
    report = run_json(capsys, "install")
    assert report["changed"] is False
    assert (read_tree(home), {path: path.stat().st_mtime_ns for path in home.rglob("*.md")}) == before


def test_dry_run_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = read_tree(home)
    code, out, _ = run(capsys, "install", "--dry-run")
    assert code == 0
    assert "agents/ops.performance.md" in out
    assert read_tree(home) == before


@pytest.mark.parametrize(
    "foreign", ["agents/ops.performance.md", "scripts/acolytes_quest/cli.py", "skills/quest-worker/SKILL.md"]
)
def test_a_foreign_file_is_refused_before_any_change(
    foreign: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(home / ".claude", {foreign: "mine"})
    before = read_tree(home)
    code, out, err = run(capsys, "install", "--yes")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert foreign in err
    assert read_tree(home) == before


def test_every_foreign_file_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(home / ".claude", {"agents/ops.performance.md": "1", "agents/coordinator.performance.md": "2"})
    _, _, err = run(capsys, "install", "--yes")
    assert "ops.performance.md" in err
    assert "coordinator.performance.md" in err


def test_what_the_user_changed_stays_and_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    agent = home / ".claude/agents/ops.performance.md"
    agent.write_text(agent.read_text() + "\nMy own rule.\n")
    actions = {file["path"]: file["action"] for file in run_json(capsys, "install")["files"]}
    assert actions["agents/ops.performance.md"] == "keep-user"
    report = run_json(capsys, "uninstall")
    assert report["kept"] == ["agents/ops.performance.md"]
    assert agent.read_text().endswith("My own rule.\n")


def test_a_deleted_definition_stays_deleted_and_a_deleted_script_comes_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_json(capsys, "install")
    agent = home / ".claude/agents/coordinator.performance.md"
    script = home / ".claude/scripts/acolytes_quest/quest_status.py"
    agent.unlink()
    script.unlink()
    run_json(capsys, "install")
    assert (agent.exists(), script.exists()) == (False, True)


def test_settings_edited_after_the_install_keep_the_edit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = home / ".claude/settings.json"
    build_tree(home, {".claude/settings.json": '{\n  "model": "opus"\n}\n'})
    run_json(capsys, "install")
    settings.write_text(settings.read_text().replace("opus", "sonnet"))
    run_json(capsys, "install")
    run_json(capsys, "uninstall")
    assert settings.read_text() == '{\n  "model": "sonnet"\n}\n'


def test_settings_that_the_client_would_not_read_are_refused_with_the_place(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(home, {".claude/settings.json": '{\n  "model": "opus", // mine\n}\n'})
    before = read_tree(home)
    code, _, err = run(capsys, "install", "--yes")
    assert code == 2
    assert "settings.json:2:20: " in err
    assert read_tree(home) == before


def test_private_files_are_the_users_only(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    state = home / ".claude/acolytes"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / "manifest.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / ".claude/settings.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("in_the_way", ["target", "agents", "state"])
def test_a_target_that_cannot_be_written(in_the_way: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = home / "config"
    build_tree(
        home, {{"target": "config", "agents": "config/agents", "state": "config/acolytes"}[in_the_way]: "a file"}
    )
    before = read_tree(home)
    code, _, err = run(capsys, "install", "--yes", "--target", str(target))
    assert code == 3
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert read_tree(home) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["uninstall"], "acolytes is not installed in"),
        (["install", "--scope", "galaxy"], "--scope"),
        (["install", "--no-such"], "--no-such"),
        (["frobnicate"], "frobnicate"),
        (["install", "--scope", "project"], "git working tree"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_a_damaged_manifest_is_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(home, {".claude/acolytes/manifest.json": '{"format": "acolytes.manifest/9"}'})
    code, _, err = run(capsys, "uninstall", "--yes")
    assert (code, err.count("\n")) == (3, 1)
    assert "manifest.json" in err


def test_project_scope_writes_no_absolute_path_into_what_is_committed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    before = read_tree(tmp_path)
    run_json(capsys, "install", "--scope", "project")
    committed = [*(tmp_path / ".claude/agents").rglob("*"), *(tmp_path / ".claude/skills").rglob("*")]
    texts = [path.read_text() for path in committed if path.is_file()]
    assert len(texts) >= 4
    assert not [
        text for text in texts if str(tmp_path) in text or os.path.expanduser("~") in text or "python3." in text
    ]
    assert "SubagentStart" in json.loads((tmp_path / ".claude/settings.local.json").read_text())["hooks"]
    assert not (tmp_path / ".claude/settings.json").exists()
    run_json(capsys, "uninstall", "--scope", "project")
    assert read_tree(tmp_path) == before


def test_the_launchers_stay_while_another_target_uses_them(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    run_json(capsys, "install", "--target", str(home / "second"))
    launcher = home / ".local/share/acolytes/bin/acolytes-perf"
    assert sorted(path.name for path in launcher.parent.iterdir()) == ["acolytes", "acolytes-perf", "acolytes-quest"]
    assert "second" in run_json(capsys, "uninstall")["application"]
    assert launcher.exists()
    run_json(capsys, "uninstall", "--target", str(home / "second"))
    assert not (home / ".local").exists()


def test_the_launchers_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    for command, argument in (("acolytes", "--version"), ("acolytes-perf", "--help"), ("acolytes-quest", "--help")):
        done = subprocess.run(
            [home / ".local/share/acolytes/bin" / command, argument], capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b""), command
        assert done.stdout


def test_claude_config_dir_is_the_default_target(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / "elsewhere"))
    assert run_json(capsys, "install")["target"] == str(home / "elsewhere")
    assert not (home / ".claude").exists()


@pytest.mark.parametrize("verb", ["uninstall", "rollback"])
def test_bootstraps_own_environment_goes_with_the_last_user_of_it(
    verb: str, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = home / ".local/share/acolytes/venv"
    bootstrapped.record_folders(venv.parent)
    build_tree(venv, {"pyvenv.cfg": "", "lib/x.py": ""})
    run_json(capsys, "install")
    monkeypatch.setattr(sys, "prefix", str(venv))
    assert "environment and its cache are removed" in run_json(capsys, verb)["application"]
    assert read_tree(home) == {}


def test_the_cache_goes_with_the_last_installation(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, other = home / "cache", str(home / "other")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    build_tree(cache, {"acolytes/lint/cache.sqlite": "", "program/file": ""})
    run_json(capsys, "install")
    run_json(capsys, "install", "--target", other)
    run_json(capsys, "uninstall")
    assert (cache / "acolytes/lint/cache.sqlite").exists()
    run_json(capsys, "uninstall", "--target", other)
    assert [path.name for path in cache.iterdir()] == ["program"]


def test_what_changes_nothing_is_no_step_to_go_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    agent = home / ".claude/agents/ops.performance.md"
    agent.write_text(f"{agent.read_text()}mine\n")
    before = read_tree(home)
    assert run_json(capsys, "update")["changed"] is False
    assert read_tree(home) == before


def test_going_back_says_in_few_lines_what_went(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    code, out, _ = run(capsys, "rollback", "--yes")
    assert code == 0
    assert "  removed   agents/ops.performance.md\n" in out
    assert " quest scripts\n" in out
    assert len(out.splitlines()) < 12


def test_a_diff_without_a_difference_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "install")
    assert run(capsys, "diff") == (0, f"nothing would change in {home / '.claude'}\n", "")
