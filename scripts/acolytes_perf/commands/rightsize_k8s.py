"""Requests and limits of Kubernetes containers, from a week of their processor and memory use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.data_sizes import SIZE
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.kubernetes import CORES
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME
from acolytes_perf.inputs.units import RATIO, TEXT
from acolytes_perf.methods.capacity import rightsizing
from acolytes_perf.outcome import SCENARIO, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series.series_input import SELECT, columns_field
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity, format_result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acolytes_perf.series.container_usage import Usage, Usages

_MIB = 1024.0**2
_WEEK = 7 * SECONDS["d"]
#: What a full week may lack at its ends, in steps, and the share of its steps that must have points.
_SPARE_STEPS, _LEAST_COVERED = 2, 0.8
#: Means over a longer step hide the peaks.
_FINE_STEP = 300.0
_MOST_STEP = 3600.0
_SHOWN = 12
_MAX_CORES, _MAX_MEMORY = 1e5, 1e15


class _Container(NamedTuple):
    """The use of a container; None where no file has it."""

    name: str
    cpu: Usage | None
    memory: Usage | None
    is_daily: bool = False


def run(inputs: Inputs) -> Outcome:
    """Propose a request and limits for each container, and show krr's beside them."""
    _check_choices(inputs)
    containers, notes = _containers(inputs)
    _check_resources(inputs, containers)
    if len(containers) > 1:
        for name in inputs.present(*_CURRENT, *_FLOORS):
            names = ", ".join(one.name for one in containers[:4])
            raise InputError(
                f"/{name}",
                f"is of one container, but the files have {len(containers)} ({names}): use --select",
                {name: None},
            )
    for one in containers:
        _check_week(one)  # also of daily figures
    rows = [Row(one.name, _proposal(inputs, one)) for one in containers]
    first = {result.name: result for result in rows[0].results}
    texts = {name: format_result(result) for name, result in first.items()}
    if len(rows) == 1:
        parts = [f"a processor request of {texts['cpu_request']}"] if "cpu_request" in texts else []
        parts += [f"memory of {texts['memory']} (request and limit)"] if "memory" in texts else []
        answer = f"{containers[0].name} needs {' and '.join(parts)} in each pod{_against_krr(texts)}."
    else:
        total = " and ".join(format_result(result) for result in _totals(rows))
        answer = f"{len(rows)} containers need {total} for one pod of each."
    results = list(rows[0].results) if len(rows) == 1 else _totals(rows)
    tables = [ResultTable("containers", "container", rows, text_rows=_SHOWN)] if len(rows) > 1 else []
    warnings = [warning for one in containers for warning in _warnings(inputs, one)]
    return Outcome(answer, results, [*_assumptions(inputs), *notes], warnings[:8], tables=tables)


_CURRENT = ("current_cpu_request", "current_cpu_limit", "current_memory")
_FLOORS = ("startup_cpu", "startup_memory", "heap")


def _check_choices(inputs: Inputs) -> None:
    if "days" in inputs:
        for name in inputs.present("cpu", "memory", "columns", "select", "current_cpu_limit", "startup_cpu"):
            raise InputError(f"/{name}", "has no effect with days, which are figures of whole days", {name: None})
        for name in ("cpu_percentile", "cpu_limit"):
            if name in inputs.written:
                raise InputError(f"/{name}", "has no effect with days, which are figures of whole days", {name: None})
        return
    if not inputs.present("cpu", "memory"):
        raise COMMAND.missing("days", "or name files with --cpu cpu.json, --memory memory.json, or both")
    if "startup_cpu" in inputs and inputs.text("cpu_limit") == "none":
        message = "has no effect without a limit: a start may use what is idle; add --cpu-limit peak, or leave it out"
        raise InputError("/startup_cpu", message, {"startup_cpu": None})


def _check_resources(inputs: Inputs, containers: list[_Container]) -> None:
    """Refuses options of a resource of which there are no figures."""
    needs = {
        "cpu": ("current_cpu_request", "current_cpu_limit", "startup_cpu", "cpu_percentile", "cpu_limit"),
        "memory": ("current_memory", "startup_memory", "heap", "memory_buffer"),
    }
    for resource, names in needs.items():
        for name in names:
            if name in inputs.written and not any(getattr(one, resource) for one in containers):
                raise InputError(f"/{name}", f"has no effect: there are no figures of {resource}", {name: None})


def _containers(inputs: Inputs) -> tuple[list[_Container], list[str]]:
    """The containers of all files, and how the files were read."""
    if "days" in inputs:
        return [_from_days(inputs)], []
    from acolytes_perf.series.container_usage import read_usage  # help and most refusals need no reader

    found = {name: read_usage(inputs, name) for name in inputs.present("cpu", "memory")}
    names = list(dict.fromkeys(name for usages in found.values() for name in usages.containers))
    cpu, memory = (dict(found[name].containers) if name in found else {} for name in ("cpu", "memory"))
    if len(cpu) == len(memory) == 1:  # one container, which two files name differently
        name = next(iter(cpu))
        return [_Container(name, cpu[name], next(iter(memory.values())))], _notes(found)
    if cpu and memory and not set(cpu) & set(memory):
        raise InputError("/memory", f"has none of the containers of cpu ({', '.join(list(cpu)[:4])}): check the labels")
    return [_Container(name, cpu.get(name), memory.get(name)) for name in names], _notes(found)


def _from_days(inputs: Inputs) -> _Container:
    """The container whose figures of each day are in the call."""
    from acolytes_perf.series.container_usage import Usage

    rows = inputs.rows("days")
    seen = [int(row.number("day") // SECONDS["d"]) for row in rows]
    for index, day in enumerate(seen):
        if day in seen[:index]:
            raise InputError(f"/days/{index}/day", "is there twice: give one row for each day")
    parts = []
    for name in ("cpu", "memory"):
        points = [(day * SECONDS["d"], row.number(name)) for day, row in zip(seen, rows) if name in row]
        if points and len(points) < len(rows):
            bare = next(index for index, row in enumerate(rows) if name not in row)
            raise InputError(f"/days/{bare}/{name}", "is missing, but other days have it: give it for all or none")
        parts.append(Usage({"pod": sorted(points)}, SECONDS["d"]) if points else None)
    if parts == [None, None]:
        raise InputError("/days", "has no figures: write DAY:CPU:MEMORY, such as 2026-11-02:310m:412MiB")
    return _Container("the container", parts[0], parts[1], is_daily=True)


def _notes(found: Mapping[str, Usages]) -> list[str]:
    notes = [note for usages in found.values() for note in usages.notes]
    return list(dict.fromkeys(notes))[:4]


def _check_week(one: _Container) -> None:
    """Refuses less than a full week, of which most steps have points."""
    for name, usage in (("cpu", one.cpu), ("memory", one.memory)):
        if usage is None:
            continue
        if usage.step > _MOST_STEP and not one.is_daily:
            message = f"{one.name} has a step of {format_quantity(usage.step, 's')}; missing: points at most 1 h apart"
            raise CannotAnswerError(f"/{name}", message)
        covered = rightsizing.coverage(usage.pods, usage.step)
        lacking = _WEEK - covered.seconds
        if lacking > (0.5 if one.is_daily else _SPARE_STEPS) * usage.step:
            have = format_quantity(covered.seconds, "s")
            message = f"{one.name} has {have} of history; missing: {format_quantity(lacking, 's')} more for a full week"
            raise CannotAnswerError(f"/{name}", message)
        if covered.share < _LEAST_COVERED:
            share = format_quantity(covered.share, "ratio")
            message = f"{one.name} has points in {share} of the last week; missing: points in at least 80 % of it"
            raise CannotAnswerError(f"/{name}", message)


def _proposal(inputs: Inputs, one: _Container) -> list[Result]:
    results = []
    if one.cpu:
        days = rightsizing.daily_quantiles(one.cpu.pods, inputs.number("cpu_percentile"), one.cpu.step)
        request, least = (rightsizing.rounded_cores(pick(days.values())) for pick in (max, min))
        peak = rightsizing.highest(one.cpu.pods)
        interval = Interval(least, request, SCENARIO) if least < request else None
        results.append(Result("cpu_request", request, "cores", interval))
        if not one.is_daily:
            results.append(Result("cpu_peak", peak, "cores"))
        if inputs.text("cpu_limit") == "peak":
            limit = rightsizing.rounded_cores(max(peak * _CPU_ROOM, request, inputs.optional("startup_cpu") or 0.0))
            results.append(Result("cpu_limit", limit, "cores"))
        limit_now = inputs.optional("current_cpu_limit")
        if limit_now is not None:
            share = rightsizing.share_at_limit(one.cpu.pods, limit_now)
            results.append(Result("throttled", share, "ratio"))
        if "current_cpu_request" in inputs:
            results.append(Result("cpu_change", request - inputs.number("current_cpu_request"), "cores"))
        if not one.is_daily:
            results.append(Result("krr_cpu_request", rightsizing.krr_cores(one.cpu.pods), "cores"))
    if one.memory:
        highest = rightsizing.highest(one.memory.pods)
        size = _memory(inputs, highest)
        results += [Result("memory", size / _MIB, "MiB"), Result("memory_peak", highest / _MIB, "MiB")]
        if "current_memory" in inputs:
            results.append(Result("memory_change", (size - inputs.number("current_memory")) / _MIB, "MiB"))
        growth = rightsizing.growth_a_day(one.memory.pods)
        if growth is not None:
            results.append(Result("memory_full_in", (size - highest) / growth * SECONDS["d"], "s"))
        results.append(Result("krr_memory", rightsizing.krr_memory(one.memory.pods) / _MIB, "MiB"))
    return results


#: Room above the highest mean of a step, for the peaks within it.
_CPU_ROOM = 1.25


def _memory(inputs: Inputs, highest: float) -> float:
    """The highest use with the buffer, and not below what start-up and heap need with the buffer."""
    room = 1 + inputs.number("memory_buffer")
    floors = [inputs.number(name) for name in inputs.present("startup_memory", "heap")]
    return rightsizing.rounded_memory(max([highest, *floors]) * room)


def _against_krr(texts: dict[str, str]) -> str:
    parts = [texts[name] for name in ("krr_cpu_request", "krr_memory") if name in texts]
    return f"; krr would propose {' and '.join(parts)}" if parts else ""


def _totals(rows: list[Row]) -> list[Result]:
    """What one pod of each container requests together."""
    totals = []
    for name, unit in (("cpu_request", "cores"), ("memory", "MiB")):
        found = [result.value or 0.0 for row in rows for result in row.results if result.name == name]
        if found:
            totals.append(Result(f"total_{name}", sum(found), unit))
    return totals


def _assumptions(inputs: Inputs) -> list[str]:
    texts = []
    if "days" in inputs:
        texts.append("cpu_request: the busiest of the days; cpu of a day is its 95th percentile, of all pods together.")
    if "cpu" in inputs:
        rank = f"{inputs.number('cpu_percentile') * 100:.4g}th percentile"
        texts.append(f"cpu_request: the {rank} of all pods on the busiest day (UTC); interval: the other days.")
    if inputs.present("memory", "days"):
        room = format_quantity(inputs.number("memory_buffer"), "ratio")
        texts.append(f"memory: the highest use and {room}, as request and limit, since memory cannot be taken back.")
    texts.append(
        "krr: Robusta KRR's strategy `simple` on the same points, by its formula: 95th percentile, memory + 15 %."
    )
    return texts


def _warnings(inputs: Inputs, one: _Container) -> list[AnswerWarning]:
    warnings = []
    if one.cpu and one.cpu.step > _FINE_STEP and not one.is_daily:
        message = f"{one.name}: points are {format_quantity(one.cpu.step, 's')} apart, and peaks within are hidden"
        warnings.append(AnswerWarning("coarse_history", message, "export points at most 5 min apart"))
    limit = inputs.optional("current_cpu_limit")
    if one.cpu and limit is not None:
        share = rightsizing.share_at_limit(one.cpu.pods, limit)
        if share > 0:
            often = format_quantity(share, "ratio")
            message = f"{one.name} is at its processor limit in {often} of the points, and needs more"
            warnings.append(AnswerWarning("throttled", message, "raise or remove the limit, and measure again"))
    size = inputs.optional("current_memory")
    if one.memory and size is not None and rightsizing.share_at_limit(one.memory.pods, size) > 0:
        message = f"{one.name} came within 5 % of its memory: the container may have been killed, and need more"
        warnings.append(AnswerWarning("memory_at_limit", message, "raise it, look for OOMKilled, and measure again"))
    if one.memory:
        growth = rightsizing.growth_a_day(one.memory.pods)
        if growth is not None:
            message = f"{one.name}: memory grows by {format_quantity(growth / _MIB, 'MiB')} a day: no size is enough"
            warnings.append(AnswerWarning("memory_grows", message, "find the leak; until then restart in time"))
    return warnings


_CELLS = {
    "cpu_request": "processor request of a pod; its interval is from the quietest to the busiest day",
    "cpu_peak": "highest use of a pod in any step",
    "cpu_limit": "processor limit: a quarter above the highest use, and at least startup_cpu",
    "krr_cpu_request": "processor request that krr proposes: on the same points",
    "memory": "memory request and limit of a pod",
    "memory_peak": "highest memory of a pod",
    "memory_full_in": "time until growing memory reaches the proposed size",
    "krr_memory": "memory that krr proposes: on the same points, as request and limit",
}

COMMAND = Command(
    name="rightsize k8s",
    summary="Requests and limits of Kubernetes containers from a week of use, with krr's answer beside them.",
    fields=(
        Table(
            "days",
            (
                Field("day", TIME, "the day", "2026-11-02", EARLIEST, LATEST, required=True, aliases=("date", "time")),
                Field("cpu", CORES, "95th percentile of the processor use of a pod on that day", "310m", 0, _MAX_CORES),
                Field("memory", SIZE, "highest memory of a pod on that day", "412MiB", 0, _MAX_MEMORY),
            ),
            "figures of at least seven days, instead of files",
            "2026-11-02:310m:412MiB,2026-11-03:295m:420MiB",
            min_rows=1,
            max_rows=400,
        ),
        Field("cpu", TEXT, "files with the processor use of each pod in cores, or its counter", "cpu.json",
              is_file=True),
        Field("memory", TEXT, "files with the memory use (working set) in bytes", "memory.json", is_file=True),
        columns_field("time", "label", "cpu", "memory")._replace(example="time=ts,cpu=millicores:usage"),
        SELECT._replace(example="namespace=shop,container=api"),
        Field("cpu_percentile", RATIO, "percentile of the processor use of a day", "95%", 0.5, 1, default="95%"),
        choice_field("cpu_limit", "whether to propose a processor limit", ("none", "peak"), "none"),
        Field("memory_buffer", RATIO, "room above the highest memory", "15%", 0, 5, default="15%"),
        Field("startup_cpu", CORES, "processor that a start needs; a limit is not below it", "1", 0.001, _MAX_CORES),
        Field("startup_memory", SIZE, "highest memory of a start, where no file has one", "300MiB", 1e3, _MAX_MEMORY),
        Field("heap", SIZE, "largest heap that the program may use, such as -Xmx; memory is above it", "512MiB", 1e3,
              _MAX_MEMORY),
        Field("current_cpu_request", CORES, "processor request now", "500m", 0.001, _MAX_CORES),
        Field("current_cpu_limit", CORES, "processor limit now; shows how often it throttles", "1", 0.001, _MAX_CORES),
        Field("current_memory", SIZE, "memory limit now", "1GiB", 1e3, _MAX_MEMORY),
    ),
    run=run,
    formula="cpu_request = highest of the days' percentiles; memory = max(use, startup_memory, heap) * (1 + buffer); "
    "krr: 95th percentile of all points, max(use) * 1.15",
    source="Kubernetes documentation, Resource Management for Pods and Containers; Robusta KRR, strategy simple",
    example={"days": "2026-11-02:310m:412MiB,2026-11-03:295m:420MiB,2026-11-04:330m:415MiB,2026-11-05:305m:431MiB,"
             "2026-11-06:360m:426MiB,2026-11-07:120m:380MiB,2026-11-08:110m:377MiB", "current_memory": "1GiB"},
    results={
        **_CELLS,
        "throttled": "share of the points at the processor limit: current_cpu_limit; the container is throttled at "
        "least as often",
        "cpu_change": "change of the processor request: cpu_request less current_cpu_request",
        "memory_change": "change of the memory: memory less current_memory",
        "total_cpu_request": "processor requests of one pod of each container",
        "total_memory": "memory of one pod of each container",
    },
    tables={"containers": _CELLS},
)  # fmt: skip
