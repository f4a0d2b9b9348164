"""Start-up: `--help`, `status`, and a hand-off from one command to another one that waits for it."""

from __future__ import annotations

import time

from bench.figures import Row
from bench.quest_board.ground import BASE, Ground, in_turn, script, seconds, until
from bench.quest_board.published import Published

MOST = {"--help": 1.4, "status": 1.6, "hand-off": 1.7}
ASLEEP_SECONDS = 0.1  # from hanging the bell up to being asleep


def measure(ground: Ground, published: Published | None, rounds: int) -> list[Row]:
    """Return each command's time as a ratio to the base's."""
    cases = {
        "base": lambda: seconds(BASE, ground.environ, ground.folder),
        "--help": lambda: seconds(script("monitor", "--help"), ground.environ, ground.folder),
        "status": lambda: seconds(script("status", "--quest", ground.quest), ground.environ, ground.folder),
        "hand-off": lambda: _hand_off(ground),
    }
    if published:
        cases |= published.starting()
    medians = in_turn(cases, rounds)
    base = medians["base"]
    theirs = {case: medians[f"published {case}"] / base for case in MOST if f"published {case}" in medians}
    if published:
        theirs["hand-off"] = published.hand_off() / base
    return [
        Row("start", "base: python -c 'import argparse, sqlite3'", base * 1000, "ms"),
        *(Row("start", case, medians[case] / base, "bases", most, theirs.get(case)) for case, most in MOST.items()),
    ]


def _hand_off(ground: Ground) -> float:
    monitor = ground.start("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    until(lambda: ground.listening() > 0)
    time.sleep(ASLEEP_SECONDS)
    start = time.perf_counter()
    sender = ground.start("message", "--quest", ground.quest, "--to", "w1", "--msg", "go", heard=False)
    output, _ = monitor.communicate(timeout=30)
    taken = time.perf_counter() - start
    if sender.wait() or "turn" not in output:
        raise SystemExit(f"the hand-off failed: {output!r}")
    ground.run("respond", "--quest", ground.quest, "--as", "s1", "--msg", "Completed: done")
    return taken
