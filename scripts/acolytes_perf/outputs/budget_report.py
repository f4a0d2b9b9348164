"""The answer of `budget check`: one sentence, and a table for each kind of limit."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.errors import one_line
from acolytes_perf.methods.budget import AT_LEAST, BELOW_BASELINE, Limit
from acolytes_perf.methods.budget_verdict import FAIL, PASS, UNDECIDED, LimitVerdict, count_verdicts, overall
from acolytes_perf.methods.release_comparison import FAILURES, THROUGHPUT
from acolytes_perf.outcome import Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

#: The most characters of an endpoint's name in tables.
_MOST_NAME = 200

#: The most failed limits that the answer names.
_MOST_NAMED = 4
_KINDS = {FAILURES: "failure", THROUGHPUT: "throughput"}


def describe(verdicts: Sequence[LimitVerdict]) -> str:
    """One sentence: the verdict, and which limits fail or what would decide them."""
    counts, verdict = count_verdicts(verdicts), overall(verdicts)
    if verdict == PASS:
        return "Pass: the limit is kept." if len(verdicts) == 1 else f"Pass: all {len(verdicts)} limits are kept."
    if verdict == FAIL:
        failed = [one for one in verdicts if one.verdict == FAIL]
        named = "; ".join(map(_reason, failed[:_MOST_NAMED]))
        more = f"; and {len(failed) - _MOST_NAMED} more" if len(failed) > _MOST_NAMED else ""
        rest = f"{counts[PASS]} pass, {counts[UNDECIDED]} are undecided"
        return f"Fail: {len(failed)} of {pluralize(len(verdicts), 'limit')}: {named}{more}. Of the others, {rest}."
    needed = [one.runs_needed for one in verdicts if one.verdict == UNDECIDED]
    text = f"Undecided: no limit fails, {counts[PASS]} of {pluralize(len(verdicts), 'limit')} pass"
    counted = [runs for runs in needed if runs is not None]
    if len(counted) < len(needed):
        open_ones = len(needed) - len(counted)
        values = (
            "1 value is at its limit, or has" if open_ones == 1 else f"{open_ones} values are at their limit, or have"
        )
        return f"{text}, and {values} too few requests."
    return f"{text}; about {pluralize(max(counted), 'run')} a side would decide the others."


def _reason(verdict: LimitVerdict) -> str:
    """Why a limit fails: `order detail p95 +15 % against the baseline (limit 5 %)`."""
    limit, name = verdict.limit, f"{one_line(verdict.limit.endpoint)} {verdict.limit.measure}"
    most = format_quantity(limit.value, _limit_unit(limit))
    if not limit.needs_baseline:
        return f"{name} {format_quantity(verdict.value, _unit(limit))} (limit {most})"
    if limit.measure == FAILURES:
        before, after = (format_quantity(share, "ratio") for share in (verdict.baseline, verdict.value))
        return f"{name} {before} to {after} (limit {most} more)"
    change = verdict.reached or 0.0
    sign = "+" if change > 0 else ""
    return f"{name} {sign}{format_quantity(change, 'ratio')} against the baseline (limit {most})"


def verdict_tables(verdicts: Sequence[LimitVerdict]) -> list[ResultTable]:
    """A table for each kind of limit; what fails comes first, then what is undecided."""
    order = (FAIL, UNDECIDED, PASS)
    tables: dict[str, list[Row]] = {}
    for verdict in sorted(verdicts, key=lambda one: order.index(one.verdict)):
        limit = verdict.limit
        name = f"{_KINDS.get(limit.measure, 'latency')}_{'changes' if limit.needs_baseline else 'limits'}"
        label = f"{one_line(limit.endpoint, _MOST_NAME)} {limit.measure}"
        tables.setdefault(name, []).append(Row(label, _cells(verdict)))
    names = ("failure_limits", "failure_changes", "latency_limits", "latency_changes", "throughput_limits",
             "throughput_changes")  # fmt: skip
    # a table with a limit that fails comes before one without
    ranked = sorted(
        (name for name in names if name in tables),
        key=lambda name: not any(cell.name == "fails" and cell.value for cell in tables[name][0].results),
    )
    return [ResultTable(name, name.replace("_", " "), tables[name]) for name in ranked]


def _cells(verdict: LimitVerdict) -> list[Result]:
    limit = verdict.limit
    unit, limit_unit = _unit(limit), _limit_unit(limit)
    cells = []
    if verdict.baseline is not None:
        cells.append(Result("baseline", verdict.baseline, unit))
    if verdict.value is not None:
        cells.append(Result("value", verdict.value, unit))
    if limit.needs_baseline and verdict.reached is not None:
        cells.append(Result("change", verdict.reached, "ratio"))
    sign = -1 if limit.kind == BELOW_BASELINE else 1
    cells.append(Result("limit", sign * limit.value, limit_unit))
    if verdict.bound is not None:
        cells.append(Result("bound", verdict.bound, limit_unit))
    if verdict.fails_from is not None:
        cells.append(Result("fails_from", verdict.fails_from, limit_unit))
    cells += [
        Result("p", verdict.p_value, "probability"),
        Result("fails", verdict.verdict == FAIL, ""),
        Result("passes", verdict.verdict == PASS, ""),
    ]
    if verdict.runs_needed is not None:
        cells.append(Result("runs_needed", verdict.runs_needed, "runs"))
    return cells


def _unit(limit: Limit) -> str:
    return {FAILURES: "ratio", THROUGHPUT: "1/s"}.get(limit.measure, "s")


def _limit_unit(limit: Limit) -> str:
    return "ratio" if limit.needs_baseline else _unit(limit)


def limit_text(limit: Limit) -> str:
    """The limit in words: `p95 at most 500 ms`."""
    amount = format_quantity(limit.value, _limit_unit(limit))
    if limit.needs_baseline:
        word = "below" if limit.kind == BELOW_BASELINE else "above"
        return f"{limit.measure} {word} the baseline by at most {amount}"
    return f"{limit.measure} at {'least' if limit.kind == AT_LEAST else 'most'} {amount}"
