"""The answer of `budget init`: the limits by endpoint, and what they say about the runs at hand."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.errors import one_line
from acolytes_perf.methods.budgets.proposal import Proposal
from acolytes_perf.methods.budgets.trial import LEAST_RUNS, SplitTrial
from acolytes_perf.methods.budgets.verdict import FAIL, LimitVerdict, overall
from acolytes_perf.methods.comparison.releases import FAILURES, WHOLE
from acolytes_perf.outcome import AnswerWarning, Result, ResultTable, Row
from acolytes_perf.outputs.budget_report import broken_limits
from acolytes_perf.wording import format_quantity, pluralize

#: A limit that lets half as much again pass stops few releases that anyone would stop.
_NEARLY_BLIND = 0.5
#: The most characters of an endpoint's name in tables.
_MOST_NAME = 200
_MOST_NAMED = 4
#: Lines of a table as text beside its rows.
_FRAME_LINES = 3


def trial_text(trial: SplitTrial | None) -> str:
    """What the budget says about halves of the baseline's runs."""
    if trial is None:
        return f" Not tried on the baseline's own runs: that needs {LEAST_RUNS} or more."
    return f" Tried on the baseline's own runs: {trial.failed} of {pluralize(trial.splits, 'split')} fail."


def candidate_text(verdicts: Sequence[LimitVerdict] | None) -> str:
    """Whether the budget stops the candidate; empty without one."""
    if verdicts is None:
        return ""
    if overall(verdicts) == FAIL:
        return f" It stops the candidate by {broken_limits(verdicts)}."
    return f" It does not stop the candidate: none of {pluralize(len(verdicts), 'limit')} fails."


def blind_warnings(proposals: Sequence[Proposal], runs: int) -> list[AnswerWarning]:
    """A warning about limits of changes that are so wide that they stop little."""
    wide = [one for one in proposals if one.measure != FAILURES and one.above_baseline >= _NEARLY_BLIND]
    if not wide:
        return []
    names = [
        f"{one_line(one.endpoint, 40)} {one.measure} ({format_quantity(one.above_baseline, 'ratio')})" for one in wide
    ]
    listed = ", ".join(names[:_MOST_NAMED]) + (", .." if len(names) > _MOST_NAMED else "")
    message = f"limits of changes that stop little, since these values vary so much between runs: {listed}"
    fix = f"make longer runs, or more than {runs}"
    if any(one.endpoint == WHOLE for one in wide):
        fix += "; rely on the limits by endpoint: a percentile of all requests jumps between fast and slow endpoints"
    return [AnswerWarning("limit_nearly_blind", message, fix)]


def limits_table(proposals: Sequence[Proposal], room: int) -> ResultTable:
    """The limits, a row for each endpoint; `room` is the lines of the table in an answer as text."""
    rows: dict[str, list[Result]] = {}
    for one in sorted(proposals, key=lambda one: (one.measure == FAILURES, one.measure)):
        cells = rows.setdefault(one.endpoint, [])
        if one.at_most is not None:
            cells.append(Result(f"{one.measure}_at_most", one.at_most, "ratio" if one.measure == FAILURES else "s"))
        cells.append(Result(f"{one.measure}_rise", one.above_baseline, "ratio"))
    ordered = [Row(one_line(name, _MOST_NAME), rows[name]) for name in dict.fromkeys(one.endpoint for one in proposals)]
    shown = max(1, min(len(ordered), room - _FRAME_LINES))
    return ResultTable("by_endpoint", "limits", ordered, text_rows=shown)


def observed_tables(proposals: Sequence[Proposal]) -> list[ResultTable]:
    """Each limit beside the highest run that it is from; JSON alone has these tables."""
    tables = []
    for name, is_share in (("latencies", False), ("failures", True)):
        rows = []
        for proposal in proposals:
            if (proposal.measure == FAILURES) != is_share:
                continue
            unit = "ratio" if is_share else "s"
            cells = [Result("highest", proposal.highest, unit)]
            if proposal.at_most is not None:
                cells.append(Result("at_most", proposal.at_most, unit))
            cells.append(Result("above_baseline", proposal.above_baseline, "ratio"))
            rows.append(Row(f"{one_line(proposal.endpoint, _MOST_NAME)} {proposal.measure}", cells))
        tables.append(ResultTable(name, name, rows, text_rows=0))
    return tables
