"""The measures of a roadmap, from rows or from files with any headings: cost, gain and work, each with its range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, quoted
from acolytes_perf.inputs.fields import Estimate, Field, Inputs, text_field
from acolytes_perf.inputs.money import chosen_currency
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, FIGURE, NUMBER, TEXT
from acolytes_perf.methods.roadmap.best_set import closures
from acolytes_perf.methods.roadmap.measure_columns import RICE, WSJF

_MOST_MONEY = 1e12
_SCORES = tuple(
    Field(name, FIGURE, doc, example, 0, 1e9)
    for name, doc, example in (
        ("reach", "people or events that it reaches in a period (RICE)", "500"),
        ("impact", "effect on each of them (RICE)", "2"),
        ("confidence", "share that you trust these figures (RICE)", "80%"),
        ("effort", "work for RICE; weeks where it is missing", "6"),
        ("user_value", "value for users or the business (WSJF)", "8"),
        ("time_criticality", "how much waiting costs (WSJF)", "5"),
        ("risk_reduction", "risk that it removes, or chances that it opens (WSJF)", "3"),
        ("job_size", "size for WSJF; weeks where it is missing", "5"),
    )
)
MEASURES = Table(
    "measures",
    (
        text_field("name", "name of the measure", "cache", r"[^,:]{1,80}", "a name without comma and colon")._replace(
            required=True
        ),
        Field("cost", NUMBER, "cost, paid once at the start", "12000..18000..40000", 0, _MOST_MONEY,
              required=True, takes_interval=True),
        Field("gain", NUMBER, "gain in each year", "8000..15000..17000", -_MOST_MONEY, _MOST_MONEY,
              required=True, takes_interval=True),
        Field("weeks", NUMBER, "work in weeks", "4..6..9", 0, 1e4, takes_interval=True),
        Field("after", TEXT, "measures that it needs first, joined by +", "cache"),
        Field("years", COUNT, "years of gain, where it has its own", "4", 1, 100),
        *_SCORES,
    ),
    "measures with low, likely and high values, or files with such columns",
    "cache:12000..18000..40000:8000..15000..17000:6,arm:40000..60000..150000:30000..52000..60000:12:cache",
    max_rows=200,
    required=True,
    takes_files=True,
    aliases=("items", "projects", "initiatives"),
)  # fmt: skip


class Measure(NamedTuple):
    """One measure.

    Attributes:
        name: unique.
        cost: once, at the start.
        gain: in each year.
        weeks: of work; None where they are unknown.
        needs: the indices of measures that must be done before.
        years: of gain; None for those of the call.
        scores: what RICE and WSJF take, by name.
    """

    name: str
    cost: Estimate
    gain: Estimate
    weeks: Estimate | None
    needs: tuple[int, ...]
    years: int | None
    scores: dict[str, float]


class Measures(NamedTuple):
    """All measures, their currency (empty when nothing says it), and how they were read, in sentences."""

    items: list[Measure]
    currency: str
    notes: tuple[str, ...]


def read_measures(inputs: Inputs) -> Measures:
    """The measures of the call, or of the files that it names.

    Raises:
        InputError: a row is wrong, a name is there twice, or measures need each other in a circle.
    """
    rows, currency = inputs.rows("measures"), ""
    notes: tuple[str, ...] = ()
    others: dict[str, int] = {}
    paths = inputs.texts("measures")
    if paths:
        from acolytes_perf.methods.roadmap.measure_files import rows_of_files  # only files need it

        raw, currency, notes, others = rows_of_files(paths, inputs.text("columns"))
        checked = MEASURES.read(raw)[1]
        assert isinstance(checked, list)
        rows = [row for row in checked if isinstance(row, Inputs)]
    elif "columns" in inputs:
        raise InputError("/columns", "has no effect: measures are not from a file", {"columns": None})
    names = [row.text("name") or "" for row in rows]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"/measures/{index}/name", f"{quoted(name)} is there twice: use each name once")
    needs = [_needs(row.text("after"), index, names, others) for index, row in enumerate(rows)]
    try:
        closures(needs)
    except ValueError as error:
        index = int(error.args[0])
        message = f"{quoted(names[index])} needs itself by way of others: remove one of the dependencies"
        raise InputError(f"/measures/{index}/after", message) from None
    items = []
    for index, (name, row, before) in enumerate(zip(names, rows, needs)):
        scores = {score: row.number(score) for score in row.present(*RICE, *WSJF)}
        _check_scores(scores, f"/measures/{index}", name)
        weeks = row.estimate("weeks") if "weeks" in row else None
        years = int(row.number("years")) if "years" in row else None
        items.append(Measure(name, row.estimate("cost"), row.estimate("gain"), weeks, before, years, scores))
    return Measures(items, chosen_currency(inputs, currency), notes)


def _needs(text: str | None, index: int, names: Sequence[str], others: dict[str, int]) -> tuple[int, ...]:
    """The indices of the measures that a cell names: by the whole name, its first word, or an id."""
    found: dict[int, None] = {}
    for part in (text or "").replace(";", "+").replace(",", "+").replace("|", "+").split("+"):
        wanted = part.strip().lower()
        if not wanted:
            continue
        same = [place for place, name in enumerate(names) if name.lower() == wanted]
        first = [place for place, name in enumerate(names) if name.lower().split()[0] == wanted]
        by_id = [place for name, place in others.items() if name.lower() == wanted]
        matches = same or by_id or first
        pointer = f"/measures/{index}/after"
        if len(matches) != 1:
            nearest = did_you_mean(part.strip(), list(names))
            hint = f" (did you mean {nearest}?)" if nearest else ""
            several = "names several measures: write the whole name" if matches else f"is not a measure{hint}"
            raise InputError(pointer, f"{quoted(part.strip())} {several}")
        if matches[0] == index:
            raise InputError(pointer, f"{quoted(names[index])} needs itself: leave it out")
        found[matches[0]] = None
    return tuple(found)


def _check_scores(scores: dict[str, float], pointer: str, name: str) -> None:
    """Refuses an incomplete score, whose columns would have no effect."""
    for all_of in (RICE, WSJF):
        present = [score for score in all_of if score in scores]
        missing = [score for score in all_of[:3] if score not in scores]
        if present and missing:
            kind = "RICE" if all_of is RICE else "WSJF"
            raise InputError(pointer, f"{quoted(name)} has {present[0]} for {kind}, but no {missing[0]}: add it")
        if present and scores.get(all_of[3]) == 0:
            raise InputError(f"{pointer}/{all_of[3]}", "must be more than 0")
