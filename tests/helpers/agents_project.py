"""The files that the worked examples of the agents read, as a user would have them."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

_START = datetime(2026, 10, 5, tzinfo=timezone.utc)
_WEEKS = 7
_RUNS = 4

_TABLES = {
    "measures.csv": """\
id;cost_low;cost_likely;cost_high;gain_a_year_low;gain_a_year_likely;gain_a_year_high;weeks;after
replica;12000;18000;40000;8000;15000;17000;6;
images;25000;30000;70000;9000;24000;30000;9;
arm;40000;60000;150000;30000;52000;60000;12;tests
tests;5000;7000;9000;1000;3000;5000;3;
""",
    "suppliers.csv": """\
supplier;first_50_tb_usd_per_tb;above_usd_per_tb;fixed_usd_per_month;p95_ms;sla
North;42;30;0;55;99.9
South;28;28;1400;62;99.99
""",
    "incidents.csv": """\
date,minutes
2026-01-07,35
2026-01-19,12
2026-02-02,240
2026-02-21,50
2026-03-05,18
2026-03-23,120
2026-04-14,26
2026-05-02,9
2026-05-28,75
2026-06-11,31
""",
    "deploys.csv": "time,name\n2026-10-12T09:00Z,v7.1\n2026-10-26T09:30Z,v7.2\n",
    "tools.csv": "option,price,speed,support\nA,120,800,3\nB,90,500,4\nC,200,900,5\n",
    "capacity-plan.md": "# Capacity\n\nThe load is 1,200/s (assumption).\n",
}


def write_project_files(folder: Path) -> None:
    """Write traffic, measured sizes, load tests, counters, pods, money and a plan into a folder."""
    for name, text in _TABLES.items():
        (folder / name).write_text(text, "utf-8")
    for name, rows in _series().items():
        (folder / name).write_text("\n".join(rows) + "\n", "utf-8")
    for name, failing in (("requests.json", False), ("errors.json", True)):
        (folder / name).write_text(json.dumps(_counter(failing)), "utf-8")
    for run in range(_RUNS):
        for side, slower in (("before", 1.0), ("after", 1.25)):
            start = _START + timedelta(minutes=20 * run + (10 if side == "after" else 0))
            requests = _requests(start, slower, random.Random(f"{side} {run}"))
            (folder / f"{side}-{run + 1}.jtl").write_text("\n".join(requests) + "\n", "utf-8")


def _series() -> dict[str, list[str]]:
    traffic, hours, days, minutes = ["time,requests_per_second"], ["time,cpu,memory"], ["time,p95_ms"], ["time,load"]
    for hour in range(_WEEKS * 168):
        wave = math.sin((hour % 24 - 12) / 24 * 2 * math.pi)
        noise = 1 + 0.03 * math.sin(hour * hour)
        time = f"{_START + timedelta(hours=hour):%Y-%m-%dT%H:%MZ}"
        traffic.append(f"{time},{(100 + 50 * wave) * noise:.2f}")
        if hour < 2 * 168:
            hours.append(f"{time},{(0.3 + 0.1 * wave) * noise:.3f},{(420 + 20 * wave) * noise * 2**20:.0f}")
    for day in range(42):
        level = 118 if day < 21 else 127
        days.append(f"{_START + timedelta(days=day):%Y-%m-%d},{level + 1.5 * math.sin(day * day):.1f}")
    for minute in range(2 * 1440):
        ramp = 1 / (1 + math.exp(-(minute % 1440 - 540) / 2))
        time = f"{_START + timedelta(minutes=minute):%Y-%m-%dT%H:%MZ}"
        minutes.append(f"{time},{(100 + 320 * ramp) * (1 + 0.02 * math.sin(minute * minute)):.1f}")
    sizes = ["workers,throughput"]
    for size in (1, 2, 4, 8, 16, 32):
        ideal = 48 * size / (1 + 0.004 * (size - 1) + 2e-5 * size * (size - 1))
        sizes += [f"{size},{ideal * factor:.1f}" for factor in (0.99, 1.0, 1.01)]
    return {
        "traffic.csv": traffic, "sizes.csv": sizes, "pods.csv": hours, "p95-daily.csv": days, "minutes.csv": minutes,
    }  # fmt: skip


def _counter(failing: bool) -> dict[str, object]:
    """A Prometheus range query of a counter over 35 days, with an outage of half an hour."""
    values, total = [], 0
    for step in range(35 * 288):
        requests = round(60 + 40 * math.sin((step % 288 - 144) / 288 * 2 * math.pi))
        share = 1.0 if 8 * 288 + 150 <= step < 8 * 288 + 156 else 0.0
        total += round(requests * share) + (step % 40 == 0) if failing else requests
        values.append([_START.timestamp() + 300 * step, str(total)])
    result = [{"metric": {"service": "partner-api"}, "values": values}]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def _requests(start: datetime, slower: float, rng: random.Random) -> Iterator[str]:
    """A run of JMeter with two endpoints; one of them is slower after the release."""
    yield "timeStamp,elapsed,label,responseCode,success"
    between_runs = rng.lognormvariate(0, 0.02)
    for number in range(1200):
        label, scale = ("search", 80.0) if number % 3 else ("order", 120.0 * slower)
        elapsed = between_runs * scale * rng.lognormvariate(0, 0.4)
        failed = rng.random() < 0.002
        yield (
            f"{start.timestamp() * 1000 + number * 150:.0f},{elapsed:.0f},{label},"
            f"{500 if failed else 200},{'false' if failed else 'true'}"
        )
