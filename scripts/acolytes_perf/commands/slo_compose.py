"""The availability of a service from its parts, each part's share of the budget, and what a loss does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, at_most, complement
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.methods.reliability import availability
from acolytes_perf.methods.reliability.slo import DAY, SLO
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

_YEAR = 365 * DAY
#: Share of failures that take replicas down together, for a warning where the user gave none.
_TYPICAL_SHARED = 0.1


class Part(NamedTuple):
    """One row: unavailability of one replica, replicas, how many of them must be up, and how busy each is."""

    name: str
    group: str
    down: float
    replicas: int
    needed: int
    busy: float | None


def run(inputs: Inputs) -> Outcome:
    """The availability. Every group must be up. A group needs one of its parts, a part enough of its replicas."""
    parts = [_part(row, f"/components/{index}") for index, row in enumerate(inputs.rows("components"))]
    _check_names(parts)
    shared = inputs.number("shared_failures")
    downs = _downs(parts, shared)
    down = availability.series_unavailability(*downs.values())
    limits = [inputs.number("slo")] if "slo" in inputs else []
    results = _totals(down, limits)
    rows = _parts(downs)
    up = format_quantity(1 - down, "ratio", limits)
    answer = f"{pluralize(len(downs), 'part')} that all must be up: {up}, {_a_year(down)}"
    warnings = _optimism(parts, shared)
    if "slo" in inputs:
        allowed = complement(inputs.number("slo"))
        results += _budget(downs, down, allowed)
        rows = _parts(downs, allowed)
        met = at_most(down, allowed)
        answer += f"; an SLO of {format_quantity(inputs.number('slo'), 'ratio')} is {'met' if met else 'not met'}"
        warnings += [] if met else [_worst(downs, allowed)]
    lost = inputs.rows("what_if")
    tables = [ResultTable("parts", "part", rows)]
    if lost:
        left = _without(parts, lost)
        after = availability.series_unavailability(*_downs(left, shared).values())
        remaining = _load_after(parts, left)
        tables.insert(
            0, ResultTable("after_loss", "case", [Row("after_loss", _totals(after, limits))], beside_results=True)
        )
        tables.append(ResultTable("load_after_loss", "part", remaining.rows))
        warnings += remaining.warnings
        answer += f"; after the loss {format_quantity(1 - after, 'ratio', limits)}, {_a_year(after)}{remaining.answer}"
    next_calls = [("slo budget", {"slo": inputs.written["slo"]})] if "slo" in inputs else []
    return Outcome(answer + ".", results, _assumptions(shared), warnings, next_calls, tables=tables)


def _part(row: Inputs, pointer: str) -> Part:
    name = row.text("name") or ""
    if len(row.present("availability", "mtbf")) != 1:
        raise InputError(pointer, f"{quoted(name)} needs either availability, or mtbf and mttr")
    if len(row.present("mtbf", "mttr")) == 1:
        raise InputError(pointer, f"{quoted(name)} needs mtbf and mttr together")
    up = row.optional("availability")
    down = (
        1 - availability.availability_from_times(row.number("mtbf"), row.number("mttr"))
        if up is None
        else complement(up)
    )
    replicas, needed = int(row.number("replicas")), int(row.number("needed"))
    if needed > replicas:
        raise InputError(
            f"{pointer}/needed", f"{needed} of {replicas} replicas can never be up: need at most {replicas}"
        )
    return Part(name, row.text("group") or name, down, replicas, needed, row.optional("utilisation"))


def _check_names(parts: list[Part]) -> None:
    names = [part.name for part in parts]
    for index, part in enumerate(parts):
        if part.name in names[:index]:
            raise InputError(f"/components/{index}/name", f"{quoted(part.name)} is there twice: use each name once")


def _downs(parts: list[Part], shared: float) -> dict[str, float]:
    """Unavailability by group, in the order of their first parts. A part without replicas is always down."""
    groups: dict[str, list[float]] = {}
    for part in parts:
        enough = part.replicas >= part.needed
        down = availability.replica_unavailability(part.down, part.replicas, part.needed, shared) if enough else 1.0
        groups.setdefault(part.group, []).append(down)
    return {name: availability.alternatives_unavailability(downs, shared) for name, downs in groups.items()}


def _totals(down: float, limits: Sequence[float] = ()) -> list[Result]:
    """Availability, not rounded across the limits, and downtime."""
    return [Result("availability", 1 - down, "ratio", limits=limits), Result("downtime_per_year", down * _YEAR, "s")]


def _parts(downs: dict[str, float], allowed: float | None = None) -> list[Row]:
    """A row for each part; with an SLO also what the part uses of the budget, and what it would need."""
    rows = []
    for name, down in downs.items():
        cells = _totals(down)
        if allowed is not None:
            others = availability.series_unavailability(
                0.0, *(other_down for other, other_down in downs.items() if other != name)
            )
            needed = (1 - allowed) / (1 - others) if others < allowed else None
            cells += [Result("budget_used", down / allowed, "ratio"), Result("needed_availability", needed, "ratio")]
        rows.append(Row(name, cells))
    return rows


def _budget(downs: dict[str, float], down: float, allowed: float) -> list[Result]:
    """Whether the SLO is met, and what the whole uses of the budget."""
    return [
        Result("slo_met", at_most(down, allowed), ""),
        Result("budget_used", down / allowed, "ratio", limits=[1.0]),
        Result("needed_of_each", (1 - allowed) ** (1 / len(downs)), "ratio"),
    ]


def _worst(downs: dict[str, float], allowed: float) -> AnswerWarning:
    worst = max(downs, key=lambda name: downs[name])
    message = f"{worst} alone takes {format_quantity(downs[worst] / allowed, 'ratio')} of the budget"
    return AnswerWarning(
        "slo_not_met", message, f"improve {worst} first: add a replica or an alternative, or remove the dependency"
    )


def _optimism(parts: list[Part], shared: float) -> list[AnswerWarning]:
    """A warning about common failures, where replicas are assumed to fail independently."""
    groups = [part.group for part in parts]
    if shared or not any(part.replicas > part.needed or groups.count(part.group) > 1 for part in parts):
        return []
    together = availability.series_unavailability(*_downs(parts, _TYPICAL_SHARED).values())
    message = (
        f"replicas are assumed to fail independently; if {format_quantity(_TYPICAL_SHARED, 'ratio')} of the failures "
        "take all of "
        f"them down (deployments, configuration, a zone), {format_quantity(1 - together, 'ratio')} remain, "
        f"{_a_year(together)}"
    )
    return [
        AnswerWarning(
            "independence_assumed",
            message,
            f"set --shared-failures, for example to {format_quantity(_TYPICAL_SHARED, 'ratio')}",
        )
    ]


def _without(parts: list[Part], lost: list[Inputs]) -> list[Part]:
    """The parts after the loss of some replicas."""
    counts = {row.text("name"): int(row.number("lost")) for row in lost}
    for index, name in enumerate(counts):
        if name not in [part.name for part in parts]:
            raise InputError(f"/what_if/{index}/name", f"{quoted(name)} is not a component")
    left = [part._replace(replicas=part.replicas - counts.get(part.name, 0)) for part in parts]
    for index, name in enumerate(counts):
        if any(part.name == name and part.replicas < 0 for part in left):
            raise InputError(f"/what_if/{index}/lost", f"is more than {quoted(name)} has")
    return left


class _Remaining(NamedTuple):
    """How busy the remaining replicas are: rows, words for the answer, and warnings."""

    rows: list[Row]
    answer: str
    warnings: list[AnswerWarning]


def _load_after(parts: list[Part], left: list[Part]) -> _Remaining:
    """The load of the remaining replicas of each part that lost some and has a utilisation."""
    remaining = _Remaining([], "", [])
    for before, after in zip(parts, left):
        if before.busy is None or before.replicas == after.replicas:
            continue
        load = before.busy * before.replicas
        if load < after.replicas:
            p_wait = mmc.erlang_c(load, after.replicas)
            busy = Result("utilisation", load / after.replicas, "ratio")
            remaining.rows.append(Row(before.name, [busy, Result("p_wait", p_wait, "probability")]))
            words = f", {before.name} then {format_quantity(load / after.replicas, 'ratio')} busy"
            remaining = remaining._replace(answer=remaining.answer + words)
        else:
            message = (
                f"{after.replicas} left of {before.name} cannot carry its load of {format_quantity(load, 'erlang')}"
            )
            remaining.warnings.append(
                AnswerWarning("overload_after_loss", message, f"have {int(load) + 1} left, or shed load")
            )
    return remaining


def _a_year(down: float) -> str:
    return f"{format_quantity(down * _YEAR, 's')} down a year"


def _assumptions(shared: float) -> list[str]:
    together = "failures are independent"
    if shared:
        together = f"{format_quantity(shared, 'ratio')} of the failures take all replicas and alternatives down"
    return [
        f"Every request needs every part; {together}; failover takes no time.",
        "Availability is a long-run average; a single year may differ much. A year has 365 d.",
    ]


_NAME = r"[\w-]{1,40}"
_SAID_NAME = "a name of letters, digits, _ and -"

_RESULTS = {
    "availability": "share of the time that the whole service is up; beside it `after_loss`: after the loss of what_if",
    "downtime_per_year": "time down in a year",
    "slo_met": "whether the whole service is at least as available as the SLO",
    "budget_used": "unavailability of the whole over what the SLO allows",
    "needed_of_each": "availability that each part would need if all were alike",
}

_TABLES = {
    "parts": {
        "availability": "share of the time that the part is up, with its replicas and alternatives",
        "downtime_per_year": "time down in a year",
        "budget_used": "the part's own share of the budget",
        "needed_availability": "availability that the part would need: if the others stay; never: the others use the "
        "whole budget",
    },
    "load_after_loss": {
        "utilisation": "utilisation of the remaining replicas: under the same load",
        "p_wait": "share of the requests that wait at the remaining replicas",
    },
}

COMMAND = Command(
    name="slo compose",
    summary="The availability of a service from its parts, each part's share of the budget, and what a loss does.",
    fields=(
        Table(
            "components",
            (
                text_field("name", "name of the part", "db", _NAME, _SAID_NAME)._replace(required=True),
                Field("availability", RATIO, "of one replica", "99.9%", 0.001, 1),
                Field("replicas", COUNT, "number of replicas", "3", 1, 1000, default="1"),
                Field("needed", COUNT, "replicas that must be up", "2", 1, 1000, default="1"),
                text_field("group", "parts of one group replace each other", "stores", _NAME, _SAID_NAME),
                Field("mtbf", DURATION, "mean time between failures, instead of availability", "150d", 1, 1e4 * _YEAR),
                Field("mttr", DURATION, "mean time to repair", "1h", 1e-3, _YEAR),
                Field("utilisation", RATIO, "how busy each replica is, for what_if", "60%", 1e-6, 0.9999),
            ),
            "parts that must all be up",
            "lb:99.99%,app:99.9%:3:2,db:99.95%",
            max_rows=200,
            required=True,
            aliases=("parts", "dependencies"),
        ),
        SLO._replace(required=False),
        Field(
            "shared_failures",
            RATIO,
            "share of the failures that take all replicas and alternatives down together",
            "10%",
            0,
            1,
            default="0%",
        ),
        Table(
            "what_if",
            (
                text_field("name", "name of the part", "app", _NAME, _SAID_NAME)._replace(required=True),
                Field("lost", COUNT, "replicas that are gone", "1", 1, 1000, default="1"),
            ),
            "replicas that are lost at once, such as those of a zone",
            "app:1",
            max_rows=50,
        ),
    ),
    run=run,
    formula="series: product of A; parallel: 1 - product of (1 - A); "
    "k of n: sum over i >= k of C(n, i) A^i (1 - A)^(n - i); A = MTBF / (MTBF + MTTR); shared failures: beta factor",
    source="Trivedi 2002, sections 3.5 and 8.4; Fleming 1975; AWS Well-Architected, reliability pillar (availability)",
    example={"components": "lb:99.99%,app:99.9%:3:2,db:99.95%", "slo": "99.9%"},
    results=_RESULTS,
    tables=_TABLES,
)
