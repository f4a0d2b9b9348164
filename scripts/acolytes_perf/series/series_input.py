"""The inputs of commands that read series from files, and the series that these inputs mean."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.units import RATIO, TEXT

#: How several series become one.
COMBINATIONS = ("sum", "mean", "max", "min")

SELECT = Field(
    "select", TEXT, "only the series with these labels, by =, !=, =~ or !~ as in Prometheus", "job=api,code=~5..",
)  # fmt: skip
UNIT = Field("unit", TEXT, "unit of numbers in files that do not say one", "/s")
COMBINE = Field(
    "combine", TEXT, f"make one series of several, one of {', '.join(COMBINATIONS)}", "sum", choices=COMBINATIONS
)
#: What the numbers of requests may be, and those of a history.
KIND = choice_field("kind", "what the numbers are", ("auto", "counter", "counts", "rate"), None)
_HISTORY_KIND = choice_field("kind", "what the numbers are", ("auto", "counter", "counts", "rate", "level"), None)
QUANTILE = Field("quantile", RATIO, "percentile to take from the buckets of a histogram", "99%", 1e-6, 0.9999999)


#: Examples of headings by role.
_HEADINGS = {
    "time": "ts",
    "value": "load",
    "size": "workers",
    "throughput": "/s:rate",
    "requests": "total",
    "errors": "failed",
    "date": "began",
}


def columns_field(*roles: str) -> Field:
    """The input `--columns` of a command whose files have columns for these roles."""
    doc = f"which columns of files to use, as ROLE=HEADING or ROLE=UNIT:HEADING; roles: {', '.join(roles)}"
    example = [f"{role}={_HEADINGS[role]}" for role in roles if role in _HEADINGS]
    return Field("columns", TEXT, doc, ",".join(example[:3]))


#: What reads a history from files.
SERIES_OPTIONS = (columns_field("time", "label", "value"), SELECT, COMBINE, UNIT, _HISTORY_KIND, QUANTILE)


def columns_for(inputs: Inputs, roles: Sequence[str], all_roles: Sequence[str] = ()) -> str | None:
    """The part of `--columns` with some of the command's roles; None where it has no such part.

    Raises:
        InputError: a role is not one of the command's.
    """
    text = inputs.text("columns")
    if text is None:
        return None
    from acolytes_perf.inputs.columns import parse_columns  # only calls with columns need it

    choices = parse_columns(text, [*roles, *all_roles])
    parts = [f'{choice.role}="{choice.text}"' for choice in choices if choice.role in roles]
    return ",".join(parts) or None


def refuse_without_files(inputs: Inputs, *names: str) -> None:
    """Refuses options of files in a call without files.

    Raises:
        InputError: one of the inputs has a value, which has no effect.
    """
    for name in inputs.present(*names):
        raise InputError(f"/{name}", "has no effect: the call names no file to read", {name: None})
