"""The steps of a request, from percentiles in the call or from load tests' result files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, one_line, quoted
from acolytes_perf.inputs.columns import listed
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, TEXT
from acolytes_perf.methods.latency.curve import MeasuredCurve, PercentileCurve
from acolytes_perf.methods.steps.source import check_order, curve_of
from acolytes_perf.methods.steps.total import Step

if TYPE_CHECKING:
    from acolytes_perf.methods.runs.load_test import LoadTestRun

_GIVEN = (0.5, 0.95, 0.99)
_NAMES = ("p50", "p95", "p99")
#: The most steps of a request, repeated ones counted each time.
MOST_STEPS = 24

STEPS = Table(
    "steps",
    (
        Field("name", TEXT, "name of the step; without percentiles the name of an endpoint or of a file", "api",
              required=True, aliases=("step",)),
        Field("p50", DURATION, "its median", "20ms", 1e-7, 86400),
        Field("p95", DURATION, "its p95", "60ms", 1e-7, 86400),
        Field("p99", DURATION, "its p99", "150ms", 1e-7, 86400),
        text_field("group", "steps of the same group run at the same time", "backends", r"[\w.-]{1,40}",
                   "a name of letters, digits, _, . and -"),
        Field("share", RATIO, "share of the requests that take the step", "20%", 1e-6, 1, default="100%"),
        Field("times", COUNT, "how often a request takes it, one after another", "3", 1, MOST_STEPS, default="1"),
    ),
    "steps of a request, at least two of p50, p95 and p99 for each; or names of endpoints or files with --file",
    "gateway:5ms:12ms:30ms,search:20ms:60ms:150ms:backends,stock:10ms:30ms:200ms:backends",
    max_rows=12,
)  # fmt: skip


class Request(NamedTuple):
    """All steps of a request.

    Attributes:
        steps: in the order of the rows, each with how often it is taken.
        notes: what the answer assumes about the files.
    """

    steps: Sequence[tuple[Step, int]]
    notes: Sequence[str]

    @property
    def all_steps(self) -> list[Step]:
        """Each step as often as it is taken."""
        return [step for step, times in self.steps for _ in range(times)]

    def with_tail(self, tail: float) -> Request:
        """The same with another tail beyond the last percentile of the steps that are known by percentiles."""
        steps = [
            (
                step._replace(curve=step.curve.with_tail(tail)) if isinstance(step.curve, PercentileCurve) else step,
                times,
            )
            for step, times in self.steps
        ]
        return self._replace(steps=steps)

    @property
    def has_percentiles(self) -> bool:
        """Whether a step is known only by percentiles."""
        return any(isinstance(step.curve, PercentileCurve) for step, _ in self.steps)


def read_steps(inputs: Inputs, runs: Sequence[LoadTestRun]) -> Request:
    """The steps of a call.

    Args:
        inputs: with the rows of STEPS, if any.
        runs: of the result files, if any.

    Raises:
        InputError: a row does not say its latency, or names what no file has.
        CannotAnswerError: a file has too few figures of its tool.
    """
    rows = inputs.rows("steps")
    if not rows:
        return Request([(step, 1) for step in _all_of(runs)], _notes(runs))
    steps: list[tuple[Step, int]] = []
    names = [row.text("name") or "" for row in rows]
    for index, row in enumerate(rows):
        pointer, name = f"/steps/{index}", names[index]
        if name in names[:index]:
            raise InputError(
                f"{pointer}/name", f"{quoted(name)} is there twice: use each name once, and times for more"
            )
        times, group = int(row.number("times")), row.text("group")
        if times > 1 and group:
            raise InputError(f"{pointer}/times", "is for steps on their own: a step of a group is taken once")
        steps.append((Step(name, _curve(row, pointer, name, runs), row.number("share"), group), times))
    count = sum(times for _, times in steps)
    if count > MOST_STEPS:
        raise InputError("/steps", f"has {count} steps with their repetitions, and {MOST_STEPS} is the most")
    used = {name for name, row in zip(names, rows) if not row.present(*_NAMES)}
    unused = [run for run in runs if len(runs) > 1 and _stem(run.path) not in used]
    if runs and (not used or unused):
        path = one_line((unused or runs)[0].path)
        raise InputError("/file", f"{path} has no effect: no row of steps is about it", {"file": None})
    return Request(steps, _notes(runs))


def _curve(row: Inputs, pointer: str, name: str, runs: Sequence[LoadTestRun]) -> MeasuredCurve | PercentileCurve:
    points = [(share, row.number(column)) for share, column in zip(_GIVEN, _NAMES) if column in row]
    if len(points) >= 2:
        check_order(points, pointer)
        return PercentileCurve(points)
    if points:
        raise InputError(pointer, f"{quoted(name)} has one percentile: give two of p50, p95 and p99")
    if not runs:
        raise InputError(pointer, f"{quoted(name)} has no latency: give two of p50, p95 and p99, or add --file")
    if len(runs) == 1 and name in runs[0].endpoints:
        return curve_of(runs[0].endpoints[name], name, pointer)
    by_stem = {_stem(run.path): run for run in runs}
    if name in by_stem:
        return curve_of(by_stem[name].whole, by_stem[name].path, pointer)
    known = [*(runs[0].endpoints if len(runs) == 1 else ()), *by_stem]
    nearest = did_you_mean(name, known)
    hint = f" (did you mean {one_line(nearest)}?)" if nearest else f": there are {listed(known)}"
    raise InputError(f"{pointer}/name", f"{quoted(name)} is neither an endpoint nor a file{hint}")


def _all_of(runs: Sequence[LoadTestRun]) -> list[Step]:
    """Every file as a step, or every endpoint of a single file."""
    if len(runs) > 1:
        return [Step(_stem(run.path), curve_of(run.whole, run.path, "/file")) for run in runs]
    run = runs[0]
    if len(run.endpoints) < 2:
        message = "has one step: name further files, or --steps with endpoints or percentiles"
        raise InputError("/file", f"{quoted(run.path)} {message}")
    if len(run.endpoints) > STEPS.max_rows:
        message = f"has {len(run.endpoints)} endpoints: choose the steps of a request with --steps"
        raise InputError("/file", f"{quoted(run.path)} {message}")
    return [Step(name, curve_of(endpoint, name, "/file")) for name, endpoint in run.endpoints.items()]


def _notes(runs: Sequence[LoadTestRun]) -> list[str]:
    return [f"{one_line(run.path)}: {run.format}, each request of an endpoint is one step." for run in runs[:3]]


def _stem(path: str) -> str:
    """The name of a file without folder and suffixes."""
    return os.path.basename(path).split(".")[0]
