"""The cache: the same output as without it, whatever its state."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.subject import Subject, load_subject
from acolytes_cc.lint.cache import keys, run_outputs, store
from acolytes_cc.lint.cache.client_version import version_on_path
from acolytes_cc.lint.cache.store import Cache
from acolytes_cc.lint.engine import file_results
from acolytes_cc.lint.engine.check_file import check_file
from acolytes_cc.lint.finding import FileResult
from acolytes_cc.lint.report import formats
from support import build_tree, read_tree

BAD = "---\nname: bad\ndescription: Use when asked.\ntools: Read, LS\n---\n\nSee ~/claude/x.\n"
FAKE = (7, "kept\n")
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


def cache_file(folder: Path) -> Path:
    return folder / "cache.sqlite"


def entries(folder: Path) -> dict[bytes, bytes]:
    if not cache_file(folder).exists():
        return {}
    with contextlib.closing(sqlite3.connect(cache_file(folder))) as database:
        return dict(database.execute("SELECT key, value FROM entry WHERE part = 0"))


def outputs(folder: Path) -> list[bytes]:
    """The keys of the entries that hold the output of a run; those of files hold JSON."""
    return [key for key, value in entries(folder).items() if not value.startswith(b"[")]


def change_outputs(folder: Path, values: Mapping[bytes, bytes]) -> None:
    with contextlib.closing(sqlite3.connect(cache_file(folder))) as database, database:
        database.executemany(
            "UPDATE entry SET value = ? WHERE key = ? AND part = 0", [(value, key) for key, value in values.items()]
        )


def fake_outputs(folder: Path) -> None:
    """Make all kept outputs print FAKE."""
    kept = entries(folder)
    values = {}
    for key in outputs(folder):
        values[key] = b"7" + kept[key][1:]
    assert values
    change_outputs(folder, values)
    with contextlib.closing(sqlite3.connect(cache_file(folder))) as database, database:
        database.execute("UPDATE entry SET value = ? WHERE part = 1", (FAKE[1].encode(),))


def test_a_second_run_judges_nothing_and_says_the_same(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = out(capsys, ".", "--json")
    with monkeypatch.context() as patched:
        patched.setattr(file_results, "check_file", None)
        assert out(capsys, ".", "--json") == first
    assert out(capsys, ".", "--json", "--no-cache") == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    # one file is new: only that one is judged
    (project / ".claude/agents/two.md").write_text(BAD.replace("bad", "two").replace(", LS", ""))
    judged: list[str] = []

    def noting(subject: Subject, facts: Registry, codes: frozenset[str]) -> FileResult:
        judged.append(subject.path)
        return check_file(subject, facts, codes)

    monkeypatch.setattr(file_results, "check_file", noting)
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
def test_a_broken_cache_is_replaced(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], damage: bytes
) -> None:
    expected = out(capsys, ".")
    cache_file(folder).write_bytes(damage)
    for _ in range(3):
        assert out(capsys, ".") == expected
    assert main(["lint", "."]) == expected[0]


def test_a_broken_entry_is_replaced(project: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = out(capsys, ".")
    for damage in (b"", b"{}", b"[1]", b"\xff", b"[[], [], []]", b"[[[1]], [], []]"):
        with contextlib.closing(sqlite3.connect(cache_file(folder))) as database, database:
            database.execute("UPDATE entry SET value = ?", (damage,))
        assert out(capsys, ".") == expected


def test_a_cache_that_cannot_be_used_is_not_used(
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
    limit = 8 * store._PAGE_BYTES
    monkeypatch.setattr(store, "_MAX_BYTES", limit)
    for number in range(150):
        (project / ".claude/agents/one.md").write_text(f"{BAD}\n{number}\n" + "~/claude/x\n" * 20)
        out(capsys, ".claude/agents/one.md")
    rows = entries(folder)
    assert 10 < len(rows) < 300, "two for each run: the file's result and the run's output"
    assert sum(map(len, rows.values())) < limit
    assert cache_file(folder).stat().st_size < 2 * limit


def test_an_output_is_kept_until_something_that_it_depends_on_changes(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ".claude/agents/one.md"
    first = out(capsys, file)
    fake_outputs(folder)
    assert out(capsys, file) == FAKE
    assert out(capsys, file, "--no-cache") == first
    assert out(capsys, file, "--json")[0] == 1
    for path, text in ((".acolytes.toml", '[lint]\nignore = ["ACO201"]\n'), (file, BAD), ("pyproject.toml", "\n")):
        (project / path).write_text(text)
        assert out(capsys, file) == out(capsys, file, "--no-cache") != FAKE
    build_tree(project, {".claude/.claude-plugin/plugin.json": '{"name": "x"}'})
    assert out(capsys, file) == out(capsys, file, "--no-cache")
    for damage in (b"", b"x", b"0 0 x", b"0 1 x\0y", b"0 x x\0y", b"1\0", b"0 9 x\0y"):
        change_outputs(folder, dict.fromkeys(outputs(folder), damage))
        assert out(capsys, file) == out(capsys, file, "--no-cache")


def test_the_output_for_a_folder_is_kept_until_something_in_it_changes(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agents = project / ".claude/agents"
    out(capsys, ".")
    assert not outputs(folder), "a file that is this young may change again and look the same"
    monkeypatch.setattr(keys, "_YOUNG_NANOSECONDS", 0)
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
        cache_file(folder).unlink()
        out(capsys, ".")
        fake_outputs(folder)
        assert out(capsys, ".") == FAKE
        change()
        assert out(capsys, ".") == out(capsys, ".", "--no-cache") != FAKE
    (agents / "broken.md").symlink_to("nowhere")
    assert out(capsys, ".") == out(capsys, ".") == out(capsys, ".", "--no-cache")


@pytest.mark.parametrize("argument", [".", ".claude/agents/one.md"])
def test_the_output_of_a_run_in_which_a_file_changed_is_not_kept(
    project: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    argument: str,
) -> None:
    monkeypatch.setattr(keys, "_YOUNG_NANOSECONDS", 0)
    file = project / ".claude/agents/one.md"
    before, meanwhile = file.read_text(), BAD.replace("LS", "LSX")
    with monkeypatch.context() as patched:

        def after_a_change(path: str, kind: Kind | None) -> Subject:
            file.write_text(meanwhile)
            subject = load_subject(path, kind)
            if argument == ".":
                file.write_text(before)  # in a folder, it shows even when the file changes back
            return subject

        patched.setattr(file_results, "load_subject", after_a_change)
        seen = out(capsys, argument)
    assert "LSX" in seen[1]
    file.write_text(before)
    assert out(capsys, argument) == out(capsys, argument, "--no-cache") != seen


def test_an_output_is_kept_in_parts(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ".claude/agents/one.md"
    monkeypatch.setattr(formats, "_LINES_AT_ONCE", 1)
    monkeypatch.setattr(run_outputs, "_PART_BYTES", 50)
    expected = out(capsys, file)
    with contextlib.closing(sqlite3.connect(cache_file(folder))) as database:
        (last,) = next(database.execute("SELECT max(part) FROM entry"))
    assert last == -(-len(expected[1].encode()) // 50) > 2
    assert out(capsys, file) == expected
    assert [path.name for path in folder.iterdir()] == ["cache.sqlite"]


@pytest.fixture
def long_call(project: Path) -> list[str]:
    """A call whose output is more than a pipe holds."""
    files = [f".claude/agents/agent-{number}.md" for number in range(400)]
    build_tree(project, dict.fromkeys(files, BAD))
    return [sys.executable, "-m", "acolytes_cc", "lint", "--format", "concise", *files]


def test_an_output_whose_reader_has_left_is_whole_for_the_next_one(long_call: list[str]) -> None:
    with subprocess.Popen(long_call, stdout=subprocess.PIPE) as left:
        assert left.stdout
        left.stdout.read(1)
    assert left.returncode == 1
    printed = [subprocess.run([*long_call, *more], capture_output=True, check=False) for more in ((), ("--no-cache",))]
    assert printed[0].stdout == printed[1].stdout


def test_an_output_that_has_no_space_is_not_kept(long_call: list[str], folder: Path) -> None:
    subprocess.run([*long_call[:4], long_call[-1]], capture_output=True, check=False)  # makes the database
    there = outputs(folder)

    def without_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    done = subprocess.run(long_call, capture_output=True, check=False, preexec_fn=without_space)
    assert (done.returncode, done.stderr) == (1, b"")
    assert len(done.stdout.splitlines()) > 400
    assert outputs(folder) == there
    assert subprocess.run(long_call, capture_output=True, check=False).stdout == done.stdout
    assert len(outputs(folder)) == len(there) + 1


def test_the_output_is_kept_until_something_around_the_agent_changes(
    project: Path,
    folder: Path,
    scratch_home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "_YOUNG_NANOSECONDS", 0)
    file = ".claude/agents/one.md"
    fields = "skills: [a, b]\nisolation: worktree\nmcpServers: [c]\n"
    (project / file).write_text(BAD.replace("tools:", f"{fields}tools:"))
    changes: list[Callable[[], object]] = [
        lambda: build_tree(project, {".claude/skills/a/SKILL.md": ""}),
        lambda: build_tree(scratch_home, {".claude/commands/b.md": ""}),
        lambda: build_tree(project, {".mcp.json": '{"mcpServers": {"other": {}}}'}),
        lambda: build_tree(project, {".mcp.json": '{"mcpServers": {"c": {}}}'}),
        (project / ".mcp.json").unlink,
        lambda: build_tree(scratch_home, {".claude.json": '{"mcpServers": {"c": {}}}'}),
        (project / ".git").mkdir,
        (project / ".claude/skills/a/SKILL.md").unlink,
    ]
    seen = set()
    for change in changes:
        cache_file(folder).unlink(missing_ok=True)
        seen.add(out(capsys, file)[1])
        fake_outputs(folder)
        assert out(capsys, file) == FAKE
        change()
        assert out(capsys, file) == out(capsys, file, "--no-cache") != FAKE
    assert len(seen) == 5, "most changes change the findings"


@pytest.mark.parametrize("name", ['"a\\0b"', '"\\ud800"', '"../../x"'])
def test_a_skill_may_have_any_name(project: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    file = ".claude/agents/one.md"
    (project / file).write_text(BAD.replace("tools:", f"skills: [{name}]\ntools:"))
    assert out(capsys, file) == out(capsys, file) == out(capsys, file, "--no-cache")


def test_the_output_of_a_call_that_does_more_than_print_is_not_kept(
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
    assert not outputs(folder)


def modules(*arguments: str) -> set[str]:
    """The top-level modules that a call imports."""
    code = (
        "import sys; from acolytes_cc.cli import main; main(sys.argv[1:]);"
        "sys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, "lint", *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_a_cached_run_imports_nothing_heavy(project: Path) -> None:
    # a folder as young as this one has the results of its files in the cache, and not the whole output
    for arguments, allowed in ((["."], {"click", "sqlite3"}), ([".claude/agents/one.md"], {"sqlite3"})):
        modules(*arguments)
        assert modules(*arguments) & set(HEAVY) <= allowed


def test_many_files_are_judged_by_several_processes_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"agent-{number}" for number in range(150)]
    build_tree(tmp_path, {f".claude/agents/{name}.md": BAD.replace("bad", name) for name in names})
    monkeypatch.setattr(file_results, "can_fork", lambda: sys.platform == "linux")  # a runner of tests has threads
    monkeypatch.setattr(file_results, "_cores", lambda: 3)
    several = out(capsys, str(tmp_path), "--no-cache")
    monkeypatch.setattr(file_results, "_cores", lambda: 1)
    assert several == out(capsys, str(tmp_path), "--no-cache")
    assert out(capsys, str(tmp_path)) == out(capsys, str(tmp_path)) == several
    monkeypatch.setattr(file_results, "_cores", lambda: 3)
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
    assert [version_on_path(Cache(str(tmp_path / "notes"))) for _ in range(3)] == ["2.1.197"] * 3
    assert (tmp_path / "asked").read_text() == "x\n"
    assert version_on_path(Cache(None)) == "2.1.197"
    client("2.1.3300")
    assert version_on_path(Cache(str(tmp_path / "notes"))) == "2.1.3300"
    client("broken")
    assert version_on_path(Cache(str(tmp_path / "notes"))) is None
    client("2.1.400")
    assert version_on_path(Cache(str(tmp_path / "notes"))) == "2.1.400"
    with contextlib.closing(sqlite3.connect(cache_file(tmp_path / "notes"))) as database, database:
        database.execute("UPDATE entry SET value = ?", (b"\xff",))
    assert version_on_path(Cache(str(tmp_path / "notes"))) == "2.1.400"
