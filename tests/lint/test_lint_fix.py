"""``--fix`` and ``--diff``: what is mended, what stays byte for byte, and what is left alone."""

from __future__ import annotations

import os
import stat
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.errors import UserError
from acolytes_cc.lint.atomic_write import replace_content
from acolytes_cc.lint.catalogue import all_rules, file_rules
from acolytes_cc.lint.fix import content as fixes
from acolytes_cc.lint.fix.content import fix_content
from acolytes_cc.lint.fix.files import FileChange, write_change
from acolytes_cc.lint.rule import Context, Edit, Fix, Problem
from acolytes_cc.lint.settings.policy import Policy
from support import build_tree, read_tree

MOJIBAKE = "A â†’ B.\n"
HEAD = "---\nname: a\ndescription: Use when asked.\n---\n\n"
TEXT = f"---\nname: bad # a comment\ndescription:   'Use when asked.'\ntools: Read,  LS\n---\n\n{MOJIBAKE}"


def lint(*arguments: str | Path) -> int:
    return main(["lint", *map(str, arguments)])


AGENT = ".claude/agents/a.md"


def test_only_what_is_fixed_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {AGENT: TEXT})
    assert lint(tmp_path, "--fix") == 1  # the tool is left: removing it is not safe
    assert (tmp_path / AGENT).read_text() == TEXT.replace("â†’", "→")
    assert "fixed 1 in 1 file: 1 mojibake" in capsys.readouterr().err
    assert lint(tmp_path, "--fix", "--unsafe", "tool-removed") == 0
    assert (tmp_path / AGENT).read_text() == TEXT.replace("â†’", "→").replace(",  LS", "")
    before = read_tree(tmp_path)
    assert lint(tmp_path, "--fix", "--unsafe", "ACO201,duplicate-key") == 0
    assert read_tree(tmp_path) == before


def test_unsafe_applies_the_rules_that_are_named_and_no_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(tmp_path, {AGENT: TEXT.replace("name: bad", "name: worse\nname: bad")})
    doubled = (tmp_path / AGENT).read_text()
    assert lint(tmp_path, "--fix", "--unsafe") == 2
    assert "such fixes here: duplicate-key, tool-removed" in capsys.readouterr().err
    assert (tmp_path / AGENT).read_text() == doubled
    assert lint(tmp_path, "--fix", "--unsafe", "duplicate-key") == 1
    assert (tmp_path / AGENT).read_text() == TEXT.replace("â†’", "→")


@pytest.mark.parametrize(
    "path",
    ["a.md", "agents/a.md", "docs/agents/a.md", "commands/a.md", ".claude/more/a.md", ".claude/agents/a.markdown"],
)
def test_a_file_whose_kind_is_not_certain_is_left_alone(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(tmp_path, {path: TEXT})
    before = read_tree(tmp_path)
    for paths in ([tmp_path / path], [tmp_path / path, tmp_path]):
        lint(*paths, "--fix", "--unsafe", "tool-removed")
        assert "say with --as what it is" in capsys.readouterr().err
        lint(*paths)
        assert "fixes: " not in capsys.readouterr().out
    assert read_tree(tmp_path) == before
    lint(tmp_path / path, "--fix", "--as", "agent")
    assert (tmp_path / path).read_text() == TEXT.replace("â†’", "→")


@pytest.mark.parametrize(
    "files",
    [
        # the name that is left without the space belongs to another agent
        {AGENT: "---\nname: 'a '\ndescription: Use when asked.\n---\n\nA.\n", ".claude/agents/b.md": HEAD + "B.\n"},
        # the right field is there, too
        {AGENT: HEAD.replace("name: a", "Name: b\nname: a") + "A.\n"},
        # a skill would get tools without a question; other products have such a field
        {".claude/skills/a/SKILL.md": HEAD.replace("name: a", "name: a\ntools: Bash") + "A.\n"},
    ],
)
def test_a_fix_that_would_do_harm_is_not_made(files: dict[str, str], tmp_path: Path) -> None:
    build_tree(tmp_path, files)
    before = read_tree(tmp_path)
    lint(tmp_path, "--fix", "--unsafe", ",".join(rule.NAME for rule in all_rules()))
    assert read_tree(tmp_path) == before


def test_a_command_gets_no_tools(tmp_path: Path) -> None:
    """Once, its `allowed-tools` became `tools`, as if it were an agent."""
    text = "---\ndescription: Greets.\nallowed-tools: Read\n---\n\nGreet.\n"
    build_tree(tmp_path, {".claude/commands/greet.md": text, "commands/greet.md": text})
    before = read_tree(tmp_path)
    rules = ",".join(rule.NAME for rule in all_rules())
    lint(tmp_path, tmp_path / "commands/greet.md", "--fix", "--unsafe", rules)
    assert read_tree(tmp_path) == before


def test_line_ends_bytes_and_mode_stay(tmp_path: Path) -> None:
    data = TEXT.replace("\n", "\r\n").encode() + b"caf\xe9\r\n"
    build_tree(tmp_path, {AGENT: data})
    (tmp_path / AGENT).chmod(0o640)
    lint(tmp_path, "--fix")
    expected = data.replace("â†’".encode(), "→".encode())
    assert (tmp_path / AGENT).read_bytes() == expected
    assert stat.S_IMODE((tmp_path / AGENT).stat().st_mode) == 0o640
    assert [path.name for path in (tmp_path / AGENT).parent.iterdir()] == ["a.md"]


def test_a_run_without_fix_changes_nothing_and_diff_can_be_applied(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    no_end = ".claude/agents/no-end.md"
    build_tree(tmp_path, {AGENT: TEXT, no_end: TEXT.replace("bad", "worse").rstrip("\n")})
    before = read_tree(tmp_path)
    assert lint(AGENT, no_end) == 1
    capfdbinary.readouterr()
    unsafe = ("--unsafe", "tool-removed")
    assert lint(AGENT, no_end, "--diff", *unsafe) == 1
    assert read_tree(tmp_path) == before
    patch = capfdbinary.readouterr().out
    subprocess.run(["git", "apply", "-p0", "-"], input=patch, cwd=tmp_path, check=True)
    applied = read_tree(tmp_path)
    build_tree(tmp_path, {AGENT: TEXT, no_end: TEXT.replace("bad", "worse").rstrip("\n")})
    lint(AGENT, no_end, "--fix", *unsafe)
    assert read_tree(tmp_path) == applied != before
    assert lint(AGENT, no_end, "--diff", *unsafe) == 0


def test_nothing_outside_of_the_named_paths_is_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(tmp_path, {"project/.claude/agents/a.md": TEXT, "elsewhere/b.md": TEXT.replace("bad", "b")})
    agents = tmp_path / "project" / ".claude" / "agents"
    (agents / "b.md").symlink_to(tmp_path / "elsewhere" / "b.md")
    (agents / "same.md").symlink_to("a.md")
    outside = read_tree(tmp_path / "elsewhere")
    lint(tmp_path / "project", "--fix")
    assert "agents/b.md is outside the named paths" in capsys.readouterr().err
    assert read_tree(tmp_path / "elsewhere") == outside
    assert (agents / "a.md").read_text() == TEXT.replace("â†’", "→")
    assert (agents / "same.md").is_symlink()
    # who names the link means it; it stays a link
    lint(agents / "b.md", "--fix")
    assert (agents / "b.md").is_symlink()
    assert "→" in (tmp_path / "elsewhere" / "b.md").read_text()


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    build_tree(tmp_path, {"a.md": b"newer"})
    change = FileChange(str(tmp_path / "a.md"), b"old", b"new", Counter())
    with pytest.raises(UserError, match="was changed meanwhile"):
        write_change(change, [str(tmp_path / "a.md")])
    assert (tmp_path / "a.md").read_bytes() == b"newer"


def test_a_write_that_fails_leaves_the_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_tree(tmp_path, {"a.md": b"old"})

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        replace_content(tmp_path / "a.md", b"new")
    assert {name: content for name, (_, content) in read_tree(tmp_path).items()} == {"a.md": b"old"}


def test_a_suppressed_finding_is_not_fixed(tmp_path: Path) -> None:
    text = TEXT.replace("A â", "<!-- acolytes: ignore ACO301 -- a sample -->\nA â")
    other = ".claude/agents/b.md"
    build_tree(tmp_path, {AGENT: text, ".acolytes.toml": '[lint]\nignore = ["ACO301"]\n', other: TEXT})
    lint(tmp_path / AGENT, "--fix")
    lint(tmp_path / other, "--fix", "--config", tmp_path / ".acolytes.toml")
    assert (tmp_path / AGENT).read_text() == text
    assert (tmp_path / other).read_text() == TEXT


class FakeRule:
    """A rule of a test's own, whose fixes are given."""

    __name__ = "fake"
    CODE, NAME, SEVERITY, CONFIDENCE, PERSONA, KINDS = "ACO999", "fake", "warning", "high", "regular", ("agent",)

    def __init__(self, *fixes_of_words: tuple[str, str]) -> None:
        self.words = fixes_of_words

    def check(self, definition: Definition, _context: Context) -> Iterator[Problem]:
        for word, replacement in self.words:
            start = definition.text.find(word)
            if start >= 0:
                fix = Fix((Edit(Span(start, start + len(word)), replacement),))
                yield Problem(start, f"{word} is wrong", fix)


def mended(rule: FakeRule, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    rules = (*all_rules(), rule)
    monkeypatch.setattr(fixes, "file_rules", lambda kind: (*file_rules(kind), rule))
    monkeypatch.setattr(fixes, "rules_by_code", lambda: {one.CODE: one for one in rules})
    data, *_ = fix_content(text.encode(), "agent.md", registry(), Policy().codes | {rule.CODE})
    assert fix_content(data, "agent.md", registry(), Policy().codes | {rule.CODE}).data == data, (
        "once more changes nothing"
    )
    return data.decode()


@pytest.mark.parametrize(
    ("words", "body", "expected"),
    [
        ([("one", "1"), ("two", "2")], "one two", "1 2"),
        ([("one two", "12"), ("two three", "23")], "one two three", "12 three"),  # the earlier one; the other is gone
        ([("one", "1"), ("two", "2")], "onetwo", "12"),  # touching: in two rounds
        ([("one", "one")], "one", "one"),  # mends nothing
        ([("one", "two"), ("two", "one")], "one.", None),  # two that disagree come to an end
    ],
)
def test_fixes_that_meet(
    words: list[tuple[str, str]], body: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = mended(FakeRule(*words), HEAD + body, monkeypatch)
    assert expected is None or result == HEAD + expected


@pytest.mark.parametrize(
    ("word", "replacement"),
    [("description:", "descriptor:"), ("---\n\nbody", "\n\nbody"), ("name: a", "name: 'a"), ("Use", "Use --- ")],
)
def test_a_fix_that_breaks_the_file_is_not_made(word: str, replacement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HEAD}body one"
    good_and_bad = FakeRule((word, replacement), ("one", "1"))
    assert mended(good_and_bad, text, monkeypatch) == text.replace("one", "1")


@pytest.mark.parametrize(
    ("fields", "expected", "unsafe"),
    [
        # an error becomes a warning: a tool beside Bash
        ("tools:\n  - bash\n  - read\n  - grep\n", "tools:\n  - Bash\n  - Read\n  - Grep\n", ()),
        ("tools: Read, grep, Bash\n", "tools: Read, Grep, Bash\n", ()),
        ("tools: Read, grep, Bash\n", "tools: Read, Bash\n", ("--unsafe", "tool-beside-bash")),
        # a field that was cut off has an error of its own
        ("hint: x --- y\ntools:\n  - read\n", "hint: x — y\ntools:\n  - Read\n", ()),
        ("hint: x --- y\ntools: Read, Bsh\n", "hint: x — y\ntools: Read, Bsh\n", ()),
        ("hint: x --- y --- z\ntools: Read\n", "hint: x — y — z\ntools: Read\n", ()),
    ],
)
def test_a_fix_may_uncover_what_weighs_less_or_was_not_read(
    fields: str, expected: str, unsafe: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEAD.replace("---\n\n", "{}---\n\nDo the work.\n")
    build_tree(tmp_path, {AGENT: text.format(fields)})
    lint(tmp_path / AGENT, "--fix", *unsafe)
    assert (tmp_path / AGENT).read_text() == text.format(expected)
    assert "by --fix;" not in capsys.readouterr().out


def test_a_fix_that_is_not_made_has_a_reason_and_is_not_promised_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = "---\nname: 'a '\ndescription: Use when asked.\n---\n\nA.\n"
    cut = "---\nname: c\ndescription: Use when asked.\nmodel: opus --- the best\n---\n\nC.\n"
    build_tree(tmp_path, {AGENT: taken, ".claude/agents/b.md": HEAD + "B.\n", ".claude/agents/c.md": cut})
    before = read_tree(tmp_path)
    assert lint(tmp_path, "--diff", "--unsafe", "name-altered") == 0
    asked = capsys.readouterr()
    lint(tmp_path, "--fix", "--unsafe", "name-altered")
    printed = capsys.readouterr()
    assert (asked.out, f"{asked.err}nothing was fixed\n") == ("", printed.err)
    assert (
        f"not fixed: frontmatter-cut in {tmp_path}/.claude/agents/c.md, because then model-unknown would appear\n"
        in printed.err
    )
    assert (
        f"not fixed: name-altered in {tmp_path / AGENT}, because then another agent there would have the same name\n"
        in (printed.err)
    )
    assert printed.err.endswith("nothing was fixed\n")
    assert "fixes: " not in printed.out
    assert read_tree(tmp_path) == before


def test_a_fix_beside_one_that_is_not_made_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both touch the same place, and the first one would break the file."""
    rule = FakeRule(("name: a\ndescription: U", "U"), ("Use when", "Use, when"))
    assert mended(rule, f"{HEAD}body", monkeypatch) == f"{HEAD}body".replace("Use when", "Use, when")
