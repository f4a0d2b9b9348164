"""Odd and hostile surroundings: what a clone, an editor or a crash may have left behind."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.install.disk.manifest import Manifest
from support import build_tree, read_tree


def run(*arguments: str) -> int:
    return main([*arguments, "--json"])


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    "path", ["../../.bashrc", "/etc/hostname", "agents/../../../.bashrc", "settings.json", "x", ""]
)
@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_a_manifest_from_a_clone_names_no_file_outside(
    path: str, verb: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = scratch_home / "clone"
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    build_tree(scratch_home, {".bashrc": "mine"})
    digest = hashlib.sha256(b"mine").hexdigest()
    manifest = Manifest("0.1.0", "project", files={path: digest})
    build_tree(project, {".claude/acolytes/manifest.json": manifest.to_json().decode()})
    before = read_tree(scratch_home)
    assert run(verb, "--scope", "project", "--target", str(project / ".claude")) == 3
    assert "acolytes never writes a file at" in one_line(capsys)
    assert read_tree(scratch_home) == before


@pytest.mark.parametrize("mode", [0o755, 0o700])
@pytest.mark.parametrize("verb", ["install", "diff", "rollback", "uninstall"])
def test_a_journal_from_a_clone_undoes_nothing(
    mode: int, verb: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(scratch_home, {".bashrc": "mine"})
    digest = hashlib.sha256(b"mine").hexdigest()
    entry = {"path": "../../.bashrc", "before": None, "after": digest}
    journal = json.dumps({"snapshot": "0001", "made": [], "leave": [], "changes": [entry]})
    state = scratch_home / "clone/.claude/acolytes"
    name = "snapshots/0001/journal.json" if verb == "rollback" else "journal.json"
    build_tree(state, {name: journal})
    state.chmod(mode)
    before = read_tree(scratch_home)
    assert run(verb, "--target", str(state.parent)) == 3
    assert "cannot be trusted, because it was not written by acolytes" in one_line(capsys)
    assert read_tree(scratch_home) == before


def test_a_journal_in_an_open_folder_is_not_followed(scratch_home: Path) -> None:
    """A clone's links could lead a path that looks harmless out of the project."""
    build_tree(scratch_home, {"victim/x.md": "mine"})
    state = scratch_home / "clone/.claude/acolytes"
    entry = {"path": "agents/x.md", "before": None, "after": hashlib.sha256(b"mine").hexdigest()}
    journal = {"snapshot": "0001", "made": [], "leave": [], "changes": [entry]}
    build_tree(state, {"journal.json": json.dumps(journal)})
    state.chmod(0o755)
    (state.parent / "agents").symlink_to(scratch_home / "victim")
    assert run("diff", "--target", str(state.parent)) == 3
    assert (scratch_home / "victim/x.md").read_text() == "mine"


@pytest.mark.parametrize(
    "settings",
    [
        b'{"x": "caf\xe9"}',
        b'\xef\xbb\xbf{"model": "opus"}',
        b"",
        b" \n",
        b"{}",
        b'{"a":1,"a":2,"hooks":{}}',
        b'{\r\n\t"a": 1\r\n}',
    ],
)
def test_every_byte_of_the_settings_comes_back(settings: bytes, scratch_home: Path) -> None:
    build_tree(scratch_home, {".claude/settings.json": settings})
    before = read_tree(scratch_home)
    assert run("install") == 0
    assert run("uninstall") == 0
    assert read_tree(scratch_home) == before


def test_settings_that_the_user_deleted_are_not_missed(scratch_home: Path) -> None:
    assert run("install") == 0
    (scratch_home / ".claude/settings.json").unlink()
    assert run("install") == 0
    assert run("uninstall") == 0
    assert read_tree(scratch_home) == {}


def test_an_entry_of_ours_that_was_changed_is_named(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install") == 0
    settings = scratch_home / ".claude/settings.json"
    parsed = json.loads(settings.read_text())
    parsed["hooks"]["SessionStart"][0]["hooks"][0]["timeout"] = 5
    settings.write_text(json.dumps(parsed))
    capsys.readouterr()
    assert run("uninstall") == 0
    kept = json.loads(capsys.readouterr().out)["kept"]
    assert kept == ["settings.json: our entry of SessionStart, which does nothing now: remove it by hand"]


def test_a_deep_new_target_goes_with_all_its_folders(scratch_home: Path) -> None:
    target = str(scratch_home / "a/b/c")
    assert run("install", "--target", target) == 0
    assert run("uninstall", "--target", target) == 0
    assert read_tree(scratch_home) == {}


def test_a_target_that_was_deleted_by_hand_does_not_hold_the_application(scratch_home: Path) -> None:
    assert run("install") == 0
    shutil.rmtree(scratch_home / ".claude")
    assert run("uninstall") == 0
    assert read_tree(scratch_home) == {}


def test_an_application_folder_that_cannot_be_made_changes_nothing(
    scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(scratch_home, {".local": "a file"})
    before = read_tree(scratch_home)
    assert run("install") == 3
    assert "Not a directory" in one_line(capsys)
    assert read_tree(scratch_home) == before


@pytest.mark.parametrize("record", ["5", '{"targets": null}', "{", ""])
@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_a_damaged_record_is_said_before_anything_is_done(
    record: str, verb: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if verb == "uninstall":
        assert run("install") == 0
        capsys.readouterr()
    build_tree(scratch_home, {".local/share/acolytes/users.json": record})
    before = read_tree(scratch_home)
    assert run(verb) == 3
    assert "users.json" in one_line(capsys)
    assert read_tree(scratch_home) == before


@pytest.mark.parametrize("target", ["", "a\nb", "a\x1bb", "~nosuchuser/x"])
def test_targets_that_cannot_be_used(
    target: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("install", "--target", target) == 2
    one_line(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_data_home_with_a_colon_is_refused(
    scratch_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(scratch_home / "a:b"))
    assert run("install") == 2
    assert "colon" in one_line(capsys)


@pytest.mark.parametrize(
    "name", ["sp ace", "qu'o\"te", "a---b--c", "\U0001f600 caf\u00e9", "$(touch x)", "back\\slash"]
)
def test_hooks_run_from_folders_of_any_name(name: str, scratch_home: Path) -> None:
    from ruamel.yaml import YAML

    target = scratch_home / name
    assert run("install", "--target", str(target)) == 0
    text = (target / "agents/ops.performance.md").read_text("utf-8")
    hook = YAML(typ="safe").load(text.split("\n---\n")[0])["hooks"]["PreToolUse"][0]["hooks"][0]
    event = {"agent_type": "ops.performance", "tool_name": "Bash", "tool_input": {"command": "acolytes-perf x"}}
    done = subprocess.run(
        [hook["command"], *hook["args"]], input=json.dumps(event).encode(), capture_output=True, check=True
    )
    assert json.loads(done.stdout)["hookSpecificOutput"]["permissionDecision"] == "allow"
    settings = json.loads((target / "settings.json").read_text("utf-8"))["hooks"]
    assert (target / "acolytes/hooks/session_start.py").samefile(settings["SessionStart"][0]["hooks"][0]["args"][3])


def test_a_projects_state_is_nothing_for_git(scratch_home: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert run("install", "--scope", "project", "--target", str(tmp_path / ".claude")) == 0
    listed = subprocess.run(["git", "add", "-An", "."], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "agents/ops.performance.md" in listed.stdout
    assert "manifest.json" not in listed.stdout


def test_a_colleagues_clone_can_be_installed_into_and_keeps_its_definitions(scratch_home: Path, tmp_path: Path) -> None:
    """The definitions came with the clone: they are the project's, before and after."""
    for name in ("first", "second"):
        subprocess.run(["git", "init", "-q", str(tmp_path / name)], check=True)
    first, second = (str(tmp_path / name / ".claude") for name in ("first", "second"))
    assert run("install", "--scope", "project", "--target", first) == 0
    for part in ("agents", "skills"):
        shutil.copytree(Path(first, part), Path(second, part))
    before = read_tree(tmp_path / "second")
    assert run("install", "--scope", "project", "--target", second) == 0
    assert run("uninstall", "--scope", "project", "--target", second) == 0
    assert read_tree(tmp_path / "second") == before


def test_only_some_agents_and_then_others(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agents = scratch_home / ".claude/agents"
    assert run("install", "--only", "ops.*") == 0
    assert [path.name for path in agents.iterdir()] == ["ops.performance.md"]
    assert run("update") == 0
    assert [path.name for path in agents.iterdir()] == ["ops.performance.md"], "the choice is remembered"
    assert run("install", "--only", "*") == 0
    assert len(list(agents.iterdir())) == 2
    assert run("rollback") == 0
    assert [path.name for path in agents.iterdir()] == ["ops.performance.md"]
    assert (scratch_home / ".claude/skills/quest-worker/SKILL.md").exists(), "what agents share always comes"
    assert run("forward") == 0
    assert len(list(agents.iterdir())) == 2
    assert run("rollback", "3") == 3, "two states only: an update without news is none"
    assert run("rollback", "2") == 0
    assert read_tree(scratch_home) == {}


def test_deleted_definitions_come_back_when_asked(scratch_home: Path) -> None:
    agent = scratch_home / ".claude/agents/ops.performance.md"
    assert run("install") == 0
    agent.unlink()
    assert run("install") == 0
    assert not agent.exists()
    assert run("install", "--restore") == 0
    assert agent.exists()


def test_status_diff_and_list_say_how_things_stand(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent = scratch_home / ".claude/agents/ops.performance.md"
    assert run("install") == 0
    agent.write_text(agent.read_text() + "mine\n")
    (scratch_home / ".claude/agents/coordinator.performance.md").unlink()
    before = read_tree(scratch_home)
    capsys.readouterr()
    assert run("status") == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["changed"], status["deleted"]) == (
        ["agents/ops.performance.md"],
        ["agents/coordinator.performance.md"],
    )
    assert run("diff") == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False
    assert run("list") == 0
    assert json.loads(capsys.readouterr().out)[0]["target"] == str(scratch_home / ".claude")
    assert read_tree(scratch_home) == before


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        ("nosuch=1", 2, "mcp_servers"),
        ("python=/tmp/evil", 2, "mcp_servers"),
        ("mcp_servers=nosuch", 2, "context7"),
        ("mcp_servers", 2, "KEY=VALUE"),
        ("mcp_servers=context7", 3, "npx"),
    ],
)
def test_answers_are_checked(
    data: str, code: int, says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert run("install", "--data", data) == code
    assert says in one_line(capsys)
