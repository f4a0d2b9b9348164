"""A storm on a board: nothing that a command acknowledged is lost when processes are killed, stopped and misled.

python bench/quest_storm.py [--turns 20000] [--kills 2000] [--processes 32] [--server] [--crashes 8]
                            [--seed N] [--patience 1800] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "helpers"), str(ROOT / "scripts")]

from postgres_server import running  # noqa: E402  found only on the path that is set above
from quest_storm import Storm  # noqa: E402
from quest_storm_findings import is_news  # noqa: E402


def main(argv: list[str] | None = None) -> int:
    """Let the storm rage, print what came of it, and return 1 when anything was lost or the storm fell short."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=20_000, help="answers to be acknowledged (default: 20000)")
    parser.add_argument("--kills", type=int, default=2_000, help="processes to be killed (default: 2000)")
    parser.add_argument("--processes", type=int, default=32, help="leaders and workers (default: 32)")
    parser.add_argument("--server", action="store_true", help="a board on a PostgreSQL server, which crashes")
    parser.add_argument("--crashes", type=int, default=8, help="how often the server crashes (default: 8)")
    parser.add_argument("--seed", type=int, default=None, help="repeat the choices of an earlier storm")
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds after which it ends (default: 1800)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    seed = random.randrange(10**6) if options.seed is None else options.seed
    print(f"seed {seed}", file=sys.stderr)
    began = time.monotonic()
    crashes = options.crashes if options.server else 0
    with tempfile.TemporaryDirectory() as folder, running() if options.server else nullcontext() as server:
        storm = Storm(Path(folder), players=options.processes, seed=seed, server=server, crashes=crashes)
        storm.rage(turns=options.turns, kills=options.kills, patience=options.patience)
        raged = time.monotonic() - began
        storm.calm()
        findings = storm.findings()
        journal = storm.acknowledged()
    if storm.answered < options.turns or storm.kills < options.kills or len(storm.crashes) < crashes:
        findings.append("the storm ended before its size was reached: raise --patience")
    result = {
        "seed": seed,
        "seconds": round(raged, 1),
        "answered": storm.answered,
        "acknowledged": sum(entry["code"] == 0 for entry in journal),
        "refused": sum(entry["code"] == 2 for entry in journal),
        "refused_as_too_late": sum(_came_too_late(entry) for entry in journal),
        "busy": sum(entry["code"] == 3 for entry in journal),
        "kills": storm.kills,
        "kills_at_boundaries": storm.boundary_kills,
        "last_boundary": storm.boundaries,
        "rounds_of_boundaries": storm.rounds,
        "stops": storm.stops,
        "crashes": len(storm.crashes),
        "connections_cut": storm.cut,
        "backups": storm.backups,
        "news": sum(len(entry["reply"]["messages"]) for entry in journal if is_news(entry)),
        "verbs": dict(Counter(entry["verb"] for entry in journal if entry["code"] == 0)),
        "findings": findings,
    }
    if options.json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{name:<22}{value}" for name, value in result.items() if name != "findings"))
        print("\n".join(findings) or "nothing was lost")
    return 1 if findings else 0


def _came_too_late(entry: dict[str, Any]) -> bool:
    """Whether this was a first answer that came when the turn was another's already."""
    return bool(entry["verb"] == "respond" and entry["code"] == 2 and "second" not in entry)


if __name__ == "__main__":
    sys.exit(main())
