"""The answer of `budget check`: one sentence, and a table for each kind of limit."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.errors import one_line
from acolytes_perf.methods.budgets.limits import BELOW_BASELINE, Limit
from acolytes_perf.methods.budgets.verdict import FAIL, PASS, UNDECIDED, LimitVerdict, count_verdicts, overall
from acolytes_perf.methods.comparison.releases import FAILURES, THROUGHPUT
from acolytes_perf.outcome import Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

#: The most characters of an endpoint's name in tables.
_MOST_NAME = 200

#: The most failed limits that the answer names.
_MOST_NAMED = 5
#: The columns of limits in an answer as text.
_TEXT_COLUMNS = ("baseline", "value", "change", "limit", "fails_from", "p", "fails", "runs_needed")
#: Lines of a table as text beside its rows: an empty one and the heading. A further one counts the rows left out.
_FRAME_LINES = 2
_KINDS = {FAILURES: "failure", THROUGHPUT: "throughput"}

#: What the columns of the tables are.
LIMIT_COLUMNS = {
    "value": "the candidate's value: geometric mean of its runs, or share of its requests",
    "limit": "the limit of the budget",
    "bound": "one-sided confidence limit of the value: 95 %, in the bad direction, of what is compared with the limit",
    "fails_from": "value from which on the limit fails: in 80 of 100 checks, with as many runs and requests as these",
    "p": "how likely so bad a value is where the limit is just kept, corrected for all limits",
    "fails": "whether the limit fails: the value is beyond the limit by more than noise, p is below 5 %",
    "passes": "whether the limit passes: within the limit even in the bad case; no in both: undecided",
    "runs_needed": "runs a side that would decide the limit",
}
CHANGE_COLUMNS = {
    **LIMIT_COLUMNS,
    "baseline": "the baseline's value",
    "change": "candidate over baseline - 1; for failures the difference of the shares",
    "best_case": "one-sided confidence limit of the change: 95 %, in the good direction",
    "p": "how likely such a change is where nothing changed, corrected for all limits",
    "fails": "whether the limit fails: the change is more than noise (p is below 5 %), and above the limit",
}


def describe(verdicts: Sequence[LimitVerdict]) -> str:
    """One sentence: the verdict, and which limits fail or what would decide them."""
    counts, verdict = count_verdicts(verdicts), overall(verdicts)
    if verdict == PASS:
        return "Pass: the limit is kept." if len(verdicts) == 1 else f"Pass: all {len(verdicts)} limits are kept."
    if verdict == FAIL:
        rest = f"{counts[PASS]} pass, {counts[UNDECIDED]} {_are(counts[UNDECIDED])} undecided"
        return f"Fail: {broken_limits(verdicts)}. Of the others, {rest}."
    passed = f"no limit fails, {counts[PASS]} of {pluralize(len(verdicts), 'limit')} pass"
    return f"Undecided: {passed}, {counts[UNDECIDED]} {_are(counts[UNDECIDED])} open.{_deciding(verdicts)}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def broken_limits(verdicts: Sequence[LimitVerdict]) -> str:
    """How many limits fail, and which: `2 of 25 limits: upload failures 6.2 % (limit 1 %); ..`."""
    failed = [one for one in verdicts if one.verdict == FAIL]
    named = "; ".join(map(_reason, failed[:_MOST_NAMED]))
    more = f"; and {len(failed) - _MOST_NAMED} more" if len(failed) > _MOST_NAMED else ""
    return f"{len(failed)} of {pluralize(len(verdicts), 'limit')}: {named}{more}"


def _deciding(verdicts: Sequence[LimitVerdict]) -> str:
    """Which runs would decide the limits that are open: the easiest one, and the one that is nearest to its limit."""
    is_open = [one for one in verdicts if one.verdict == UNDECIDED]
    never = [one for one in is_open if one.runs_needed is None]
    counted = sorted((one for one in is_open if one.runs_needed), key=lambda one: one.runs_needed or 0)
    texts = []
    if counted:
        first, last = counted[0], counted[-1]
        texts.append(f"About {pluralize(first.runs_needed or 0, 'run')} a side would decide {_reason(first)}")
        if last.runs_needed != first.runs_needed:
            texts[0] += f", {last.runs_needed} would decide {_reason(last)}, which is nearer to its limit"
    if never:
        text = f"{_name(never[0])} is at its limit or has too few requests"
        if len(never) > 1:
            text = f"{len(never)} values are at their limits or have too few requests, such as {_name(never[0])}"
        texts.append(text)
    return "".join(f" {text}." for text in texts)


def perhaps_kept(verdicts: Sequence[LimitVerdict]) -> str:
    """A sentence about changes that fail although the release may be within the limit; empty without any."""
    near = [
        one
        for one in verdicts
        if one.verdict == FAIL
        and one.best_case is not None
        and (one.best_case > -one.limit.value if one.limit.kind == BELOW_BASELINE else one.best_case < one.limit.value)
    ]
    if not near:
        return ""
    listed = ", ".join(map(_name, near[:_MOST_NAMED])) + (", .." if len(near) > _MOST_NAMED else "")
    return f"Worse by more than noise, but perhaps still within the limit: {listed} (best_case in --json)."


def _name(verdict: LimitVerdict) -> str:
    return f"{one_line(verdict.limit.endpoint)} {verdict.limit.measure}"


def _reason(verdict: LimitVerdict) -> str:
    """Why a limit fails: `order detail p95 +15 % against the baseline (limit 5 %)`."""
    limit, name = verdict.limit, _name(verdict)
    if verdict.value is None:
        return f"{name} (too few requests)"
    most = format_quantity(limit.value, _limit_unit(limit))
    limits = [limit.value, -limit.value]
    if not limit.needs_baseline:
        return f"{name} {format_quantity(verdict.value, _unit(limit), limits)} (limit {most})"
    if limit.measure == FAILURES:
        before, after = (format_quantity(share, "ratio") for share in (verdict.baseline, verdict.value))
        return f"{name} {before} to {after} (limit {most} more)"
    change = verdict.reached or 0.0
    sign = "+" if change > 0 else ""
    return f"{name} {sign}{format_quantity(change, 'ratio', limits)} against the baseline (limit {most})"


def verdict_tables(verdicts: Sequence[LimitVerdict], room: int) -> list[ResultTable]:
    """A table for each kind of limit; what fails comes first, then what is undecided.

    Args:
        verdicts: of all limits.
        room: lines of the tables in an answer as text. It shows the limits that do not pass; where all pass, these.
    """
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
    has_open = any(one.verdict != PASS for one in verdicts)
    result = []
    for name in ranked:
        rows, is_open = tables[name], sum(not _passes(row) for row in tables[name])
        wanted = is_open if has_open else len(rows)
        fits = room - _FRAME_LINES
        shown = len(rows) if len(rows) == wanted <= fits else max(0, min(wanted, fits - 1))
        room -= shown + _FRAME_LINES + (len(rows) > shown) if shown else 0
        others = "that pass" if shown == is_open else "more"
        heading = name.replace("_", " ")
        result.append(ResultTable(name, heading, rows, text_rows=shown, text_columns=_TEXT_COLUMNS, others=others))
    return result


def _passes(row: Row) -> bool:
    return any(cell.name == "passes" and bool(cell.value) for cell in row.results)


def _cells(verdict: LimitVerdict) -> list[Result]:
    limit = verdict.limit
    unit, limit_unit = _unit(limit), _limit_unit(limit)
    most = -limit.value if limit.kind == BELOW_BASELINE else limit.value
    cells, limits = [], [most]
    if verdict.baseline is not None:
        cells.append(Result("baseline", verdict.baseline, unit))
    if verdict.value is not None:
        cells.append(Result("value", verdict.value, unit, limits=() if limit.needs_baseline else limits))
    if limit.needs_baseline and verdict.reached is not None:
        cells.append(Result("change", verdict.reached, "ratio", limits=limits))
    cells.append(Result("limit", most, limit_unit))
    if verdict.bound is not None:
        cells.append(Result("bound", verdict.bound, limit_unit, limits=limits))
    if verdict.best_case is not None:
        cells.append(Result("best_case", verdict.best_case, limit_unit, limits=limits))
    if verdict.fails_from is not None:
        cells.append(Result("fails_from", verdict.fails_from, limit_unit, limits=limits))
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


def rule_texts(limits: Sequence[Limit]) -> list[str]:
    """When a limit fails, and what that promises."""
    has_values, has_changes = (any(limit.needs_baseline == kind for limit in limits) for kind in (False, True))
    correction = f"one-sided tests at 5 %, Holm's correction over {pluralize(len(limits), 'limit')}"
    rules = []
    if has_values:
        rules.append("A limit of a value fails when the value is beyond it by more than noise.")
    if has_changes:
        rules.append(
            "A limit of a change fails when the change is more than noise, and the estimate is above the limit."
        )
    kept = "that keeps them" if not has_changes else "without any change" + " that keeps the others" * has_values
    promise = f"More than noise: {correction}. A release {kept} fails in at most 5 % of checks"
    if has_changes:
        promise += ", one that is worse by just the limit in up to half of them"
    return [" ".join(rules), f"{promise}."]
