"""`--templates DIR`: somebody's own agents instead of ours; findings are told, and nothing else is let in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from support import build_tree, read_tree

GOOD = "---\nname: good\ndescription: Use when good.\n---\nbody\n"
BAD = "---\nname: bad\ndescription: Use when bad.\ntools: Read, Raed\n---\nbody\n"
COPIER = '_envops: {variable_start_string: "<@", variable_end_string: "@>"}\n'


@pytest.fixture
def template(tmp_path: Path) -> Path:
    build_tree(
        tmp_path / "template",
        {"copier.yml": COPIER, "agents/good.md": GOOD, "agents/bad.md.jinja": BAD.replace("body", "<@ scope @>")},
    )
    return tmp_path / "template"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def actions(shown: Any) -> dict[str, str]:
    return {file["path"]: file["action"] for file in shown["files"] if file["path"].startswith(("agents", "skills"))}


def test_findings_are_told_and_stop_nothing(
    template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = run(capsys, "install", "--templates", str(template))
    assert actions(shown) == {"agents/bad.md": "add", "agents/good.md": "add"}
    assert len(shown["findings"]) == 1
    assert shown["findings"][0].startswith("agents/bad.md:4:")
    assert (scratch_home / ".claude/agents/bad.md").read_text().endswith("\nuser\n")


def test_the_folder_is_remembered_until_an_empty_one_is_given(
    template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "install", "--templates", str(template))
    build_tree(template, {"agents/good.md": GOOD + "more\n", "agents/third.md": GOOD.replace("good", "third")})
    shown = run(capsys, "update")
    assert actions(shown) == {"agents/bad.md": "unchanged", "agents/good.md": "update", "agents/third.md": "add"}
    shown = run(capsys, "update", "--templates", "")
    assert actions(shown)["agents/good.md"] == "remove"
    assert actions(shown)["agents/ops.performance.md"] == "add"
    assert not (scratch_home / ".claude/agents/third.md").exists()


def test_a_repository_is_taken_as_it_lies_there(
    template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = ("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.rst", ".gitignore", ".github/workflows/ci.yml")
    build_tree(template, {".git/HEAD": "ref: refs/heads/main\n", **dict.fromkeys(beside, "ours <@ \n")})
    build_tree(template, {"skills/one/README.md": "of the skill\n", "skills/one/SKILL.md": "---\nname: one\n---\nx\n"})
    shown = run(capsys, "install", "--templates", str(template))
    skill = {"skills/one/README.md": "add", "skills/one/SKILL.md": "add"}
    assert actions(shown) == {"agents/bad.md": "add", "agents/good.md": "add", **skill}
    assert main(["uninstall", "--dry-run"]) == 0
    assert "  would remove 1 skill\n" in capsys.readouterr().out


def test_what_the_template_itself_excludes_is_left_out_too(
    template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(template, {"README.md": "x", "docs/use.md": "x", "skills/one/SKILL.md": GOOD, "skills/one/more.md": "x"})
    assert main(["install", "--templates", str(template)]) == 2
    assert "renders docs/use.md" in (said := capsys.readouterr().err)
    assert said.endswith("can be installed: name it in `_exclude` of copier.yml there\n")
    (template / "copier.yml").write_text(f"{COPIER}_exclude: [docs]\n")
    assert main(["install", "--templates", str(template), "--yes"]) == 0
    assert "  add          1 skill\n" in capsys.readouterr().out


def test_status_says_that_the_folder_is_gone(
    template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "install", "--templates", str(template))
    assert run(capsys, "status")["templates_missing"] is None
    template.rename(template.with_name("moved"))
    assert run(capsys, "status")["templates_missing"] == str(template)
    assert main(["status"]) == 0
    assert f"  templates  {template} is gone: an update needs --templates DIR\n" in capsys.readouterr().out
    main(["doctor", "--json"])
    found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["check"] == "templates"]
    assert [(one["severity"], one["path"], one["commands"]) for one in found] == [("warning", str(template), [])]
    assert found[0]["message"] == "the folder of your own templates is gone, and an update is refused without it"
    assert (
        "name another one with `acolytes update --templates DIR`, or use ours with `acolytes update --templates"
        in (found[0]["fix"])
    )
    assert main(["update", "--templates", "", "--yes"]) == 0
    capsys.readouterr()
    main(["doctor", "--json"])
    assert "templates" not in {one["check"] for one in json.loads(capsys.readouterr().out)["findings"]}


@pytest.mark.parametrize("name", ["settings.json", "acolytes/manifest.json", "CLAUDE.md"])
def test_what_is_no_definition_is_refused(
    name: str, template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(template, {name: "{}"})
    before = read_tree(scratch_home)
    assert main(["install", "--templates", str(template)]) == 2
    error = capsys.readouterr().err
    assert name in error
    assert error.count("\n") == 1
    assert read_tree(scratch_home) == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # copier leaves scans of folders open
@pytest.mark.parametrize("what", ["folder", "tasks", "syntax"])
def test_a_template_that_cannot_be_used_is_one_line(
    what: str, template: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if what == "tasks":
        build_tree(template, {"copier.yml": "_tasks: [touch /tmp/never]\n"})
    elif what == "syntax":
        build_tree(template, {"agents/x.md.jinja": "<@ open"})
    else:
        template = template / "nowhere"
    assert main(["install", "--templates", str(template)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (scratch_home / ".claude").exists()
