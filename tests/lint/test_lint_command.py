"""The command: files, folders, output and exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.files import find_definitions
from support import build_tree

GOOD = "---\nname: good\ndescription: Use when asked.\ntools: Read\n---\n\nBody.\n"
BAD = "---\nname: bad\ndescription: Use when asked.\ntools: Read, LS\n---\n\nBody.\n"
WARNED = "---\nname: warned\ndescription: A noun.\n---\n\nBody.\n"


def lint(*arguments: str | Path) -> int:
    return main(["lint", *map(str, arguments)])


def test_clean_is_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {"good.md": GOOD})
    assert lint(tmp_path / "good.md") == 0
    assert capsys.readouterr() == ("1 file: no findings\n", "")


def test_a_warning_is_0_and_an_error_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {".claude/agents/warned.md": WARNED, ".claude/agents/bad.md": BAD})
    assert lint(tmp_path / ".claude/agents/warned.md") == 0
    assert capsys.readouterr().out.endswith("1 file: 1 warning\n")
    assert lint(tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{tmp_path}/.claude/agents/bad.md:4:14: error ACO201 tool-removed: ")
    assert lines[1].startswith(f"{tmp_path}/.claude/agents/warned.md:3:14: warning ACO114 description-trigger: ")
    assert lines[2:] == ["fixes: 1 with --fix --unsafe tool-removed", "2 files: 1 error, 1 warning"]


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]) -> None:
    build_tree(tmp_path, {".claude/agents/bad.md": BAD, ".claude/agents/good.md": GOOD})
    assert lint(tmp_path, *option) == 1
    report = json.loads(capsys.readouterr().out)
    assert report == {
        "findings": [
            {
                "path": str(tmp_path / ".claude/agents/bad.md"),
                "line": 4,
                "column": 14,
                "rule": "ACO201",
                "name": "tool-removed",
                "severity": "error",
                "message": report["findings"][0]["message"],
                "confidence": "high",
                "fixable": "unsafe",
            }
        ],
        "summary": {
            "files": 2,
            "skipped": {"outside_agents": 0, "skill": 0, "no_frontmatter": 0},
            "files_with_findings": 1,
            "findings": 1,
            "fixable": {"unsafe": 1},
            "suppressed": 0,
            "baseline": {"known": 0, "stale": 0},
            "tokens": {"listed": 11, "bodies": 4},
            "by_severity": {"error": 1, "warning": 0, "info": 0},
            "by_rule": {"ACO201": 1},
        },
    }


def test_only_the_agents_folders_of_a_folder_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(
        tmp_path,
        {
            "README.md": "# x\n",
            "docs/page.md": "# x\n",
            ".claude/agents/team/.hidden.md": GOOD,
            "sub/.claude/agents/a.md": GOOD.replace("good", "a"),
        },
    )
    assert lint(tmp_path) == 0
    out = capsys.readouterr().out
    assert out == "2 files: no findings; 2 Markdown files not checked: 2 outside the agents folders\n"
    # the folder itself is one: all of it counts, but a document in it is no definition
    agents = tmp_path / "sub" / ".claude" / "agents"
    build_tree(agents, {"team/agents/b.md": GOOD, "README.md": "# x\n", "readme.md": BAD})
    assert lint(agents) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "fixes: 1 with --fix --unsafe tool-removed",
        "3 files: 1 error; 1 Markdown file not checked: 1 without frontmatter",
    ]


def test_without_an_agents_folder_only_frontmatter_makes_a_definition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(
        tmp_path,
        {
            "page.md": "# x\n",
            "empty.md": "",
            "team/good.md": GOOD,
            "bom.md": "\ufeff" + GOOD,
            "broken.md": "\n" + GOOD,
            "utf16.md": GOOD.encode("utf-16"),
        },
    )
    assert lint(tmp_path, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["summary"]["files"] == 4
    assert report["summary"]["skipped"] == {"outside_agents": 0, "skill": 0, "no_frontmatter": 2}
    dropped = {Path(found["path"]).name for found in report["findings"] if found["rule"] == "ACO101"}
    assert dropped == {"broken.md", "utf16.md"}
    # named, or in an agents folder, it is meant to be one
    build_tree(tmp_path, {"agents/page.md": "# x\n"})
    for path in ("page.md", "agents/page.md", "agents"):
        assert lint(tmp_path / path, "--ignore", "agents-misplaced") == 1
        assert capsys.readouterr().out.endswith("1 file: 1 error\n")
    assert lint(tmp_path / "team", tmp_path / "page.md", "--ignore", "agents-misplaced") == 1
    assert capsys.readouterr().out.endswith("2 files: 1 error\n")


def test_skills_are_checked_as_skills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(
        tmp_path,
        {
            "skills/one/SKILL.md": WARNED.replace("A noun.", "Use when asked."),
            "skills/one/notes.md": WARNED,
            "skills/one/agents/grader.md": "You grade.\n",
        },
    )
    for path, told in (
        ("skills", "1 file: no findings; 2 Markdown files not checked: 2 of skills\n"),
        ("skills/one", "1 file: no findings; 2 Markdown files not checked: 2 of skills\n"),
        ("skills/one/SKILL.md", "1 file: no findings\n"),
    ):
        assert lint(tmp_path / path, "--ignore", "agents-misplaced") == 0
        assert capsys.readouterr() == (told, "")
    build_tree(tmp_path, {".claude/agents/a.md": GOOD, "README.md": "# x\n"})
    skipped = "Markdown files not checked: 1 outside the agents folders"
    assert lint(tmp_path, "--ignore", "agents-misplaced") == 0
    assert capsys.readouterr().out == f"2 files: no findings; 3 {skipped}, 2 of skills\n"
    # what is named is checked, and counted once
    assert lint(tmp_path, tmp_path / "skills/one/notes.md", "--ignore", "agents-misplaced") == 0
    assert capsys.readouterr().out.endswith(f"3 files: 1 warning; 2 {skipped}, 1 of skills\n")


def test_files_outside_of_any_plugin_are_of_a_folder_only_when_it_is_not_the_whole_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_tree(tmp_path, {"one/agents/good.md": GOOD, "two/agents/other.md": GOOD.replace("good", "other")})
    monkeypatch.chdir(tmp_path)
    assert lint(".") == 0
    assert "does not load these 2 agents from their folders." in capsys.readouterr().out


def test_files_of_other_products_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hidden folder outside of `.claude` belongs to another product, also when it links to the client's files."""
    skill = "---\nname: one\ndescription: Use when asked.\nauthor: me\n---\n\nDo.\n"
    marketplace = json.dumps({"name": "m", "owner": {"name": "o"}, "plugins": []})
    build_tree(
        tmp_path,
        {
            ".codex/skills/two/SKILL.md": skill,
            ".cursor-plugin/marketplace.json": marketplace,
            ".claude-plugin/skills/three/SKILL.md": skill,
            "docs/skills/four/SKILL.md": skill,
            "agents/team/TEMPLATE.md": "---\nname: Agent Name\ndescription: What it does\n---\n\nX.\n",
            "plugins/p/.claude-plugin/plugin.json": '{"name": "p"}',
            "plugins/p/skills/docs/SKILL.md": skill,
        },
    )
    (tmp_path / ".codex/skills/linked").symlink_to("../../plugins/p/skills/docs")
    assert lint(tmp_path, "--json") == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(finding["path"], finding["rule"]) for finding in found] == [
        (str(tmp_path / "plugins/p/skills/docs/SKILL.md"), "ACO110")
    ]
    # when there is nothing else, they are what was meant
    assert lint(tmp_path / "docs", "--json") == 0
    assert lint(tmp_path / ".codex", "--json") == 0
    assert json.loads(capsys.readouterr().out.split("\n{")[0])["summary"]["files"] == 1


@pytest.mark.parametrize(
    "deep", [".claude/skills/db/migrate", ".claude/skills/docs/api", "examples/p/skills/db/migrate"]
)
def test_a_skill_one_folder_too_deep_is_reported_whatever_lies_beside_it(
    deep: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skill = "---\nname: one\ndescription: Use when asked.\n---\n\nDo.\n"
    deep_file = f"{deep}/SKILL.md"
    build_tree(
        tmp_path, {deep_file: skill, "examples/p/.claude-plugin/plugin.json": '{"name": "p", "version": "1.0.0"}'}
    )
    # another product's own folder in it, and the files of a skill, are left alone
    others = {".claude/skills/.system/two/SKILL.md": skill, ".claude/skills/other/examples/SKILL.md": skill}
    for files in ({}, {".claude/skills/other/SKILL.md": skill, ".claude/agents/a.md": GOOD, **others}):
        build_tree(tmp_path, files)
        assert lint(tmp_path, "--json") == 1
        (found,) = json.loads(capsys.readouterr().out)["findings"]
        assert (found["path"], found["rule"]) == (str(tmp_path / deep_file), "ACO005")


def test_a_skill_beside_the_manifest_of_a_plugin_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skill = "---\nname: one\ndescription: Use when asked.\n---\n\nDo.\n"
    build_tree(
        tmp_path,
        {".claude-plugin/plugin.json": '{"name": "p"}', ".claude-plugin/skills/one/SKILL.md": skill},
    )
    assert lint(tmp_path, "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["path"], found["rule"]) == (str(tmp_path / ".claude-plugin/skills/one/SKILL.md"), "ACO005")


def test_json_that_is_not_the_clients_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {"package.json": "{}"})
    assert lint(tmp_path / "package.json") == 2
    assert "package.json is not a JSON file of the client; name settings" in capsys.readouterr().err


def test_help_says_what_a_folder_stands_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--help") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "the Markdown files in `agents` folders, skills, settings, hooks and manifests" in said


def test_links_are_followed_and_loops_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {".claude/agents/a.md": GOOD, "elsewhere/b.md": BAD})
    agents = tmp_path / ".claude" / "agents"
    (agents / "loop").symlink_to(agents)
    (agents / "more").symlink_to(tmp_path / "elsewhere")
    (agents / "same.md").symlink_to("a.md")
    (agents / "self.md").symlink_to("self.md")
    assert lint(agents, agents / "a.md") == 1
    out = capsys.readouterr().out
    assert "self.md:1:1: error ACO001" in out
    assert out.endswith("fixes: 1 with --fix --unsafe tool-removed\n3 files: 2 errors\n")


def test_what_is_no_file_is_one_line_and_never_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {"agents/folder.md/inside.md": GOOD})
    os.mkfifo(tmp_path / "agents" / "pipe.md")
    assert lint(tmp_path) == 1
    assert "pipe.md:1:1: error ACO001 file-unloadable: The client cannot load" in capsys.readouterr().out
    assert lint(tmp_path / "agents" / "pipe.md") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {"agents/a.md": GOOD, "agents/closed/b.md": GOOD})
    (tmp_path / "agents" / "a.md").chmod(0)
    (tmp_path / "agents" / "closed").chmod(0)
    try:
        assert lint(tmp_path) == 1
        assert capsys.readouterr().out.count("Permission denied") == 2
    finally:
        (tmp_path / "agents" / "closed").chmod(0o700)


@pytest.mark.parametrize("arguments", [[], ["missing.md"], ["empty"], ["--format", "xml", "."], ["nul\0.md"]])
def test_a_wrong_call_is_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert lint(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("acolytes: ")
    assert err.count("\n") == 1


def test_terminal_escapes_are_neutralised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD.replace("tools: Read", 'tools: "Read, \\e[2Jx\\u202e, \\nagent.md:1:1:"')
    name = "a\x1b[31m\n.md"
    build_tree(tmp_path, {name: text})
    assert lint(tmp_path / name) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b[2Jx\\u202e" in out
    assert all(line.startswith(f"{tmp_path}/a\\x1b[31m\\n.md:") for line in out.splitlines()[:-1])
    assert lint(tmp_path / name, "--json") == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["path"] for finding in found} == {str(tmp_path / name)}
    assert not any("\x1b" in finding["message"] for finding in found)


def test_a_path_that_is_not_utf8_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.md"
    Path(os.fsdecode(path)).write_text(BAD)
    assert lint(tmp_path) == 1
    assert "caf\\udce9.md:4:14" in capsys.readouterr().out
    assert lint(tmp_path, "--json") == 1
    assert os.fsencode(json.loads(capsys.readouterr().out)["findings"][0]["path"]) == path


def test_what_our_installation_keeps_for_itself_is_not_judged(tmp_path: Path) -> None:
    bad = "---\nname: x\n---\n"
    build_tree(tmp_path, {".claude/agents/good.md": GOOD, ".claude/acolytes/baseline/agents/x.md": bad})
    assert find_definitions(tmp_path) == [tmp_path / ".claude/agents/good.md"]


OTHERS = {
    "docs/agents/page.md": "# Agents\n\nThey work.\n",
    "docs/guide.md": "---\ntitle: Guide\ndescription: How to.\nname: guide\n---\n",
    "_posts/2026-01-01-hello.md": "---\nlayout: post\ntitle: Hello\n---\n",
    ".github/ISSUE_TEMPLATE/bug.md": "---\nname: Bug\nabout: Report a bug\nlabels: bug\n---\n",
    ".github/agents/helper.agent.md": "---\nname: helper\ndescription: Copilot's\ntools: ['search']\n---\n",
    "templates/agents/agent.md": "---\nname: NAME\ndescription: DESCRIPTION\ntools: TOOLS\n---\n",
    "skills/s/agents/openai.md": "---\nname: x\n---\n",
    "skills/s/CLAUDE.md": "@nowhere.md\n",
    "package.json": '{"name": "x"}',
    "config/settings.json": "[]",
}


def test_files_that_are_not_the_clients_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skill = "---\nname: s\ndescription: Use when asked.\n---\n\nDo it.\n"
    build_tree(tmp_path, {**OTHERS, ".claude/agents/good.md": GOOD, "skills/s/SKILL.md": skill})
    assert lint(tmp_path, "--ignore", "agents-misplaced") == 0
    assert capsys.readouterr().out.startswith("2 files: no findings; ")


def test_as_says_what_a_named_file_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {"x.md": "---\nallowed-tools: Read\nname: x\n---\n\nDo it.\n", "x.json": "[]"})
    assert lint(tmp_path / "x.md") == 1
    assert "description-missing" in capsys.readouterr().out
    assert lint(tmp_path / "x.md", "--as", "memory") == 0
    assert lint(tmp_path / "x.json", "--as", "settings") == 1
    capsys.readouterr()
    assert lint(tmp_path, "--as", "agent") == 2
    assert "name files, no folders" in capsys.readouterr().err
