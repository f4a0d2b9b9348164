"""The one series that a history of demand means: chosen, combined, and as a level or a rate."""

from __future__ import annotations

import os
from collections.abc import Sequence

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import listed
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.series.choose import single
from acolytes_perf.series.counters import per_second, quantile_of_buckets
from acolytes_perf.series.layout import words_of
from acolytes_perf.series.read import read_series
from acolytes_perf.series.series_input import columns_for
from acolytes_perf.series.series_kind import is_named_counter, only_grows
from acolytes_perf.series.time_series import COUNTER, COUNTS, LEVEL, PER_SECOND, TimeSeries

#: From more points than these on, growth is worth a note.
_FEW = 10
_OTHERWISE = "If the values are not a counter, use --kind level."


def demand_series(
    inputs: Inputs, name: str = "history", aliases: Sequence[str] = (), other_roles: Sequence[str] = ()
) -> TimeSeries:
    """The series of an input that names files, by the options `columns`, `select`, `combine`, `unit` and `quantile`.

    Args:
        inputs: of the call.
        name: of the input.
        aliases: headings that mean the demand where a file has several columns of numbers.
        other_roles: roles of `--columns` that belong to other inputs of the command.

    Raises:
        InputError: a file cannot be read, an option has no effect, or several series remain.
    """
    pointer = f"/{name}"
    series = read_series(
        inputs.texts(name),
        columns=columns_for(inputs, ("time", "label", "value"), other_roles),
        select=inputs.text("select"),
        unit=inputs.text("unit"),
        pointer=pointer,
    )
    quantile = inputs.optional("quantile")
    if quantile is not None:
        buckets = [one for one in series if "le" in one.labels]
        if not buckets:
            raise InputError("/quantile", "has no effect: the file has no buckets of a histogram", {"quantile": None})
        return quantile_of_buckets(buckets, quantile, pointer)
    if len({one.labels.get("le") for one in series}) > 1:
        hint = "choose a percentile, e.g. --quantile 99%, or all observations, --select le=+Inf"
        raise InputError(pointer, f"has the buckets of a histogram: {hint}")
    series = _by_alias(series, aliases)
    series = [_as_level(one, inputs.text("kind") or "auto") for one in series]
    series = [one for one in series if one.present]
    if not series:
        raise InputError(pointer, "has no value: a counter needs two points")
    demand = single(series, pointer, inputs.text("combine"))
    notes = list(demand.notes)
    if demand.kind == COUNTS:
        notes.append(f"{demand.title} is counts within each step.")
    elif demand.unit == "" and demand.kind == LEVEL and len(demand.present) > _FEW and only_grows(demand.present):
        notes.append(f"{demand.title} only grows: it is read as a level (else --kind counter).")
    lowest = min(demand.present)
    if lowest < 0:
        raise InputError(pointer, f"{demand.title} has the value {lowest:g}, but a demand cannot be below 0")
    if demand.gap_note:
        notes.append(demand.gap_note)
    return demand._replace(notes=tuple(notes))


def _as_level(series: TimeSeries, kind: str) -> TimeSeries:
    """The series as a level or a rate: counters as their rate, by `kind`, by name, or by the name of the file."""
    stem = os.path.basename(series.source).partition(".")[0]
    if kind == "counter" or (kind == "auto" and (series.kind == COUNTER or is_named_counter(series, stem))):
        rate = per_second(series._replace(kind=COUNTER))
        return rate if kind == "counter" else rate._replace(notes=(*rate.notes, _OTHERWISE))
    if kind == "level":
        return series._replace(kind=LEVEL)
    if kind == "counts":
        return series._replace(kind=COUNTS)
    return series._replace(kind=PER_SECOND, unit=series.unit or "1/s") if kind == "rate" else series


def _by_alias(series: Sequence[TimeSeries], aliases: Sequence[str]) -> list[TimeSeries]:
    """The series under the only heading that means the demand, where several columns of numbers exist."""
    names = list(dict.fromkeys(one.name for one in series))
    if len(names) < 2 or any(one.role for one in series):
        return list(series)
    meant = [name for name in names if "_".join(words_of(name.split("[")[0].split("(")[0])) in aliases]
    if len(meant) != 1:
        return list(series)
    unused = listed([name for name in names if name != meant[0]])
    note = f"The column {quoted(meant[0])} is the demand; not used: {unused}."
    return [one._replace(notes=(*one.notes, note)) for one in series if one.name == meant[0]]
