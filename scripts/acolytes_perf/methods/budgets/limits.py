"""A performance budget: limits for latency, failures and throughput, overall and for each endpoint.

A budget is a JSON file that people edit. Members whose names start with `about` are comments.

    {"about": "Checked after each nightly test",
     "all_requests": {"p95": {"at_most": "500ms"}, "failures": {"at_most": "1%"}},
     "every_endpoint": {"p95": {"above_baseline_by_at_most": "5%"}},
     "endpoints": {"upload": {"p95": {"at_most": "3s"}}}}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, one_line, quoted
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import read_duration, read_rate, read_ratio
from acolytes_perf.methods.comparison.releases import FAILURES, THROUGHPUT, WHOLE

#: The kinds of limits: of a value itself, and of its change against the baseline.
AT_MOST, AT_LEAST = "at_most", "at_least"
ABOVE_BASELINE, BELOW_BASELINE = "above_baseline_by_at_most", "below_baseline_by_at_most"
#: Failures that no limit covers are still compared with the baseline, since a fast error looks like a fast answer.
DEFAULT_FAILURES_RISE = 0.005

SECTIONS = ("all_requests", "every_endpoint", "endpoints")
#: What our own files have beside the limits.
_RECORD = ("schema", "id", "command", "version", "content_hash")
_PERCENTILE = re.compile(r"p(?!0*(\.0*)?$)\d{1,2}(\.\d{1,5})?")


class Limit(NamedTuple):
    """One limit.

    Attributes:
        endpoint: its name, or WHOLE.
        measure: a percentile, `mean`, `failures` or `throughput`.
        kind: AT_MOST, AT_LEAST, ABOVE_BASELINE or BELOW_BASELINE.
        value: seconds, requests per second or a share. Against the baseline it is a ratio (0.05 is 5 %), or for
            failures a difference of shares.
    """

    endpoint: str
    measure: str
    kind: str
    value: float

    @property
    def needs_baseline(self) -> bool:
        """Whether it compares with a baseline."""
        return self.kind in (ABOVE_BASELINE, BELOW_BASELINE)


class Budget(NamedTuple):
    """The limits of a file: of all requests, of every endpoint, and of single endpoints."""

    whole: Mapping[str, Mapping[str, float]]
    every: Mapping[str, Mapping[str, float]]
    endpoints: Mapping[str, Mapping[str, Mapping[str, float]]]

    def measures(self) -> list[str]:
        """All measures that have limits, failures included."""
        sections = [self.whole, self.every, *self.endpoints.values()]
        return list(dict.fromkeys([*(measure for section in sections for measure in section), FAILURES]))

    def limits(self, endpoints: Sequence[str], *, has_baseline: bool) -> list[Limit]:
        """All limits for runs with these endpoints.

        A limit of a single endpoint replaces the one that every endpoint has of the same measure and kind.

        Args:
            endpoints: of the runs.
            has_baseline: whether runs of a baseline are there. Failures without a limit then have the default one.

        Raises:
            InputError: the budget has an endpoint that the runs lack.
        """
        for name in self.endpoints:
            if name not in endpoints:
                known = ", ".join(one_line(other, 30) for other in endpoints[:6])
                raise InputError("/budget", f"has limits for the endpoint {quoted(name)}, which the runs lack: {known}")
        limits = _limits_of(WHOLE, self.whole)
        for name in endpoints:
            own = self.endpoints.get(name, {})
            measures = dict.fromkeys([*self.every, *own])
            limits += _limits_of(name, {one: {**self.every.get(one, {}), **own.get(one, {})} for one in measures})
        if has_baseline:
            covered = {limit.endpoint for limit in limits if limit.measure == FAILURES and limit.needs_baseline}
            missing = [name for name in (WHOLE, *endpoints) if name not in covered]
            limits += [Limit(name, FAILURES, ABOVE_BASELINE, DEFAULT_FAILURES_RISE) for name in missing]
        return limits


def _limits_of(endpoint: str, section: Mapping[str, Mapping[str, float]]) -> list[Limit]:
    return [
        Limit(endpoint, measure, kind, value) for measure, kinds in section.items() for kind, value in kinds.items()
    ]


def parse_budget(content: Mapping[str, object], path: str) -> Budget:
    """Read the members of a budget.

    Args:
        content: the JSON object.
        path: of the file, for errors; empty for limits of the call.

    Raises:
        InputError: a member, a measure or a limit is wrong; the message names it.
    """
    for name in content:
        if name not in (*SECTIONS, *_RECORD) and not _is_comment(name):
            raise _wrong(path, name, f"is not a part of a budget{_meant(name, SECTIONS)}")
    whole, every = (_section(content.get(name, {}), path, name) for name in SECTIONS[:2])
    endpoints = {
        name: _section(section, path, f"endpoints/{name}")
        for name, section in _endpoint_members(content.get("endpoints", {}), path).items()
    }
    if not whole and not every and not any(endpoints.values()):
        message = f"has no limit ({one_line(path)}): `acolytes-perf budget init` proposes a budget from runs"
        raise InputError("/budget", message)
    return Budget(whole, every, endpoints)


def _section(raw: object, path: str, place: str) -> dict[str, dict[str, float]]:
    """The limits of each measure."""
    section: dict[str, dict[str, float]] = {}
    for measure, kinds in _members(raw, path, place).items():
        where = f"{place}/{measure}"
        if measure not in (FAILURES, THROUGHPUT, "mean") and not _PERCENTILE.fullmatch(measure):
            names = ("p50", "p95", "p99", "mean", FAILURES, THROUGHPUT)
            raise _wrong(path, where, f"is not a measure{_meant(measure, names)}")
        allowed = (AT_LEAST, BELOW_BASELINE) if measure == THROUGHPUT else (AT_MOST, ABOVE_BASELINE)
        section[measure] = {}
        for kind, limit in _members(kinds, path, where).items():
            if kind not in allowed:
                raise _wrong(path, f"{where}/{kind}", f"is not a limit of {measure}{_meant(kind, allowed)}")
            section[measure][kind] = _value(limit, measure, kind, path, f"{where}/{kind}")
    return section


def _value(raw: object, measure: str, kind: str, path: str, place: str) -> float:
    is_share = measure == FAILURES or kind in (ABOVE_BASELINE, BELOW_BASELINE)
    try:
        if is_share:
            value = read_ratio(raw, "5%")
        elif measure == THROUGHPUT:
            value = read_rate(raw, "100/s")
        else:
            value = read_duration(raw, "500ms")
    except QuantityError as error:
        hint = f": write {error.readings[0]}" if error.readings else ""
        raise _wrong(path, place, f"{quoted(raw)} {error}{hint}") from None
    if value < 0 or (value == 0 and measure != FAILURES):
        raise _wrong(path, place, f"{quoted(raw)} must be above 0")
    if value > 1 and (measure == FAILURES or kind == BELOW_BASELINE):
        raise _wrong(path, place, f"{quoted(raw)} must be at most 100%")
    return value


def _members(raw: object, path: str, place: str) -> dict[str, object]:
    """The members of an object, without comments."""
    if not isinstance(raw, dict):
        example = '{"p95": {"at_most": "500ms"}}'
        raise _wrong(path, place, f"must be an object such as {example}")
    return {name: value for name, value in raw.items() if not _is_comment(name)}


def _endpoint_members(raw: object, path: str) -> dict[str, object]:
    """The limits by endpoint. An endpoint may have a name such as `about us`; a comment is a text."""
    members = _members(raw, path, "endpoints")
    named = raw if isinstance(raw, dict) else {}
    return {name: value for name, value in named.items() if name in members or isinstance(value, dict)}


def _is_comment(name: str) -> bool:
    return name.startswith("about")


def _meant(name: str, names: Iterable[str]) -> str:
    nearest = did_you_mean(name, list(names))
    return f" (did you mean {nearest}?)" if nearest else f": write {', '.join(names)}"


def _wrong(path: str, place: str, message: str) -> InputError:
    if not path:
        return InputError("/limits", f"{one_line(place.partition('/')[2], 100)} {message}")
    return InputError("/budget", f"{one_line(path)}: {one_line(place, 100)} {message}")
