"""A calculator that takes longer than a second says so on a terminal, and nothing is left of it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from terminal_user import Terminal, screen

_WORK = """
import sys, time
from acolytes_perf import cli
from acolytes_perf.working_line import says
def answered(command, words):
    for number in range(15):
        time.sleep(0.1)
        says(f"part {number}" if number < 13 else "")
    return "the answer\\n", 0
cli.answered = answered
sys.exit(cli.main(["queue", "size"]))
"""


def test_a_long_calculation_says_what_it_does_and_leaves_nothing() -> None:
    with Terminal(program=("-c", _WORK)) as terminal:
        assert terminal.ends() == 0
    assert re.search(r"acolytes-perf: queue size: part \d+, \d+ s *\r", terminal.shown)
    assert screen(terminal.shown) == ["the answer", ""]
    assert "\x1b" not in terminal.shown


@pytest.mark.parametrize("before", ["0.1", "part {number}"])
def test_a_short_one_and_one_without_a_terminal_say_nothing(before: str) -> None:
    if before == "0.1":
        with Terminal(program=("-c", _WORK.replace(before, "0.001"))) as terminal:
            assert terminal.ends() == 0
        assert terminal.shown == "the answer\n"
    else:
        ended = subprocess.run([sys.executable, "-c", _WORK], capture_output=True, text=True, check=True)
        assert (ended.stdout, ended.stderr) == ("the answer\n", "")


def test_the_line_is_never_wider_than_the_terminal() -> None:
    with Terminal(program=("-c", _WORK), columns=30) as terminal:
        assert terminal.ends() == 0
    assert re.search(r"acolytes-perf: [^\r]*\.\.\., \d+ s\r", terminal.shown)
    assert max(map(len, terminal.shown.replace("\n", "\r").split("\r"))) < 30


def test_an_interrupt_leaves_nothing_of_the_line() -> None:
    with Terminal(program=("-c", _WORK.replace("range(15)", "range(10_000)"))) as terminal:
        terminal.sees("acolytes-perf: ")
        assert terminal.interrupts() == 130
    assert not any("acolytes" in line for line in screen(terminal.shown))
