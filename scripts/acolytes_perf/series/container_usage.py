"""Processor and memory use by container and pod, from the series that Kubernetes' metrics have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.series.choose import titles
from acolytes_perf.series.counters import per_second
from acolytes_perf.series.read import read_series
from acolytes_perf.series.series_input import columns_for
from acolytes_perf.series.series_kind import is_named_counter
from acolytes_perf.series.time_series import COUNTER, TimeSeries

#: Labels that name a container, its pod and its namespace, by the names of cAdvisor, of old versions and of OTLP.
_CONTAINER = ("container", "container_name", "k8s.container.name")
_POD = ("pod", "pod_name", "k8s.pod.name")
_NAMESPACE = ("namespace", "k8s.namespace.name")
#: Ends of the names of pods: of a deployment, of a daemon set or job, and of a stateful set.
_POD_ENDS = (r"-[a-z0-9]{6,10}-[a-z0-9]{5}", r"-[bcdfghjklmnpqrstvwxz2456789]{5}", r"-\d+")
_WORDS = {"cpu": ("cpu", "cores", "processor"), "memory": ("memory", "mem", "rss", "working_set", "ram")}
_UNITS = {"cpu": ("", "1/s", "s"), "memory": ("", "B")}


class Usage(NamedTuple):
    """The use of one container in all its pods.

    Attributes:
        pods: (time, value) of each pod, in cores or bytes.
        step: seconds between two points, the longest of the pods.
    """

    pods: Mapping[str, list[tuple[float, float]]]
    step: float


class Usages(NamedTuple):
    """The containers of files by their names, and how the files were read."""

    containers: dict[str, Usage]
    notes: tuple[str, ...]


def read_usage(inputs: Inputs, name: str) -> Usages:
    """The use of each container from the files of the input `cpu` or `memory`.

    Raises:
        InputError: a file cannot be read, has another unit, or no time.
    """
    pointer, other = f"/{name}", "memory" if name == "cpu" else "cpu"
    series = read_series(
        [part.strip() for part in (inputs.text(name) or "").split(",")],
        columns=columns_for(inputs, ("time", "label", name), (other,)),
        select=inputs.text("select"),
        roles=(name,),
        pointer=pointer,
    )
    series = _of_kind(series, name, pointer)
    levels = [_as_level(one, name, pointer) for one in series]
    kept = [one for one in levels if one.present and not _is_sum(one)]
    notes = list(dict.fromkeys(note for one in kept for note in one.notes))
    if len(kept) < len(series):
        notes.append(f"{len(series) - len(kept)} series of {name} without a container (sums, pause) are left out.")
    if not kept:
        raise InputError(pointer, f"has no series of a container: {titles(series)}")
    return Usages(_grouped(kept, pointer), tuple(notes))


def _of_kind(series: Sequence[TimeSeries], name: str, pointer: str) -> list[TimeSeries]:
    """Of several columns or metrics those whose names say that they are this resource."""
    if any(one.role for one in series) or len({one.name for one in series}) == 1:
        return list(series)
    named = [one for one in series if any(word in one.name.lower() for word in _WORDS[name])]
    if len({one.name for one in named}) != 1:
        hint = f"choose one, e.g. --columns {name}={series[0].name} or --select name={series[0].name}"
        raise InputError(pointer, f"has several series that may be {name} ({titles(series)}): {hint}")
    return named


def _as_level(series: TimeSeries, name: str, pointer: str) -> TimeSeries:
    if series.unit not in _UNITS[name]:
        wanted = "cores" if name == "cpu" else "bytes"
        raise InputError(pointer, f"{series.title} is in {series.unit}, but must be {wanted}")
    if not series.dated:
        raise InputError(pointer, f"{series.title} has no dates: a week is compared by its days")
    is_counter = series.kind == COUNTER or is_named_counter(series, series.name)
    level = per_second(series._replace(kind=COUNTER)) if name == "cpu" and is_counter else series
    lowest = min(level.present, default=0.0)
    if lowest < 0:
        raise InputError(pointer, f"{series.title} has the value {lowest:g}, but a use cannot be below 0")
    return level


def _label(series: TimeSeries, names: Sequence[str]) -> str | None:
    return next((series.labels[name] for name in names if name in series.labels), None)


def _is_sum(series: TimeSeries) -> bool:
    """Whether this is a whole pod, or the pause container that holds its network."""
    return _label(series, _CONTAINER) in ("", "POD")


def workload_of(pod: str) -> str:
    """The name of what made a pod: its own name without the generated end.

    >>> workload_of("api-7d9f8c6b5d-x2x5k"), workload_of("db-0"), workload_of("agent-zx4qp")
    ('api', 'db', 'agent')
    """
    for end in _POD_ENDS:
        match = re.fullmatch(rf"(.+?){end}", pod)
        if match:
            return match[1]
    return pod


def _grouped(series: Sequence[TimeSeries], pointer: str) -> dict[str, Usage]:
    """The series by container; of the namespace, the workload and the container only what differs is in its name."""
    keys = []
    for one in series:
        pod = _label(one, _POD)
        container = _label(one, _CONTAINER)
        workload = workload_of(pod) if pod else ""
        keys.append((_label(one, _NAMESPACE) or "", workload, container if container is not None else ""))
    varying = [place for place in range(3) if len({key[place] for key in keys}) > 1]
    pods: dict[str, dict[str, list[tuple[float, float]]]] = {}
    steps: dict[str, float] = {}
    for place, (one, key) in enumerate(zip(series, keys)):
        name = "/".join(dict.fromkeys(key[part] for part in varying if key[part])) or key[2] or key[1] or "container"
        pod = _label(one, _POD) or f"series {place + 1}"
        points = [(time, value) for time, value in zip(one.times, one.values) if value is not None]
        if not one.step:
            raise InputError(pointer, f"{one.title} has one point, which shows no step")
        pods.setdefault(name, {}).setdefault(pod, []).extend(points)
        steps[name] = max(steps.get(name, 0.0), one.step)
    return {name: Usage(parts, steps[name]) for name, parts in pods.items()}
