"""Old quests: the time of `status` and of a look by `monitor` on a board with 10, 1,000 and 100,000 of them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.figures import Row
from bench.quest_board.ground import Ground, in_turn, script, seconds
from bench.quest_board.published import Published

SIZES = (10, 1_000, 100_000)
MOST = 1.15  # two equal times differ by less
# The columns that tell one quest's rows from another's. Each old quest has one turn, of its own number.
_KEYS = {
    "quest": {"id": "n.number"},
    "member": {"quest": "n.number"},
    "turn": {"id": "n.number", "quest": "n.number"},
    "message": {"quest": "n.number", "turn": "CASE WHEN turn IS NULL THEN NULL ELSE n.number END"},
    "event": {"id": "NULL", "quest": "n.number", "turn": "CASE WHEN turn IS NULL THEN NULL ELSE n.number END"},
}


def measure(folder: Path, published: Published | None, rounds: int) -> list[Row]:
    """Return the times on each board, and the ratio of the largest board to the smallest."""
    folder.mkdir()
    grounds = {size: _with_old_quests(folder / str(size), size) for size in SIZES}
    commands = {
        "status": script("status"),
        "monitor --timeout 0": script("monitor", "--role", "worker", "--agent", "w1", "--timeout", "0"),
    }
    cases: dict[tuple[str, int], Callable[[], float]] = {
        (what, size): partial(seconds, command, ground.environ, ground.folder)
        for size, ground in grounds.items()
        for what, command in commands.items()
    }
    theirs = published.growing(SIZES) if published else {}
    cases |= {("published", size): look for size, look in theirs.items()}
    measured = in_turn({f"{what} {size}": case for (what, size), case in cases.items()}, rounds)
    rows = []
    for what in commands:
        # The published package has nothing like `status`; its quest_check is a look.
        look = bool(theirs) and what.startswith("monitor")
        published_times = [measured[f"published {size}"] * 1000 if look else None for size in SIZES]
        times = [measured[f"{what} {size}"] * 1000 for size in SIZES]
        rows += [
            Row("old", f"{what}, {size:,} old quests", time, "ms", None, other)
            for size, time, other in zip(SIZES, times, published_times, strict=True)
        ]
        first, last = published_times[0], published_times[-1]
        ratio = last / first if first and last else None
        rows.append(Row("old", f"{what}, most to fewest", times[-1] / times[0], "ratio", MOST, ratio))
    return rows


def _with_old_quests(folder: Path, number: int) -> Ground:
    """Complete one quest, copy its rows many times, and create another that stays open."""
    ground = Ground(folder)
    ground.run("message", "--quest", "1", "--to", "w1", "--msg", "do it")
    ground.run("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    ground.run("respond", "--quest", "1", "--as", "s1", "--msg", "Completed: done")
    ground.run("complete", "--quest", "1", "--summary", "done")
    with contextlib.closing(sqlite3.connect(ground.board)) as connection:
        for table, keys in _KEYS.items():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(keys.get(column, column) for column in columns)
            first = "quest = 1" if "quest" in columns else "id = 1"
            connection.execute(
                "WITH RECURSIVE n (number) AS (SELECT 2 UNION ALL SELECT number + 1 FROM n WHERE number < ?)"
                f" INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM n JOIN"
                f" (SELECT * FROM {table} WHERE {first}) ON 1 ORDER BY n.number"
                + (", seq" if table == "message" else ""),
                (number,),
            )
        connection.commit()
    ground.run("create", "--mission", "the present one", "--agents", "w1")
    return ground
