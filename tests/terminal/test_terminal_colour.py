"""Colours: the usual variables decide, files and JSON never have any, and a text without its colours says the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_cc.terminal import STYLES, painted
from terminal_user import Terminal

COLOUR = re.compile(r"\x1b\[[\d;]*m")
BARE = {"NO_COLOR": "", "FORCE_COLOR": "", "CLICOLOR_FORCE": "", "CLICOLOR": "", "TERM": "xterm"}


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.md"
    file.write_text("---\nname: wrong\ndescription: Use when x.\ntools: Reed\n---\nYou do it.\n")
    return file


def piped(*arguments: str, **variables: str) -> str:
    command = [sys.executable, "-I", "-m", "acolytes_cc", *arguments]
    return subprocess.run(command, env={**BARE, **variables}, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("variables", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True, True),
    ],
    ids=lambda value: "-".join(f"{key}{said}" for key, said in value.items()) if isinstance(value, dict) else None,
)
def test_the_usual_variables_decide(
    variables: dict[str, str], on_terminal: bool, in_pipe: bool, agent: Path, scratch_home: Path
) -> None:
    with Terminal("lint", str(agent), env={**BARE, **variables}) as terminal:
        assert terminal.ends() == 1
    assert bool(COLOUR.search(terminal.shown)) == on_terminal
    home = {"HOME": str(scratch_home)}
    for _ in range(2):  # the second one may come from the cache
        assert bool(COLOUR.search(piped("lint", str(agent), **home, **variables))) == in_pipe
    plain = piped("lint", str(agent), **home)
    assert COLOUR.sub("", piped("lint", str(agent), **home, **variables)) == plain


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_programs_get_no_colour(form: str, agent: Path, scratch_home: Path) -> None:
    assert "\x1b" not in piped("lint", str(agent), "--format", form, HOME=str(scratch_home), FORCE_COLOR="1")


def test_a_file_gets_no_colour(agent: Path, tmp_path: Path) -> None:
    with Terminal("lint", str(agent), "--output", str(tmp_path / "report"), env=BARE) as terminal:
        assert terminal.ends() == 1
    assert "error" in (tmp_path / "report").read_text()
    assert "\x1b" not in (tmp_path / "report").read_text()


def test_a_style_ends_where_its_text_ends() -> None:
    for style in STYLES:
        assert COLOUR.sub("", painted("text", style)) == "text"
        assert painted("text", style).endswith("text\x1b[0m")
