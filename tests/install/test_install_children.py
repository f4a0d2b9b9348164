"""What a program of ours has started ends with it, also what that one has started itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from acolytes_cc.children import child, output_of

# the grandchild has the pipe of the first line, too: the pipe ends when nobody has it any more
_FAMILY = ["sh", "-c", "sleep 600 & echo started; wait"]
_PROGRAM = f"""
import subprocess, sys
from acolytes_cc.children import child
from acolytes_cc.errors import guarded
def work():
    with child({_FAMILY!r}, stdout=sys.stdout) as process:
        process.wait()
    return 0
sys.exit(guarded("acolytes", work))
"""


def test_a_grandchild_ends_with_the_body() -> None:
    with child(_FAMILY, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        copy = os.dup(process.stdout.fileno())
    with os.fdopen(copy, "rb") as stream:
        assert stream.read() == b""


def test_a_grandchild_does_not_make_a_time_limit_longer() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        output_of(_FAMILY, 0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_the_whole_family(number: signal.Signals) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=pipe, stderr=pipe, text=True) as program:
        assert program.stdout
        assert program.stdout.readline() == "started\n"
        program.send_signal(number)
        assert program.stdout.read() == ""  # it ends when the grandchild has ended
        code = program.wait()
    assert code == (130 if number == signal.SIGINT else 143)
