"""Makes traffic.csv of the worked case: requests and failures of a shop in each hour, the same ones in each run.

python data.py > traffic.csv
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import sys
from collections.abc import Iterator

START = dt.datetime(2026, 8, 31, tzinfo=dt.timezone.utc)
WEEKS = 10
#: Requests per second of an average hour in the first week, and what each week adds.
LEVEL = 18
GROWTH = 0.012
HOURS = (
    0.3,
    0.2,
    0.2,
    0.2,
    0.2,
    0.3,
    0.5,
    0.7,
    0.9,
    1,
    1.1,
    1.2,
    1.2,
    1.1,
    1,
    1,
    1.1,
    1.3,
    1.5,
    1.6,
    1.5,
    1.2,
    0.8,
    0.5,
)
DAYS = (1, 0.95, 0.95, 1, 1.15, 1.1, 1.2)
USUAL_FAILURES = 0.0002
#: The hours of each incident, and the share of its requests that failed, as in incidents.csv.
INCIDENTS = {
    dt.datetime(2026, 9, 18, 18, tzinfo=dt.timezone.utc): 20 / 60 * 0.3,
    dt.datetime(2026, 10, 13, 9, tzinfo=dt.timezone.utc): 35 / 60,
    dt.datetime(2026, 10, 30, 19, tzinfo=dt.timezone.utc): 50 / 60 * 0.1,
}


def rows() -> Iterator[tuple[str, int, int]]:
    """Each hour with its requests and failures."""
    draws = random.Random(14)
    for hour in range(WEEKS * 168):
        time = START + dt.timedelta(hours=hour)
        rate = LEVEL * (1 + GROWTH) ** (hour / 168) * HOURS[time.hour] * DAYS[time.weekday()]
        requests = round(3600 * rate * math.exp(draws.gauss(0, 0.05)))
        share = USUAL_FAILURES + INCIDENTS.get(time, 0)
        failures = requests * share
        yield f"{time:%Y-%m-%dT%H:%MZ}", requests, round(failures + math.sqrt(failures) * draws.gauss(0, 1))


def main() -> None:
    """Print the table."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["time", "requests", "failures"])
    writer.writerows((time, requests, max(0, failures)) for time, requests, failures in rows())


if __name__ == "__main__":
    main()
