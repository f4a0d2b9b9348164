"""The files that the worked examples of the agents read, as a user would have them."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from pathlib import Path

_START = datetime(2026, 10, 5, tzinfo=timezone.utc)
_WEEKS = 7


def write_project_files(folder: Path) -> None:
    """Hourly traffic of seven weeks, the measured capacity of sizes, and a plan."""
    rows = ["time,requests_per_second"]
    for hour in range(_WEEKS * 168):
        noise = 1 + 0.03 * math.sin(hour * hour)
        load = (100 + 50 * math.sin((hour % 24 - 12) / 24 * 2 * math.pi)) * noise
        rows.append(f"{_START + timedelta(hours=hour):%Y-%m-%dT%H:%MZ},{load:.2f}")
    (folder / "traffic.csv").write_text("\n".join(rows) + "\n", "utf-8")
    sizes = ["workers,throughput"]
    for size in (1, 2, 4, 8, 16, 32):
        ideal = 48 * size / (1 + 0.004 * (size - 1) + 2e-5 * size * (size - 1))
        sizes += [f"{size},{ideal * factor:.1f}" for factor in (0.99, 1.0, 1.01)]
    (folder / "sizes.csv").write_text("\n".join(sizes) + "\n", "utf-8")
    (folder / "capacity-plan.md").write_text("# Capacity\n\nThe load is 1,200/s (assumption).\n", "utf-8")
