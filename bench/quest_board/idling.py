"""Idle monitors: the CPU time of one in 90 s, less that of a look without a wait; memory and CPU time of many."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path

from bench.figures import Row
from bench.quest_board.ground import Ground, script, until

MOST_SECONDS = 0.05
WAIT_SECONDS = 90
WATCHED_SECONDS = 30
SAMPLES = 5


class Waiting:
    """A few monitors that wait their full time; they may do so while other cases run."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._idle = [self._start(WAIT_SECONDS) for _ in range(SAMPLES)]

    def rows(self) -> list[Row]:
        """Wait for the monitors, and return the cost of their wait."""
        waited = statistics.median(map(_cpu_at_end, self._idle))
        looked = statistics.median(_cpu_at_end(self._start(0)) for _ in range(SAMPLES))
        return [Row("idle", f"one monitor, CPU beyond a look, {WAIT_SECONDS} s", waited - looked, "s", MOST_SECONDS)]

    def _start(self, timeout: int) -> subprocess.Popen[str]:
        return self._ground.start(
            "monitor", "--role", "worker", "--agent", "w1", "--timeout", str(timeout), heard=False
        )


def many(ground: Ground, number: int) -> list[Row]:
    """Return the cost of `number` monitors together while nothing happens."""
    command = script("monitor", "--role", "worker", "--agent", "w1", "--timeout", "600")
    running = []
    try:
        for count in range(number):
            running.append(subprocess.Popen(command, env=ground.environ, stdout=subprocess.DEVNULL))
            if count % 20 == 19:  # a few at a time: not the start is measured
                until(partial(_all_wait, ground, count + 1))
        until(partial(_all_wait, ground, number))
        time.sleep(1)
        before = sum(_cpu_so_far(process.pid) for process in running)
        began = time.monotonic()
        time.sleep(WATCHED_SECONDS)
        used = sum(_cpu_so_far(process.pid) for process in running) - before
        share = used / (time.monotonic() - began)
        memory = statistics.median(_own_megabytes(process.pid) for process in running)
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()
    return [
        Row("idle", f"{number} monitors, CPU together", share * 100, "% of a core"),
        Row("idle", f"{number} monitors, memory of each that it shares with none", memory, "MB"),
    ]


def _all_wait(ground: Ground, number: int) -> bool:
    return ground.listening() >= number


def _cpu_at_end(process: subprocess.Popen[str]) -> float:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a monitor failed with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def _cpu_so_far(process: int) -> float:
    """Return a running process's CPU time in seconds, to the nanosecond where the scheduler says so."""
    return int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[0]) / 1e9


def _own_megabytes(process: int) -> float:
    text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    return sum(int(size) for size in re.findall(r"(?m)^Private_\w+: +(\d+) kB", text)) / 1024
