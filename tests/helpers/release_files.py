"""Result files of two releases, drawn at random, for tests of comparisons and budgets."""

import math
import random
from pathlib import Path
from typing import Any

HOUR, DAY = 3600, 86_400
MEDIANS = {"login": 0.12, "list": 0.09, "detail": 0.06, "upload": 0.9}


def write_run(
    path: Path,
    seed: int,
    start: float,
    slower: dict[str, float] | None = None,
    failing: dict[str, float] | None = None,
    requests: int = 2000,
    gap: float = 0.05,
) -> str:
    """A JTL file: 2 % between runs; failed requests answer ten times as fast; a transaction row after every ten."""
    rng = random.Random(seed)
    level, lines, when = math.exp(rng.gauss(0, 0.02)), [], start
    for number in range(requests):
        when += rng.expovariate(1 / gap)
        label = list(MEDIANS)[number % len(MEDIANS)]
        seconds = level * rng.lognormvariate(math.log(MEDIANS[label]), 0.3) * (slower or {}).get(label, 1)
        failed = rng.random() < (failing or {}).get(label, 0.002)
        seconds *= 0.1 if failed else 1
        code, message = (500, "Internal Server Error") if failed else (200, "OK")
        ok = str(not failed).lower()
        lines.append(f"{round(when * 1000)},{round(seconds * 1000)},{label},{code},{message},t 1-1,text,{ok}\n")
        if number % 10 == 9:
            message = '"Number of samples in transaction : 10, number of failing samples : 0"'
            lines.append(f"{round(when * 1000)},9000,journey,200,{message},t 1-1,,true\n")
    head = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success\n"
    path.write_text(head + "".join(lines), encoding="utf-8")
    return str(path)


def write_releases(folder: Path, runs: int = 4, *, apart: float = HOUR, **candidate: Any) -> None:
    """`before-N.jtl` and `after-N.jtl`, in turn, or the candidate `apart` seconds later."""
    for number in range(runs):
        start = 1_790_000_000 + number * 2 * HOUR
        write_run(folder / f"before-{number}.jtl", 10 + number, start)
        write_run(folder / f"after-{number}.jtl", 50 + number, start + apart, **candidate)
