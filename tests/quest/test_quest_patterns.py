"""Patterns of paths, against a plain reading of them; and how a file system compares names."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_quest import spelling
from acolytes_quest.board import patterns

NAMES = ["".join(chars) for length in (1, 2, 3) for chars in itertools.product("ab", repeat=length)]
PATHS = ["/".join(names) for depth in (1, 2, 3) for names in itertools.product(NAMES, repeat=depth)]
TOKENS = ["a", "b", "*", "?", "[a]", "[!a]", "[a-b]"]
PARTS = st.one_of(st.just("**"), st.lists(st.sampled_from(TOKENS), min_size=1, max_size=2).map("".join))
PATTERNS = st.lists(PARTS, min_size=1, max_size=2).map("/".join)


def covers(pattern: str, path: str, *, any_case: bool = False, any_form: bool = False) -> bool:
    return patterns.covers(pattern, path, any_case=any_case, any_form=any_form)


def overlap(one: str, other: str, *, folders: bool = True, any_case: bool = False) -> bool:
    return patterns.overlap(one, other, folders=(folders, folders), any_case=any_case, any_form=False)


def plain_reading(pattern: str) -> re.Pattern[str]:
    """The same as a regular expression, for patterns of this test: what matches, and what lies below."""
    expression = "".join(
        "(?:[^/]+/)*"
        if part == "**"
        else part.replace("**", "*").replace("*", "[^/]*").replace("?", "[^/]").replace("[!", "[^") + "/"
        for part in pattern.split("/")
    )
    return re.compile(f"{expression}(?:[^/]+/)*")


@given(PATTERNS, PATTERNS)
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
def test_two_patterns_overlap_exactly_if_a_path_is_covered_by_both(one: str, other: str) -> None:
    expressions = plain_reading(one), plain_reading(other)
    meets = any(all(expression.fullmatch(path + "/") for expression in expressions) for path in PATHS)
    assert overlap(one, other) == overlap(other, one) == meets


@given(PATTERNS, st.sampled_from(PATHS))
@settings(max_examples=500, deadline=None, database=None, derandomize=True)
def test_a_pattern_covers_what_matches_and_what_lies_below(pattern: str, path: str) -> None:
    assert covers(pattern, path) == bool(plain_reading(pattern).fullmatch(path + "/"))


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("src/**", "src/a/b.py", True),
        ("*.md", "README.md", True),
        ("*.md", "docs/a.md", False),
        ("**/*.md", "docs/deep/a.md", True),
        ("docs/*/x?.txt", "docs/a/x1.txt", True),
        ("docs/*/x?.txt", "docs/a/x12.txt", False),
        ("docs/*/x?.txt", "docs/x1.txt", False),
        ("app/[id]/page.tsx", "app/[id]/page.tsx", True),
        ("app/[id]/*.tsx", "app/[id]/page.tsx", True),
        ("a[]x]b", "a]b", True),
        ("a[", "a[", True),
        ("a[^b-d]", "ac", False),
        ("a[b-]", "a-", True),
        ("a**b", "axb", True),
        ("src", "srcs", False),
        ("*", ".hidden", True),
    ],
)
def test_what_a_pattern_covers(pattern: str, path: str, expected: bool) -> None:
    assert covers(pattern, path) is expected


def test_a_name_of_a_file_is_no_folder_above_what_a_pattern_matches() -> None:
    assert not overlap("**/*.md", "src/a.py", folders=False)
    assert overlap("**/*.md", "src", folders=True)
    assert overlap("src/a.py", "src/a.py/b", folders=False), "two plain paths need no guess"


def test_comparing_takes_no_time_that_anybody_notices() -> None:
    hostile = "/".join(["**", "*a*a*a*a*b"] * 20)
    assert not covers(hostile, "/".join(["a" * 60] * 30))
    assert overlap(hostile, "/".join(["*b*a*a", "**"] * 20))


def test_spelling_counts_where_the_file_system_says_so() -> None:
    assert covers("docs/README.md", "DOCS/readme.md", any_case=True)
    assert covers("[A-C]*.MD", "b1.md", any_case=True)
    assert not covers("docs/README.md", "docs/readme.md")
    composed, decomposed = (unicodedata.normalize(form, "caf\u00e9.md") for form in ("NFC", "NFD"))
    assert covers(composed, decomposed, any_form=True)
    assert covers("caf?.md", decomposed, any_form=True)
    assert not covers(composed, decomposed)
    assert overlap("a*.MD", "*Z.md", any_case=True)


def test_a_reversed_range_matches_nothing() -> None:
    assert not patterns.can_match("src/[z-a].py")
    assert all(patterns.can_match(text) for text in ("[a-z]", "[", "[]", "[!]", "**/x", "[]-a]"))


# -- the file system ------------------------------------------------------------------------------------------------


def test_this_file_system_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "Name").touch()
    (tmp_path / "caf\u00e9").touch()
    seen = (tmp_path / "nAME").exists(), (tmp_path / "cafe\u0301").exists()
    assert (spelling.ignores_case(str(tmp_path)), spelling.ignores_form(str(tmp_path), may_write=False)) == seen
    assert spelling.ignores_form(str(tmp_path), may_write=True) is seen[1]
    assert sorted(os.listdir(tmp_path)) == ["Name", "caf\u00e9"], "nothing is left behind"


def test_two_hard_links_are_two_names(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    try:
        os.link(tmp_path / "a", tmp_path / "A")
    except FileExistsError:
        pytest.skip("this file system ignores the case")
    assert not spelling.is_one_entry(str(tmp_path), "a", "A")
    assert not spelling.ignores_case(str(tmp_path))


def test_a_folder_without_names_is_like_the_one_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new/12").mkdir(parents=True)
    asked = []

    def is_one(folder: str, name: str, other: str) -> bool:
        asked.append((folder, name, other))
        return True

    monkeypatch.setattr(spelling, "is_one_entry", is_one)
    assert spelling.ignores_case(str(tmp_path / "new/12/not yet there"))
    assert asked == [(str(tmp_path), "new", "NEW")]


@pytest.fixture
def folded(tmp_path: Path) -> Iterator[Path]:
    """A real folder that ignores the case: on ext4, tmpfs or vfat, whichever this machine can mount."""
    place, image = tmp_path / "mount", tmp_path / "image"
    place.mkdir()
    with open(image, "wb") as file:
        file.truncate(32 << 20)
    attempts = [
        (["true"], ["mount", "-t", "tmpfs", "-o", "casefold", "tmpfs"]),
        (["mkfs.ext4", "-q", "-O", "casefold", str(image)], ["mount", "-o", "loop", str(image)]),
        (["mkfs.vfat", str(image)], ["mount", "-o", "loop", str(image)]),
    ]
    for make, mount in attempts:
        try:
            done = [subprocess.run(words, capture_output=True, check=False) for words in (make, [*mount, str(place)])]
        except FileNotFoundError:
            continue
        if done[1].returncode == 0:
            break
    else:
        pytest.skip("this machine can mount no file system that ignores the case")
    try:
        (place / "here").mkdir()
        subprocess.run(["chattr", "+F", str(place / "here")], capture_output=True, check=False)  # vfat needs none
        yield place / "here"
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_folder_that_ignores_the_case_is_seen(folded: Path) -> None:
    (folded / "README").touch()
    assert spelling.ignores_case(str(folded))
    assert spelling.ignores_case(str(folded / "below/that"))
