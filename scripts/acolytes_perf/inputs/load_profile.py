"""What a load test sends and when: stages of a rising, level or falling rate, and the mix of requests."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.time_units import SECONDS

PROFILES = ("smoke", "load", "stress", "spike", "endurance")
#: Default seconds on the level of each profile; for stress and spike, on each of their levels.
HOLD_SECONDS = {
    "smoke": SECONDS["min"],
    "load": 10 * SECONDS["min"],
    "stress": 5 * SECONDS["min"],
    "spike": 5 * SECONDS["min"],
    "endurance": 8 * SECONDS["h"],
}
#: Requests per second, or users, of a smoke test, which only shows that the script and the system work.
SMOKE_RATE = 1.0
#: A spike rises within these seconds, whatever the ramp: its suddenness is the test.
SPIKE_RAMP_SECONDS = 10.0
STRESS_LEVELS = 4

# urllib.parse costs as much to import as a tenth of a calculation
_URL = re.compile(r"(https?)://(\[.*\]|[^:/]*)(?::(\d+))?(/.*)?")


class Stage(NamedTuple):
    """A part of the test in which the load changes linearly.

    Attributes:
        seconds: how long it lasts.
        start_level: arrivals per second, or users, at its start.
        end_level: the same at its end.
    """

    seconds: float
    start_level: float
    end_level: float

    @property
    def is_constant(self) -> bool:
        """Whether the level does not change."""
        return self.start_level == self.end_level

    @property
    def integral(self) -> float:
        """The level integrated over time: for an arrival rate, the number of arrivals."""
        return self.seconds * (self.start_level + self.end_level) / 2


class Request(NamedTuple):
    """One kind of request.

    Attributes:
        name: method and path.
        method: of HTTP.
        path: under the target's URL.
        share: of all requests, above 0 and at most 1.
        body: JSON in ASCII without the signs that start a template in any tool's script; None without a body.
    """

    name: str
    method: str
    path: str
    share: float
    body: str | None


class Target(NamedTuple):
    """Where the requests go.

    Attributes:
        scheme: http or https.
        host: without brackets.
        port: of the host.
        base_path: before the path of every request, without a slash at its end.
    """

    scheme: str
    host: str
    port: int
    base_path: str

    @property
    def url(self) -> str:
        """The URL without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.base_path}"


def build_stages(profile: str, peak: float, ramp: float, hold: float, factor: float) -> list[Stage]:
    """The stages of a profile in order. All but smoke start and end at level 0.

    Args:
        profile: one of PROFILES.
        peak: level of the load profile, in arrivals per second or users.
        ramp: seconds of each rise and fall.
        hold: seconds on each level.
        factor: the highest level of stress and spike, over `peak`.

    >>> build_stages("load", 10, 60, 300, 2)[0]
    Stage(seconds=60, start_level=0.0, end_level=10)
    """
    if profile == "smoke":
        level = min(peak, SMOKE_RATE)
        return [Stage(hold, level, level)]
    if profile == "stress":
        return _stages_through(
            [(ramp, hold, peak * factor * (step + 1) / STRESS_LEVELS) for step in range(STRESS_LEVELS)], ramp
        )
    if profile == "spike":
        return _stages_through(
            [(ramp, hold, peak), (SPIKE_RAMP_SECONDS, hold, peak * factor), (SPIKE_RAMP_SECONDS, hold, peak)], ramp
        )
    return _stages_through([(ramp, hold, peak)], ramp)


def _stages_through(levels: Sequence[tuple[float, float, float]], ramp: float) -> list[Stage]:
    """Stages that rise to each level and hold it (seconds to reach it, seconds on it, level), and at last fall to 0."""
    stages, previous = [], 0.0
    for reach, hold, level in levels:
        stages += [Stage(reach, previous, level), Stage(hold, level, level)]
        previous = level
    return [*stages, Stage(ramp, previous, 0.0)]


def read_requests(inputs: Inputs) -> list[Request]:
    """The mix of requests, with shares that add up to 1; by default one GET of the root."""
    rows = inputs.rows("requests")
    if not rows:
        return [Request("GET /", "GET", "/", 1.0, None)]
    total = sum(row.number("weight") for row in rows)
    return [
        Request(
            f"{row.text('method')} {row.text('path')}",
            row.text("method") or "",
            row.text("path") or "",
            row.number("weight") / total,
            _without_templates(row.text("body")),
        )
        for row in rows
    ]


def _without_templates(body: str | None) -> str | None:
    """The same JSON with escapes for what starts a template in a tool's script: `${`, `#{`, `{{` and backslash."""
    if body is None:
        return None
    text = json.dumps(json.loads(body)).replace("\\\\", "\\u005c").replace("$", "\\u0024").replace("#", "\\u0023")
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda match: match[0].replace("{", "\\u007b"), text)


def read_target(inputs: Inputs) -> Target:
    """The parts of the URL, which the pattern of its field has checked."""
    match = _URL.fullmatch(inputs.text("url") or "")
    assert match
    scheme, host, port, base_path = match.groups()
    return Target(
        scheme, host.strip("[]"), int(port or (443 if scheme == "https" else 80)), (base_path or "").rstrip("/")
    )
