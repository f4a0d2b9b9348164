"""The caches: the same answers as without them, whatever state they are in."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.cache import answers
from acolytes_cc.lint.cache import store as cache
from acolytes_cc.lint.cache.client_version import version_on_path
from acolytes_cc.lint.engine import run
from acolytes_cc.lint.engine.check_file import judge
from acolytes_cc.lint.engine.verdict import Verdict
from support import build_tree, read_tree

BAD = "---\nname: bad\ndescription: Use when asked.\ntools: Read, LS\n---\n\nSee ~/claude/x.\n"
HEAVY = ("click", "copier", "jinja2", "markdown_it", "pydantic", "ruamel", "sqlite3")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    names = ("one", "two", "three")
    build_tree(root, {f".claude/agents/{name}.md": BAD.replace("bad", name) for name in names})
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def folder(scratch_home: Path) -> Path:
    return scratch_home / ".cache" / "acolytes" / "lint"


def out(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["lint", *arguments])
    return code, capsys.readouterr().out


def verdicts(folder: Path) -> Path:
    return folder / "verdicts.sqlite"


def test_a_second_run_judges_nothing_and_says_the_same(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = out(capsys, ".", "--json")
    with monkeypatch.context() as patched:
        patched.setattr(run, "judge", None)
        assert out(capsys, ".", "--json") == first
    assert out(capsys, ".", "--json", "--no-cache") == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    # one file is new: only that one is judged
    (project / ".claude/agents/two.md").write_text(BAD.replace("bad", "two").replace(", LS", ""))
    judged: list[str] = []

    def noting(subject: Subject, facts: Registry, codes: frozenset[str]) -> Verdict:
        judged.append(subject.path)
        return judge(subject, facts, codes)

    monkeypatch.setattr(run, "judge", noting)
    assert len(json.loads(out(capsys, ".", "--json")[1])["findings"]) == len(json.loads(first[1])["findings"]) - 1
    assert judged == [".claude/agents/two.md"]


@pytest.mark.parametrize(
    "option", [["--select", "ACO2"], ["--pedantic"], ["--client-version", "2.1.197"], ["--ignore", "ACO201"]]
)
def test_settings_are_part_of_the_key(project: Path, capsys: pytest.CaptureFixture[str], option: list[str]) -> None:
    out(capsys, ".")
    assert out(capsys, ".", *option) == out(capsys, ".", *option, "--no-cache")


def test_a_path_means_another_file_elsewhere(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out(capsys, ".")
    build_tree(tmp_path / "other", {".claude/agents/one.md": BAD, ".claude-plugin/plugin.json": '{"name": "x"}'})
    monkeypatch.chdir(tmp_path / "other")
    assert out(capsys, ".") == out(capsys, ".", "--no-cache")


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_cache_is_none(project: Path, folder: Path, capsys: pytest.CaptureFixture[str], damage: bytes) -> None:
    expected = out(capsys, ".")
    verdicts(folder).write_bytes(damage)
    for _ in range(3):
        assert out(capsys, ".") == expected
    assert main(["lint", "."]) == expected[0]


def test_a_broken_verdict_is_none(project: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    expected = out(capsys, ".")
    for damage in (b"", b"{}", b"[1]", b"\xff", b"[[], [], []]", b"[[[1]], [], []]"):
        with sqlite3.connect(verdicts(folder)) as database:
            database.execute("UPDATE verdict SET data = ?", (damage,))
        database.close()
        assert out(capsys, ".") == expected


def test_a_cache_that_cannot_be_used_is_none(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = out(capsys, ".", "--no-cache")
    (tmp_path / "file").write_text("")
    for place in (str(tmp_path / "file"), "/proc/nowhere", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        assert out(capsys, ".") == expected
        assert out(capsys, ".claude/agents/one.md")[0] == 1


def test_no_cache_writes_nothing(project: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out(capsys, ".", "--no-cache")
    out(capsys, ".claude/agents/one.md", "--no-cache")
    assert read_tree(scratch_home) == {}


def test_the_cache_is_bounded(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    monkeypatch.setattr(cache, "_MOST_ENTRIES", 4)
    monkeypatch.setattr(answers, "_MOST", 4)
    for number in range(9):
        (project / ".claude/agents/one.md").write_text(f"{BAD}\n{number}\n")
        out(capsys, ".")
        out(capsys, ".claude/agents/one.md")
    with sqlite3.connect(verdicts(folder)) as database:
        assert next(database.execute("SELECT count(*) FROM verdict"))[0] <= 4
    database.close()
    assert len(list((folder / "answers").iterdir())) <= 4


def test_an_answer_is_remembered_and_forgotten_with_what_it_depends_on(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ".claude/agents/one.md"
    first = out(capsys, file)
    (answer,) = (folder / "answers").iterdir()
    answer.write_bytes(b"7\nremembered\n")
    assert out(capsys, file) == (7, "remembered\n")
    assert out(capsys, file, "--no-cache") == first
    assert out(capsys, file, "--json")[0] == 1
    for path, text in ((".acolytes.toml", '[lint]\nignore = ["ACO201"]\n'), (file, BAD), ("pyproject.toml", "\n")):
        (project / path).write_text(text)
        assert out(capsys, file) == out(capsys, file, "--no-cache") != (7, "remembered\n")
    build_tree(project, {".claude/.claude-plugin/plugin.json": '{"name": "x"}'})
    assert out(capsys, file) == out(capsys, file, "--no-cache")
    for damage in (b"", b"x", b"x\ny"):
        for one in (folder / "answers").iterdir():
            one.write_bytes(damage)
        assert out(capsys, file) == out(capsys, file, "--no-cache")


def test_the_answer_for_a_folder_is_remembered_until_something_in_it_changes(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agents = project / ".claude/agents"
    out(capsys, ".")
    assert not (folder / "answers").exists(), "a file that is this young may change again and look the same"
    monkeypatch.setattr(answers, "_YOUNG_NANOSECONDS", 0)
    changes: list[Callable[[], object]] = [
        lambda: (agents / "one.md").write_text(BAD.replace("bad", "one").replace("LS", "LSX")),
        lambda: (agents / "new.md").write_text(BAD.replace("bad", "new")),
        lambda: (agents / "new.md").rename(agents / "newer.md"),
        (agents / "newer.md").unlink,
        lambda: build_tree(agents, {"deep/er/x.md": BAD}),
        lambda: (agents / "link.md").symlink_to("one.md"),
        lambda: (agents / "more").symlink_to(project / ".claude"),
        lambda: build_tree(project, {".claude/.claude-plugin/plugin.json": "{}"}),
        lambda: build_tree(project.parent, {".claude-plugin/plugin.json": "{}"}),
    ]
    for change in changes:
        for answer in (folder / "answers").glob("*"):
            answer.unlink()
        out(capsys, ".")
        (answer,) = (folder / "answers").iterdir()
        answer.write_bytes(b"7\nremembered\n")
        assert out(capsys, ".") == (7, "remembered\n")
        change()
        assert out(capsys, ".") == out(capsys, ".", "--no-cache") != (7, "remembered\n")
    (agents / "broken.md").symlink_to("nowhere")
    assert out(capsys, ".") == out(capsys, ".") == out(capsys, ".", "--no-cache")


def test_what_changes_something_is_never_remembered(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ".claude/agents/one.md"
    main(["lint", file, "--write-baseline", "known.json"])
    for options in (
        ["--diff"],
        ["--output", "x.txt"],
        ["--baseline", "known.json"],
        ["--fix"],
        ["--baseline=known.json"],
    ):
        out(capsys, file, *options)
    assert not (folder / "answers").exists()
    # what stands on disk beside it decides, too
    (project / file).write_text(BAD.replace("tools:", "skills: [missing]\ntools:"))
    out(capsys, file)
    assert not (folder / "answers").exists()


def modules(*arguments: str) -> set[str]:
    """The top-level modules that a call imports."""
    code = (
        "import sys; from acolytes_cc.cli import main; main(sys.argv[1:]);"
        "sys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, "lint", *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_a_cached_run_imports_nothing_heavy(project: Path) -> None:
    # a folder as young as this one has its verdicts from the cache, and not the whole answer
    for arguments, allowed in ((["."], {"click", "sqlite3"}), ([".claude/agents/one.md"], set())):
        modules(*arguments)
        assert modules(*arguments) & set(HEAVY) <= allowed


def test_many_files_are_judged_by_several_processes_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"agent-{number}" for number in range(150)]
    build_tree(tmp_path, {f".claude/agents/{name}.md": BAD.replace("bad", name) for name in names})
    monkeypatch.setattr(run, "_cores", lambda: 3)
    several = out(capsys, str(tmp_path), "--no-cache")
    monkeypatch.setattr(run, "_cores", lambda: 1)
    assert several == out(capsys, str(tmp_path), "--no-cache")
    assert out(capsys, str(tmp_path)) == out(capsys, str(tmp_path)) == several
    monkeypatch.setattr(run, "_cores", lambda: 3)
    # some are known, before and after the work is spread
    for name in names[20:110]:
        (tmp_path / ".claude/agents" / f"{name}.md").write_text("---\nname: changed\n---\nBody.\n")
    assert out(capsys, str(tmp_path)) == out(capsys, str(tmp_path), "--no-cache") != several


def test_the_client_on_path_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def client(version: str) -> None:
        program = tmp_path / "bin" / "claude"
        build_tree(tmp_path, {"bin/claude": f"#!/bin/sh\necho x >> {tmp_path}/asked\necho '{version} (Claude Code)'\n"})
        program.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    client("2.1.197")
    assert [version_on_path(tmp_path / "notes") for _ in range(3)] == ["2.1.197"] * 3
    assert (tmp_path / "asked").read_text() == "x\n"
    assert version_on_path(None) == "2.1.197"
    client("2.1.3300")
    assert version_on_path(tmp_path / "notes") == "2.1.3300"
    client("broken")
    assert version_on_path(tmp_path / "notes") is None
    (tmp_path / "notes" / "client-version").write_bytes(b"\xff")
    assert version_on_path(tmp_path / "notes") is None
