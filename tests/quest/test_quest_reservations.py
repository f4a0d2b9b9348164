"""Reserved paths and patterns: what is refused, what a hook forbids, and in which working tree that holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from acolytes_quest import spelling
from acolytes_quest.hooks import api as hook_api
from quest_support import Cli, git


@pytest.fixture
def two(engine: str, cli: Cli) -> Cli:
    """s1 (w1) has turn 1 of quest 1, and s2 (w2) has turn 2."""
    cli.ok("create", "--mission", "m", "--agents", "w1,w2", "--anywhere")
    for number in (1, 2):
        cli.ok("message", "--quest", 1, "--to", f"w{number}", "--msg", "work")
        cli.ok("monitor", "--role", "worker", "--agent", f"w{number}", "--as", f"s{number}", "--timeout", 0)
    return cli


def reserve(cli: Cli, session: str, paths: str, *words: str) -> list[str]:
    data = cli.data("reserve", "--quest", 1, "--paths", paths, "--as", session, *words)
    return [row["path"] for row in data["reserved"]]


def objection(session: str, path: object, cwd: object = ".") -> str:
    return hook_api.objection_to_edit(os.path.abspath(str(cwd)), os.environ, session, str(path)) or ""


@pytest.mark.parametrize(
    ("pattern", "denied", "free"),
    [
        ("src/**", ["src/a.py", "src/deep/er/a.py"], ["srcs/a.py", "a.py"]),
        ("*.md", ["README.md", "./new.md"], ["docs/a.md", "README.txt"]),
        ("**/*.md", ["README.md", "docs/deep/a.md"], ["docs/a.txt"]),
        ("docs/*/x?.txt", ["docs/a/x1.txt"], ["docs/x1.txt", "docs/a/x12.txt"]),
        ("[a-c].py", ["b.py"], ["d.py"]),
        ("app/[id]/page.tsx", ["app/[id]/page.tsx"], ["app/[slug]/page.tsx"]),
    ],
)
def test_a_hook_forbids_what_a_pattern_of_another_turn_covers(
    two: Cli, pattern: str, denied: list[str], free: list[str]
) -> None:
    assert reserve(two, "s1", pattern) == [pattern]
    for path in denied:
        assert f'w1 works on "{pattern}" in turn 1' in objection("s2", path)
        assert objection("s1", path) == "", "its own"
    for path in free:
        assert objection("s2", path) == ""
    two.ok("reserve", "--quest", 1, "--release", "--paths", pattern, "--as", "s1")
    assert [objection("s2", path) for path in denied] == [""] * len(denied)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("src/**", "src/a.py"),
        ("src/a.py", "src/*"),
        ("src/**", "**/a.py"),
        ("*.md", "READ*"),
        ("docs/[a-m]*", "docs/k"),
        ("src", "src/*.py"),
        ("**/all.txt", "anything/at/all.txt"),
    ],
)
def test_two_patterns_that_can_meet_are_refused(two: Cli, first: str, second: str) -> None:
    reserve(two, "s1", first)
    line = two.refused("reserve", "--quest", 1, "--paths", f"free.txt,{second}", "--as", "s2")
    assert f"'{second}' is taken: w1 (quest 1, turn 1) has reserved '{first}'" in line
    assert two.data("status", "--quest", 1)["turns"][1]["reserved"] == [], "all of the paths, or none"
    assert two.data("check")["findings"] == []


@pytest.mark.parametrize(
    ("first", "second"), [("*.md", "*.txt"), ("src/*", "docs/*"), ("**/*.md", "src/new.py"), ("a*", "[!a]*")]
)
def test_patterns_that_cannot_meet_stand_side_by_side(two: Cli, first: str, second: str) -> None:
    reserve(two, "s1", first)
    assert reserve(two, "s2", second) == [second]
    assert two.data("check")["findings"] == []


def test_patterns_can_be_shared(two: Cli) -> None:
    reserve(two, "s1", "docs/**", "--shared")
    assert reserve(two, "s2", "docs/*.md", "--shared") == ["docs/*.md"]
    assert objection("s2", "docs/a.md") == ""
    assert "shares 'docs/*.md'" in two.refused("reserve", "--quest", 1, "--paths", "docs", "--as", "s1")


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ("", "--paths is empty"),
        (" , ", "--paths is empty"),
        ("/elsewhere/**", "name files inside the project"),
        ("../*.md", "without `..`"),
        ("src/../../x", "without `..`"),
        ("src/[z-a].py", "no file can match"),
        ("*.{md,txt}", "braces are not expanded"),
        ("*" * 600, "too long"),
        ("out/**", "a link leads out of the project"),
        ("a\0b", "NUL"),
    ],
)
def test_what_could_protect_nothing_is_an_error(two: Cli, project: Path, paths: str, expected: str) -> None:
    (project / "out").symlink_to("/usr")
    assert expected in two.refused("reserve", "--quest", 1, "--paths", paths, "--as", "s1")


def test_a_path_is_reserved_whatever_link_leads_to_it(two: Cli, project: Path) -> None:
    (project / "src").mkdir()
    (project / "link").symlink_to("src")
    assert reserve(two, "s1", "link/*.py") == ["src/*.py"]
    assert "is reserved" in objection("s2", "src/a.py")
    assert "is reserved" in objection("s2", "link/a.py")


def test_paths_are_named_from_the_current_folder(two: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "docs").mkdir()
    monkeypatch.chdir(project / "docs")
    assert reserve(two, "s1", "*.md") == ["docs/*.md"]


# -- spelling ---------------------------------------------------------------------------------------------------------


def test_upper_and_lower_case_are_one_where_the_file_system_says_so(
    two: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "folded").mkdir()
    (project / "folded/Any").touch()
    monkeypatch.setattr(spelling, "is_one_entry", lambda folder, _one, _other: "folded" in folder)
    reserve(two, "s1", "folded/README.md,README.md")
    assert "is reserved" in objection("s2", "folded/readme.md")
    assert objection("s2", "readme.md") == "", "another folder of the same project"
    assert "is taken" in two.refused("reserve", "--quest", 1, "--paths", "folded/Readme.*", "--as", "s2")
    assert reserve(two, "s2", "readme.md") == ["readme.md"]
    assert reserve(two, "s1", "folded/readme.MD", "--release") == ["README.md"]


def test_composed_and_decomposed_are_one_where_the_file_system_says_so(
    two: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spelling, "is_one_entry", lambda *_: True)
    reserve(two, "s1", "caf\u00e9.md")
    assert "is reserved" in objection("s2", "cafe\u0301.md")
    assert "is taken" in two.refused("reserve", "--quest", 1, "--paths", "cafe\u0301.*", "--as", "s2")


def test_here_names_are_compared_as_this_file_system_does(two: Cli, project: Path) -> None:
    (project / "Some").touch()
    one = (project / "sOME").exists()
    reserve(two, "s1", "README.md")
    assert ("is reserved" in objection("s2", "readme.md")) is one


# -- working trees ----------------------------------------------------------------------------------------------------


@pytest.fixture
def trees(two: Cli, project: Path) -> Path:
    """The project as a repository with a second working tree, and a third one inside of the first."""
    (project / ".git").rmdir()
    git(project, "init", "--quiet")
    git(project, "commit", "--quiet", "--allow-empty", "-m", "first")
    git(project, "worktree", "add", "--quiet", "-b", "two", str(project.parent / "feature"))
    git(project, "worktree", "add", "--quiet", "-b", "three", str(project / ".claude/worktrees/inner"))
    return project.parent / "feature"


def test_a_reservation_holds_in_its_own_working_tree(
    two: Cli, trees: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve(two, "s1", "src/**")
    assert objection("s2", "src/a.py", trees) == "", "another copy of the file"
    assert "is reserved" in objection("s2", project / "src/a.py", trees), "the file itself, from another tree"
    monkeypatch.chdir(trees)
    printed = two.ok("reserve", "--quest", 1, "--paths", "src/a.py", "--as", "s2")
    assert printed.startswith('turn 2 has reserved "src/a.py"; that holds in ')
    assert printed.endswith("feature only\n")
    assert "is reserved" in objection("s1", "src/a.py", trees)
    assert objection("s1", project / "src/a.py") == ""
    monkeypatch.chdir(project)
    assert 'reserved "src/a.py in ' in two.ok("status", "--quest", 1)
    assert two.data("check")["findings"] == []


def test_a_tree_inside_of_another_has_its_own_files(two: Cli, trees: Path, project: Path) -> None:
    inner = project / ".claude/worktrees/inner"
    reserve(two, "s1", "src/**,*.md")
    assert objection("s2", inner / "src/a.py") == ""
    assert objection("s2", "src/a.py", inner) == ""
    assert reserve(two, "s2", ".claude/worktrees/inner/**") == ["**"], "the whole inner tree, from outside"
    assert "is reserved" in objection("s1", "any/file", inner)
    assert objection("s1", ".claude/settings.json") == ""


def test_one_turn_can_reserve_the_same_name_in_two_trees(
    two: Cli, trees: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve(two, "s1", "a.py")
    monkeypatch.chdir(trees)
    assert reserve(two, "s1", "a.py") == ["a.py", "a.py"]
    assert reserve(two, "s1", "a.py", "--release") == ["a.py"]
    assert two.data("check")["findings"] == []
    assert "is reserved" in objection("s2", project / "a.py")
    two.ok("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1")
    assert two.data("check")["findings"] == []


def test_every_reservation_that_is_compared_was_made_by_a_living_lease(
    two: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.environ.get("ACOLYTES_QUEST_URL"):
        pytest.skip("a server has a clock of its own")
    reserve(two, "s1", "src/**")
    monkeypatch.setattr("acolytes_quest.stores.clock._boot_id", ["another boot"])
    assert objection("s2", "src/a.py") == ""


@pytest.mark.parametrize("name", ["person", "any", "all", "board"])
def test_names_with_a_meaning_are_no_names_of_agents(cli: Cli, name: str) -> None:
    assert f"'{name}' means " in cli.refused("create", "--mission", "m", "--agents", f"w1,{name}")
