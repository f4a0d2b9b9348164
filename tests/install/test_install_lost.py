"""An installation whose manifest is gone: nothing is removed by halves, and the command that is named mends it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from support import read_tree


@pytest.mark.parametrize("lost", ["acolytes/manifest.json", "acolytes"])
def test_uninstall_is_refused_until_the_files_are_listed_again(
    lost: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = scratch_home / ".claude"
    assert main(["install", "--yes"]) == 0
    path = target / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = set(read_tree(target / "agents"))
    capsys.readouterr()
    for option in ("--yes", "--dry-run", "--purge"):
        assert main(["uninstall", "--yes", option]) == 3
        assert capsys.readouterr().err == (
            f"acolytes: nothing was removed: {target / 'acolytes/manifest.json'} is gone, which lists the files of "
            "acolytes that are still there; run `acolytes install && acolytes uninstall`\n"
        )
    assert set(read_tree(target / "agents")) == before
    assert main(["install", "--yes"]) == 0
    capsys.readouterr()
    assert main(["rollback", "--yes"]) == 3, "files would stay, and nobody would list them"
    reason = "run `acolytes uninstall`\n" if lost == "acolytes" else "there is no earlier state\n"
    assert capsys.readouterr().err.endswith(reason)
    assert main(["uninstall", "--yes"]) == 0
    assert [path for path in read_tree(target) if path != "settings.json"] == []


@pytest.mark.parametrize("call", ["status", "list", "rollback --yes", "forward --yes", "uninstall --yes", "doctor"])
def test_the_states_stay_until_the_manifest_is_back_or_a_new_line_begins(
    call: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = scratch_home / ".claude/acolytes"
    for words in ("install --yes", "update --yes --data hooks=false", "update --yes --data hooks=true"):
        assert main(words.split()) == 0
    assert main(["rollback", "--yes"]) == 0
    kept = read_tree(state)
    (state / "manifest.json").rename(scratch_home / "moved")
    capsys.readouterr()
    code = main(call.split())
    if call.partition(" ")[0] in ("status", "rollback", "forward"):
        assert code == 3
        assert capsys.readouterr().err == (
            f"acolytes: {state}/manifest.json is gone, which lists the files of acolytes that are still there: put it "
            "back from a backup; or run `acolytes install`, which begins a new line of states\n"
        )
    (scratch_home / "moved").rename(state / "manifest.json")
    assert read_tree(state) == kept
    assert main(["forward", "--yes"]) == 0
    assert main(["rollback", "3", "--yes"]) == 0
    assert [path for path in read_tree(state.parent) if path != "settings.json"] == []


def test_an_installation_after_a_loss_begins_a_new_line_of_states(
    scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = scratch_home / ".claude/acolytes"
    for words in ("install --yes", "update --yes --data hooks=false", "update --yes --data hooks=true"):
        assert main(words.split()) == 0
    (state / "manifest.json").unlink()
    for words in ("install --yes", "status"):
        assert main(words.split()) == 0
    assert "acolytes rollback can go back 0 states" in capsys.readouterr().out
    assert main(["update", "--yes", "--data", "hooks=false"]) == 0
    assert main(["rollback", "--yes"]) == 0
    assert main(["rollback", "--yes"]) == 3
    assert main(["uninstall", "--yes"]) == 0
    assert [path for path in read_tree(state.parent) if path != "settings.json"] == []


def test_a_manifest_that_is_damaged_can_be_made_again(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = scratch_home / ".claude"
    assert main(["install", "--yes"]) == 0
    manifest = target / "acolytes/manifest.json"
    manifest.write_text("{")
    capsys.readouterr()
    assert main(["uninstall", "--yes"]) == 3
    assert capsys.readouterr().err.endswith("restore it from a backup, or move it away and run `acolytes install`\n")
    manifest.rename(scratch_home / "moved")
    assert main(["install", "--yes"]) == 0
    assert main(["uninstall", "--yes"]) == 0
    assert [path for path in read_tree(target) if path != "settings.json"] == []


def test_what_uninstall_kept_is_no_lost_installation(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = scratch_home / ".claude"
    assert main(["install", "--yes"]) == 0
    for path in ("agents/ops.performance.md", "scripts/acolytes_quest/__init__.py"):
        with (target / path).open("a") as file:
            file.write("# mine\n")
    assert main(["uninstall", "--yes"]) == 0
    capsys.readouterr()
    assert main(["uninstall", "--yes"]) == 2
    assert "is not installed in" in capsys.readouterr().err


def test_an_agent_that_uninstall_kept_is_named_as_such_then_and_at_the_next_installation(
    scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = scratch_home / ".claude/agents/ops.performance.md"
    assert main(["install", "--yes"]) == 0
    agent.write_text(agent.read_text() + "Mine.\n")
    capsys.readouterr()
    assert main(["uninstall", "--yes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  kept, because you changed it: agents/ops.performance.md" in lines
    assert "  Claude Code still uses the kept agents and skills. Move them away before you install again." in lines
    assert main(["install", "--yes"]) == 2
    assert f"you changed them and an uninstall kept them; move them away and run this again: {agent}" in (
        capsys.readouterr().err
    )
