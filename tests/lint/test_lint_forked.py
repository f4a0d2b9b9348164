"""Work that is shared with copies of the process gives the same as work in one, whatever happens to the copies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_cc.lint.engine.forked import Row, can_fork, shared

COUNT = 260
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


def squares(there: Callable[[int], Row]) -> tuple[dict[int, int], dict[int, Row]]:
    """The squares that this process made, and those of its copies."""
    here: dict[int, int] = {}
    rows: dict[int, Row] = {}
    shared(COUNT, 3, lambda number: here.__setitem__(number, number * number), there, rows.__setitem__)
    return here, rows


def children() -> set[int]:
    """The processes that this one has started and not waited for; other tests may have left some."""
    listed = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()
    return set(map(int, listed.split()))


def test_each_number_is_worked_on_once() -> None:
    before = children()
    here, rows = squares(lambda number: (number * number, os.getpid()))
    assert not here.keys() & rows.keys()
    assert here | {number: row[0] for number, row in rows.items()} == {n: n * n for n in range(COUNT)}
    assert os.getpid() not in {row[1] for row in rows.values()}
    assert children() == before


def test_what_a_killed_or_failing_copy_leaves_is_done_here() -> None:
    before = children()

    def killed(number: int) -> Row:
        os.kill(os.getpid(), signal.SIGKILL)
        return (number,)

    def failing(number: int) -> Row:
        raise MemoryError(number)

    for there in (killed, failing, lambda number: (object(),)):
        here, rows = squares(there)
        assert not rows
        assert here == {number: number * number for number in range(COUNT)}
        assert children() == before


def test_without_a_copy_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise OSError

    monkeypatch.setattr(os, "fork", refused)
    assert squares(lambda number: (number,)) == ({number: number * number for number in range(COUNT)}, {})


def test_an_interrupt_ends_the_copies() -> None:
    before = children()

    def interrupted(number: int) -> None:
        raise KeyboardInterrupt

    def waiting(number: int) -> Row:
        signal.pause()
        return (number,)

    with pytest.raises(KeyboardInterrupt):
        shared(COUNT, 3, interrupted, waiting, lambda number, row: None)
    assert children() == before


def test_a_process_with_threads_is_not_copied() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    assert not can_fork()
    ended.set()
    thread.join()
    code = "from acolytes_cc.lint.engine.forked import can_fork; print(can_fork())"
    alone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert alone.stdout == "True\n"
