"""The verb resolve: what it lists, what it writes for each choice, and that what was settled is not asked again."""

from __future__ import annotations

import json
import shlex
import stat
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.install.disk.manifest import read_manifest
from acolytes_cc.install.disk.places import Places
from acolytes_cc.install.planning.files import InstallPlan, make_plan
from acolytes_cc.install.planning.render import RenderedFile
from acolytes_cc.install.updating.apply import apply
from acolytes_cc.install.updating.diff import diff_lines
from support import build_tree, read_tree

OLD = """---
name: one
description: Use when asked
color: blue
tools: Read, Bash
---

# One

First line.

Middle line.

Last line.
"""
MINE = (
    OLD.replace("blue", "red").replace("Middle line.", "Quite other words.\nAnd another.").replace("First", "My first")
)
NEW = OLD.replace("blue", "cyan").replace("Middle line.", "New middle line.").replace("Last", "New last")
LEFT = MINE.replace("Last", "New last")
PATH = "agents/one.md"


def plan(places: Places, text: str) -> InstallPlan:
    return make_plan(places, [RenderedFile(PATH, text.encode())], [], read_manifest(places))


def install(places: Places, text: str) -> InstallPlan:
    planned = plan(places, text)
    apply(planned, {}, read_manifest(places))
    return planned


@pytest.fixture
def places(scratch_home: Path) -> Places:
    """An installation with a conflict in a key and in a line."""
    places = Places("user", scratch_home / ".claude")
    install(places, OLD)
    build_tree(places.target, {PATH: MINE})
    planned = install(places, NEW)
    assert [file.action for file in planned.files] == ["conflict"]
    assert (places.target / PATH).read_text() == LEFT
    return places


def text_of(places: Places) -> str:
    return (places.target / PATH).read_bytes().decode()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main([*arguments])
    out, err = capsys.readouterr()
    return code, out, err


def opened(capsys: pytest.CaptureFixture[str]) -> list[str]:
    code, out, _ = run(capsys, "resolve", "--json")
    assert code == 0
    return [row["part"] for row in json.loads(out)["conflicts"]]


def script(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that runs ``body`` with the copy's path in $1."""
    path = folder / "my editor"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.quote(str(path)))


def test_without_an_option_it_shows_what_is_open(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    before = read_tree(places.target)
    code, out, _ = run(capsys, "resolve")
    assert (code, out.splitlines()) == (
        0,
        [
            f"2 conflicts are open in {places.target}:",
            "  agents/one.md  color (line 4)",
            "  agents/one.md  lines 12-13",
            "To see both texts: acolytes resolve FILE",
            "To settle: acolytes resolve FILE --mine, --theirs or --edit",
        ],
    )
    code, out, _ = run(capsys, "resolve", "one")
    assert out.splitlines()[1:-1] == [
        "agents/one.md  color (line 4): yours is -, the new version is +",
        "  - color: red",
        "  + color: cyan",
        "agents/one.md  lines 12-13: yours is -, the new version is +",
        "  - Quite other words.",
        "  - And another.",
        "  + New middle line.",
    ]
    code, out, _ = run(capsys, "resolve", PATH, "--json")
    assert json.loads(out)["conflicts"][1] == {
        "path": PATH,
        "part": "12-13",
        "lines": [12, 13],
        "yours": "Quite other words.\nAnd another.\n",
        "theirs": "New middle line.\n",
    }
    assert "conflict   agents/one.md" in run(capsys, "status")[1]
    assert json.loads(run(capsys, "status", "--json")[1])["conflicts"] == [PATH]
    assert read_tree(places.target) == before


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("--mine", LEFT),
        ("--theirs", LEFT.replace("red", "cyan").replace("Quite other words.\nAnd another.", "New middle line.")),
    ],
)
def test_what_was_settled_is_not_asked_again(
    choice: str, expected: str, places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "resolve", str(places.target / PATH), choice)
    assert (code, out.count("color, 12-13")) == (0, 1)
    assert text_of(places) == expected
    assert opened(capsys) == []
    assert json.loads(run(capsys, "status", "--json")[1])["conflicts"] == []
    assert list(diff_lines(plan(places, NEW))) == []
    assert run(capsys, "resolve")[1] == f"no conflict is open in {places.target}\n"
    # an unrelated line arrives, and nothing is asked
    third = NEW.replace("# One", "# Our one")
    assert [file.action for file in install(places, third).files] == ["merge"]
    assert text_of(places) == expected.replace("# One", "# Our one")
    assert opened(capsys) == []
    # only the part that changes again is asked again
    planned = install(places, third.replace("cyan", "green").replace("use when", "Use if"))
    assert opened(capsys) == (["color"] if choice == "--mine" else [])
    assert [file.action for file in planned.files] == ["conflict" if choice == "--mine" else "merge"]


def test_one_part_after_the_other(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "resolve", PATH, "--theirs", "--part", "color", "--json")
    assert code == 0
    assert json.loads(out) == {
        "path": PATH,
        "choice": "theirs",
        "settled": ["color"],
        "open": ["12-13"],
        "changed": True,
        "dropped_states": 0,
    }
    assert text_of(places) == LEFT.replace("red", "cyan")
    # the user's own lines above move it
    build_tree(places.target, {PATH: text_of(places).replace("# One\n", "# One\n\nOn top.\n")})
    assert opened(capsys) == ["14-15"]
    assert run(capsys, "resolve", PATH, "--mine", "--part", "14-15")[0] == 0
    assert opened(capsys) == []


def test_a_conflict_stays_open_over_versions_and_edits(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(
        places.target, {PATH: text_of(places).replace("My first", "My very first").replace("# One", "# One\n\nTop.")}
    )
    third = (
        NEW.replace("New last", "Third last")
        .replace("# One\n", "Intro of ours.\n\n# One\n")
        .replace("New middle", "Third middle")
    )
    planned = install(places, third)
    assert [file.action for file in planned.files] == ["conflict"], "the same lines changed again"
    assert opened(capsys) == ["color", "16-17"]
    assert run(capsys, "resolve", PATH, "--theirs")[0] == 0
    assert "Third middle line.\n\nThird last line." in text_of(places)
    assert "My very first line." in text_of(places)


def test_settled_by_hand_with_the_new_text(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    build_tree(places.target, {PATH: text_of(places).replace("red", "'cyan'")})
    assert opened(capsys) == ["12-13"]
    build_tree(
        places.target, {PATH: text_of(places).replace("Quite other words.\nAnd another.\n", "New middle line.\n")}
    )
    assert opened(capsys) == []


def test_an_editor_sees_both_texts_in_a_copy(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script(
        tmp_path, f'cp "$1" {tmp_path}/seen; sed -i -e "/^[<=>]\\{{7\\}}/d" -e s/red/pink/ -e /cyan/d "$1"', monkeypatch
    )
    code, out, _ = run(capsys, "resolve", PATH, "--edit")
    assert (code, out) == (0, "settled in agents/one.md: color, 12-13 (as you edited it)\n")
    seen = (tmp_path / "seen").read_text()
    assert "<<<<<<< yours: color\ncolor: red\n=======\ncolor: cyan\n>>>>>>> the new version\ntools" in seen
    assert text_of(places) == LEFT.replace("red", "pink").replace("And another.\n", "And another.\nNew middle line.\n")
    assert opened(capsys) == []
    assert [file.action for file in install(places, NEW).files] == ["keep-user"]
    assert not list(Path("/tmp").glob("acolytes-resolve-*/one.md.tmp"))


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ("sed -i /cyan/d $1", 1, "because line 4 still is a conflict marker; your text is in "),
        ('sed -i -e "/^[<=>]/d" -e "s/^color: cyan/color: [/" "$1"', 1, "because the frontmatter is not strict YAML"),
        ("exit 3", 3, "because the editor "),
        ("true", 1, "still is a conflict marker"),
        (":; echo changed >> {path}; sed -i -e '/^[<=>]/d' -e /cyan/d $1", 3, "was changed while you edited"),
    ],
)
def test_what_an_editor_leaves_is_checked(
    body: str,
    code: int,
    says: str,
    places: Places,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    script(
        tmp_path,
        body.replace("{path}", str(places.target / PATH)).replace("$1", '"$1"').replace('""', '"'),
        monkeypatch,
    )
    got, out, err = run(capsys, "resolve", PATH, "--edit")
    assert (got, out) == (code, "")
    assert says in err
    assert err.count("\n") == 1
    assert text_of(places).removesuffix("changed\n") == LEFT
    assert opened(capsys) == ["color", "12-13"]
    kept = list(tmp_path.glob("acolytes-resolve-*/one.md"))
    assert len(kept) == err.count("your text is in ") == int("$1" in body)


@pytest.mark.parametrize("signal", ["TERM", "INT"])
def test_a_signal_does_not_end_the_editor(
    signal: str, places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is the editor's. SIGTERM acts when the editor is closed; the text is kept then, and named."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    script(tmp_path, f'kill -{signal} $PPID; sed -i -e "/^[<=>]\\{{7\\}}/d" -e /cyan/d "$1"', monkeypatch)
    code, out, err = run(capsys, "resolve", PATH, "--edit")
    kept = [*tmp_path.glob("acolytes-resolve-*/*")]
    if signal == "INT":
        assert (code, kept) == (0, [])
        assert "as you edited it" in out
    else:
        assert (code, out, err) == (143, "", f"acolytes: your text is in {kept[0]}\nacolytes: terminated\n")
        assert text_of(places) == LEFT
        assert "cyan" not in kept[0].read_text()


def test_markers_of_the_users_own_are_no_markers(
    scratch_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places("user", scratch_home / ".claude")
    install(places, OLD)
    build_tree(places.target, {PATH: MINE + "\n<<<<<<< of mine\n========\n"})
    install(places, NEW)
    script(tmp_path, 'sed -i -e "/^[<=>]\\{9\\}/d" "$1"', monkeypatch)
    assert run(capsys, "resolve", PATH, "--edit", "--part", "12-13")[0] == 0
    assert text_of(places).endswith("\n<<<<<<< of mine\n========\n")
    assert opened(capsys) == ["color"]


WRONG = {
    "--mine": "--mine needs a FILE: `acolytes resolve` lists the files that have a conflict",
    "--part color": "--part needs a FILE: `acolytes resolve` lists the files that have a conflict",
    "one --part color": "--part needs --mine, --theirs or --edit",
    "one --mine --part model": "agents/one.md has no conflict in model: its parts are color, 12-13",
    "two --mine": "two is not a file that acolytes installed in TARGET: `acolytes resolve` lists those with a conflict",
    "one --edit": "--edit needs an editor: set $EDITOR, for example `export EDITOR=nano`",
}


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_one_line(
    call: str, places: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    before = read_tree(places.target)
    code, out, err = run(capsys, "resolve", *call.split())
    assert (code, out, err.replace(str(places.target), "TARGET")) == (2, "", f"acolytes: {WRONG[call]}\n")
    assert read_tree(places.target) == before


def test_line_ends_are_the_users(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = Places("user", scratch_home / ".claude")
    install(places, OLD)
    build_tree(places.target, {PATH: MINE.replace("\n", "\r\n").rstrip()})
    install(places, NEW)
    assert run(capsys, "resolve", PATH, "--theirs")[0] == 0
    wanted = LEFT.replace("red", "cyan").replace("Quite other words.\nAnd another.", "New middle line.")
    assert text_of(places) == wanted.replace("\n", "\r\n").rstrip()


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("lines", [3, 1], "lines that no file has"),
        ("their_lines", [-1, 2], "lines that no file has"),
        ("lines", [1], "positional argument"),
        ("key", 1, "key must be str"),
    ],
)
def test_a_damaged_record_of_a_conflict_is_one_line(
    key: str, value: object, says: str, places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    path = places.target / "acolytes/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["clashes"][PATH][0][key] = value
    path.write_text(json.dumps(manifest))
    code, out, err = run(capsys, "resolve")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert says in err


def test_a_manifest_of_a_conflict_names_a_file_of_ours(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    path = places.target / "acolytes/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["clashes"] = {"../../.bashrc": manifest["clashes"][PATH]}
    path.write_text(json.dumps(manifest))
    assert "'../../.bashrc', which is not one of the files" in run(capsys, "resolve")[2]


def test_without_our_copies_a_conflict_is_forgotten(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can tell any more what clashed; an update goes on from what is there."""
    (places.state / "conflicts" / PATH).unlink()
    assert opened(capsys) == []
    install(places, NEW)
    assert text_of(places) == LEFT
