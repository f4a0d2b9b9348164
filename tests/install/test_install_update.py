"""An update meets a user's edits: what both sides want arrives, and what cannot be decided stays the user's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from acolytes_cc.install.disk.manifest import read_manifest
from acolytes_cc.install.disk.places import Places
from acolytes_cc.install.planning.files import InstallPlan, make_plan
from acolytes_cc.install.planning.render import RenderedFile
from acolytes_cc.install.removal.apply import remove
from acolytes_cc.install.updating.apply import apply
from acolytes_cc.install.updating.diff import diff_lines
from support import build_tree, read_tree

OLD = """---
name: one
description: Use when asked
tools: Read, Bash
---

first line

middle line

last line
"""


def install(places: Places, *texts: str) -> InstallPlan:
    names = ("agents/one.md", "agents/two.md")
    files = [RenderedFile(name, text.encode()) for name, text in zip(names, texts, strict=False)]
    old = read_manifest(places)
    plan = make_plan(places, files, [], old)
    apply(plan, {}, old)
    return plan


def actions(plan: InstallPlan) -> dict[str, str]:
    return {file.path: file.action for file in plan.files}


@pytest.mark.parametrize("change", ["removed", "changed"])
def test_an_entry_that_the_user_took_out_stays_out_and_the_doctor_knows_it(
    change: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def entries() -> tuple[list[dict[str, Any]], list[str]]:
        capsys.readouterr()
        main(["doctor", "--json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
        commands = [line for one in findings for line in one["commands"] if "--restore" in line]
        return [one for one in findings if one["check"] == "entries"], commands

    settings = scratch_home / ".claude/settings.json"
    assert main(["install", "--yes"]) == 0
    data = json.loads(settings.read_text())
    data["hooks"].pop("Stop")
    data["hooks"]["SubagentStart"][0]["hooks"][0]["timeout"] = 77
    if change == "removed":
        data["hooks"].pop("SubagentStart")
    settings.write_text(json.dumps(data))
    found, commands = entries()
    assert [one["severity"] for one in found] == ["error", "error"]
    assert found[0]["fix"].endswith("; to leave them out, run `acolytes update`")
    assert len(commands) == 2
    capsys.readouterr()
    assert main(["update", "--yes"]) == 0
    left = "Hooks in your settings that you removed or changed stay so: SubagentStart, Stop. To add ours: "
    assert f"{left}acolytes update --restore\n" in capsys.readouterr().out
    # also when the user edits the file again
    settings.write_text(json.dumps(data | {"model": "opus"}))
    found, commands = entries()
    assert [one["severity"] for one in found] == ["info", "info"]
    assert found[0]["message"] == "our SubagentStart hook was removed or changed, and an update leaves it so"
    assert found[0]["fix"] == "nothing to do if you did that; else `acolytes install --restore`"
    # what is broken besides has no command that would add them
    broken = json.loads(settings.read_text())
    broken["hooks"].pop("SessionEnd")
    settings.write_text(json.dumps(broken))
    found, commands = entries()
    assert (sorted(one["severity"] for one in found), commands) == (["error", "info", "info"], [])
    assert main(["update", "--yes", "--restore"]) == 0
    assert entries() == ([], [])


def test_both_sides_arrive_and_the_next_update_changes_nothing(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    agent = places.target / "agents/one.md"
    agent.write_text(OLD.replace("first line", "my first line").replace("tools:", "model: opus # mine\ntools:"))
    new = OLD.replace("last line", "new last line").replace("Use when asked", "Use when wanted")
    assert actions(install(places, new)) == {"agents/one.md": "merge"}
    merged = agent.read_text()
    assert merged == new.replace("first line", "my first line").replace("tools:", "model: opus # mine\ntools:")
    before = read_tree(tmp_path)
    assert actions(install(places, new)) == {"agents/one.md": "keep-user"}
    assert read_tree(tmp_path) == before


def test_in_a_conflict_only_the_part_that_clashes_is_the_users(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    agent = places.target / "agents/one.md"
    agent.write_text(OLD.replace("middle line", "my middle line"))
    new = OLD.replace("middle line", "new middle line").replace("last line", "new last line")
    plan = install(places, new)
    assert actions(plan) == {"agents/one.md": "conflict"}
    assert plan.files[0].reason == "you and the new version changed the same lines (9)"
    left = OLD.replace("middle line", "my middle line").replace("last line", "new last line")
    assert agent.read_text() == left
    # a third version arrives all the same, and asks nothing again
    third = new.replace("first line", "third first line")
    plan = install(places, third)
    assert actions(plan) == {"agents/one.md": "merge"}
    assert plan.files[0].reason == "in conflict since an earlier update: 9"
    assert agent.read_text() == left.replace("first line", "third first line")
    before = read_tree(tmp_path)
    assert actions(install(places, third)) == {"agents/one.md": "keep-user"}
    assert read_tree(tmp_path) == before
    # once the user has taken ours in, it is settled
    agent.write_text(third)
    assert actions(install(places, third)) == {"agents/one.md": "unchanged"}
    assert not (places.state / "conflicts/agents/one.md").exists()
    manifest = read_manifest(places)
    assert manifest
    assert manifest.clashes == {}


def test_a_diff_in_a_conflict_shows_only_what_would_be_written(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    build_tree(places.target, {"agents/one.md": OLD.replace("middle line", "my middle line") + "mine\n"})
    new = OLD.replace("middle line", "new middle line")
    for rendered, expected in ((new, []), (new.replace("first", "1st"), ["-first line", "+1st line"])):
        plan = make_plan(places, [RenderedFile("agents/one.md", rendered.encode())], [], read_manifest(places))
        assert actions(plan) == {"agents/one.md": "conflict"}
        assert [line for line in diff_lines(plan) if line[0] in "+-" and line[:3] not in ("+++", "---")] == expected


def test_what_the_new_version_drops_goes_unless_the_user_changed_it(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    two = OLD.replace("one", "two")
    install(places, OLD, two)
    assert actions(install(places, OLD)) == {"agents/one.md": "unchanged", "agents/two.md": "remove"}
    assert not (places.target / "agents/two.md").exists()
    install(places, OLD, two)
    build_tree(places.target, {"agents/two.md": two + "mine"})
    assert actions(install(places, OLD))["agents/two.md"] == "keep-user"
    manifest = read_manifest(places)
    assert manifest
    assert remove(places, manifest) == ["agents/two.md"]
    assert sorted(read_tree(tmp_path)) == [".claude", ".claude/agents", ".claude/agents/two.md"]


def test_a_plan_is_shown_as_a_diff(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    new = OLD.replace("last line", "new last line")
    plan = make_plan(places, [RenderedFile("agents/one.md", new.encode())], [], read_manifest(places))
    lines = list(diff_lines(plan))
    assert "-last line" in lines
    assert "+new last line" in lines
    assert "--- a/agents/one.md" in lines


def test_a_script_that_the_user_edited_is_not_merged(tmp_path: Path) -> None:
    """The scripts of one version belong together. A definition without its record has conflicts in its place."""
    places = Places("user", tmp_path / ".claude")
    script = "acolytes/hooks/start.py"
    for number, expected in enumerate(({script: "add", "agents/one.md": "add"}, {script: "keep-user"})):
        text = OLD.replace("last line", f"last line {number}")
        files = [RenderedFile(script, b"first = %d\nlast = 1\n" % number), RenderedFile("agents/one.md", text.encode())]
        old = read_manifest(places)
        plan = make_plan(places, files, [], old)
        assert actions(plan) == {"agents/one.md": "conflict", **expected}
        apply(plan, {}, old)
        build_tree(places.target, {script: "first = 0\nlast = 2\n", "agents/one.md": OLD})
        (places.state / "baseline/agents/one.md").unlink()
    assert (places.target / script).read_text() == "first = 0\nlast = 2\n"
