"""The line of progress on a real terminal: what it says, and that nothing is left of it, not even by Ctrl-C."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from terminal_user import Terminal, screen

_WORK = """
import sys, time
from acolytes_cc.progress import progress, stepwise_progress
with {call} as line:
    for number in range(15):
        time.sleep(0.1)
        {each}
print("the end", file=sys.stderr)
"""
TICKING = _WORK.format(call="progress('doing what takes long')", each="line.does(f'part {number}')")
STEPWISE = _WORK.format(call="stepwise_progress('checking files', 15)", each="line.step()")


@pytest.mark.parametrize(
    ("work", "says"),
    [
        (TICKING, r"acolytes: doing what takes long: part \d+, 1 s\r"),
        (STEPWISE, r"acolytes: checking files: 1\d of 15 \(\d\d %\), 1 s\r"),
    ],
    ids=["ticking", "stepwise"],
)
def test_long_work_says_what_it_does_and_leaves_nothing(work: str, says: str) -> None:
    with Terminal(program=("-c", work)) as terminal:
        assert terminal.ends() == 0
    assert re.search(says, terminal.shown)
    assert screen(terminal.shown) == ["the end", ""]
    assert "\x1b" not in terminal.shown


def test_short_work_says_nothing() -> None:
    with Terminal(program=("-c", TICKING.replace("0.1", "0.001"))) as terminal:
        assert terminal.ends() == 0
    assert terminal.shown == "the end\n"


def test_elsewhere_nothing_is_said() -> None:
    for work in (TICKING, STEPWISE):
        ended = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=True)
        assert (ended.stdout, ended.stderr) == ("", "the end\n")


def test_the_line_is_never_wider_than_the_terminal() -> None:
    with Terminal(program=("-c", TICKING), columns=20) as terminal:
        assert terminal.ends() == 0
    assert "acolytes: d..., 1 s\r" in terminal.shown
    assert max(map(len, terminal.shown.replace("\n", "\r").split("\r"))) < 20


def test_an_interrupt_leaves_only_its_own_line() -> None:
    work = f"from acolytes_cc.errors import guarded\nbody = {TICKING!r}\nguarded('acolytes', lambda: exec(body) or 0)"
    with Terminal(program=("-c", work)) as terminal:
        terminal.sees("part 1")
        terminal.interrupts()
    assert [line for line in screen(terminal.shown) if line] == ["acolytes: interrupted"]
