"""Positions in each unit that an editor may count in, with every kind of line break, and after every kind of change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from acolytes_cc.language_server.text import Text
from editor import Editor
from support import build_tree

ENCODINGS = ("utf-8", "utf-16", "utf-32")
PIECES = st.lists(st.sampled_from(["a", "ü", "😀", "\n", "\r\n", "\r", "\f", "\u2028", "\x85", "\0", " "]), max_size=30)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", [None, *ENCODINGS])
def test_an_emoji_before_a_finding_moves_it_by_its_units(tmp_path: Path, encoding: str | None, line_end: str) -> None:
    text = "---\nname: a\ndescription: Use when it is needed.\ntools: [Bash(😀ü), Raed]\n---\nDo it.\n"
    agent = build_tree(tmp_path, {".claude/agents/a.md": text.replace("\n", line_end)}) / ".claude/agents/a.md"
    with Editor(tmp_path, encoding) as editor:
        marked = [editor.marked(agent, one) for one in editor.open(agent)]
        assert "Raed" in marked, marked
        (place,) = [one.range.start for one in editor.published[agent.as_uri()].diagnostics if "Raed" in one.message]
        units = {"utf-8": 4 + 2, "utf-16": 2 + 1, "utf-32": 1 + 1}[encoding or "utf-16"]
        assert (place.line, place.character) == (3, len("tools: [Bash(") + units + len("), "))
        # typing behind the emoji, and a fix of what comes behind it
        start = editor.texts[agent.as_uri()].index("Raed")
        editor.change(agent, (start, start + 4, "Read(😀), x"), (start + 9, start + 10, "Grpe"))
        marked = [editor.marked(agent, one) for one in editor.findings(agent)]
        assert "Grpe" in marked, marked


def test_the_server_says_which_unit_it_counts_in(tmp_path: Path) -> None:
    for encoding in ENCODINGS:
        with Editor(tmp_path, encoding) as editor:
            assert editor.encoding == encoding


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(pieces=PIECES)
def test_each_offset_has_a_position_and_the_position_that_offset(encoding: str, pieces: list[str]) -> None:
    """Both directions, beside the arithmetic of the editor in these tests."""
    text = Text("".join(pieces), encoding)
    editor = Editor.__new__(Editor)
    editor.encoding = encoding
    for offset in range(len(text.content) + 1):
        place = text.position(offset)
        if text.content[offset - 1 : offset + 1] != "\r\n":  # between the two is no position
            assert place == editor.position(text.content, offset)
            assert text.offset(place) == offset == editor.offset(text.content, place)


@given(pieces=PIECES, line=st.integers(0, 40), character=st.integers(0, 100))
def test_a_position_behind_the_end_is_the_end(pieces: list[str], line: int, character: int) -> None:
    text = Text("".join(pieces))
    offset = text.offset(types.Position(line, character))
    assert 0 <= offset <= len(text.content)
    if line < len(text.line_starts):
        assert text.line_starts[line] <= offset <= text.line_starts[line] + len(text.line(line))


def test_half_an_emoji_is_no_catastrophe() -> None:
    """An editor that counts in UTF-16 may insert the two halves one after the other."""
    text = Text("ab")
    at = types.Range(types.Position(0, 1), types.Position(0, 1))
    text = text.changed([types.TextDocumentContentChangePartial(at, "\ud83d")])
    assert text.data == "a\ufffdb".encode()
    behind = types.Range(types.Position(0, 2), types.Position(0, 2))
    text = text.changed([types.TextDocumentContentChangePartial(behind, "\ude00")])
    assert text.content == "a😀b"
    assert text.data == "a😀b".encode()
