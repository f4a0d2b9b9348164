"""What a load test sends and when: stages of a rising, level or falling rate, and the mix of requests."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.units import SECONDS

PROFILES = ("smoke", "load", "stress", "spike", "endurance")
#: The level part of each profile, where no other duration is asked for; of stress and spike, of each level.
HOLDS = {
    "smoke": SECONDS["min"],
    "load": 10 * SECONDS["min"],
    "stress": 5 * SECONDS["min"],
    "spike": 5 * SECONDS["min"],
    "endurance": 8 * SECONDS["h"],
}
#: A smoke test only shows that the script and the system work.
SMOKE_RATE = 1.0
#: A spike rises within this time, whatever the ramp: its suddenness is the test.
SPIKE_RAMP = 10.0
STRESS_LEVELS = 4

# urllib.parse costs as much to import as a tenth of a calculation
_ADDRESS = re.compile(r"(https?)://(\[.*\]|[^:/]*)(?::(\d+))?(/.*)?")


class Stage(NamedTuple):
    """A time in seconds in which the level changes evenly from one value to another, both of the planned load."""

    seconds: float
    start: float
    end: float

    @property
    def area(self) -> float:
        """The mean level times the time: of arrival rates, what arrives."""
        return self.seconds * (self.start + self.end) / 2


class Request(NamedTuple):
    """One kind of request and its share of all. `body` is JSON in ASCII, which no script language can take for code."""

    name: str
    method: str
    path: str
    share: float
    body: str | None


class Target(NamedTuple):
    """Where the requests go: scheme, host without brackets, port, and a path before every other."""

    scheme: str
    host: str
    port: int
    base: str

    @property
    def url(self) -> str:
        """The whole, without a slash at its end."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{shown}:{self.port}{self.base}"


def stages(profile: str, peak: float, ramp: float, hold: float, factor: float) -> list[Stage]:
    """The stages, in order and without gaps: level 0 at both ends but for smoke. `factor` is how far above `peak`
    stress and spike go.
    """
    if profile == "smoke":
        level = min(peak, SMOKE_RATE)
        return [Stage(hold, level, level)]
    if profile == "stress":
        return _through(
            [(ramp, hold, peak * factor * (step + 1) / STRESS_LEVELS) for step in range(STRESS_LEVELS)], ramp
        )
    if profile == "spike":
        return _through([(ramp, hold, peak), (SPIKE_RAMP, hold, peak * factor), (SPIKE_RAMP, hold, peak)], ramp)
    return _through([(ramp, hold, peak)], ramp)


def _through(levels: Sequence[tuple[float, float, float]], ramp: float) -> list[Stage]:
    """Stages that go to each level (time to reach it, time on it, level), and at last to 0."""
    found, before = [], 0.0
    for reach, hold, level in levels:
        found += [Stage(reach, before, level), Stage(hold, level, level)]
        before = level
    return [*found, Stage(ramp, before, 0.0)]


def is_level(stage: Stage) -> bool:
    """Whether the stage keeps one level."""
    return stage.start == stage.end


def requests(inputs: Inputs) -> list[Request]:
    """The mix, with shares that add up to 1; one GET of the root where none was given."""
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
            _inert(row.text("body")),
        )
        for row in rows
    ]


def _inert(body: str | None) -> str | None:
    """The same JSON without a sign that starts a template of some tool inside a text: `${`, `#{`, `{{`, backslash."""
    if body is None:
        return None
    text = json.dumps(json.loads(body)).replace("\\\\", "\\u005c").replace("$", "\\u0024").replace("#", "\\u0023")
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: found[0].replace("{", "\\u007b"), text)


def target(inputs: Inputs) -> Target:
    """The parts of the address, whose form its field's pattern has checked."""
    found = _ADDRESS.fullmatch(inputs.text("url") or "")
    assert found
    scheme, host, port, base = found.groups()
    return Target(scheme, host.strip("[]"), int(port or (443 if scheme == "https" else 80)), (base or "").rstrip("/"))
