"""Proposes a performance budget from runs of a release that is good enough."""

from __future__ import annotations

import json

from acolytes_perf import SCHEMA, __version__
from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import RATIO
from acolytes_perf.methods.budget_proposal import MEASURES, Proposal, budget_members, propose
from acolytes_perf.methods.release_comparison import FAILURES, WHOLE
from acolytes_perf.methods.run_figures import read_sides
from acolytes_perf.methods.run_files import WARM_UP, runs_field, values_table
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize


def run(inputs: Inputs) -> Outcome:
    """Read the runs, and propose limits."""
    if not inputs.present("baseline", "baseline_values"):
        raise COMMAND.missing(
            "baseline_values", "one row for each run and measure; for result files add --baseline FILE,..."
        )
    proposals, runs = _proposals(inputs)
    endpoints = {proposal.endpoint for proposal in proposals} - {WHOLE}
    count = sum(1 + (proposal.at_most is not None) for proposal in proposals)
    results = [
        Result("runs", runs, "runs"),
        Result("endpoints", len(endpoints) or 1, "endpoints"),
        Result("limits", count, "limits"),
    ]
    warnings = []
    if runs == 1:
        message = "one run does not show how much runs vary: the limits of changes assume a variation of "
        message += format_quantity(inputs.number("variation"), "ratio")
        warnings.append(AnswerWarning("variation_assumed", message, "make 3 runs or more of the same release"))
    elif "variation" in inputs.written:
        message = "has no effect: the runs show how much they vary"
        raise InputError("/variation", message, {"variation": None})
    answer = (
        f"{pluralize(count, 'limit')} proposed for {pluralize(len(endpoints) or 1, 'endpoint')}, from "
        f"{pluralize(runs, 'run')}. --out budget.json writes them; budget check applies them."
    )
    headroom = format_quantity(inputs.number("headroom"), "ratio")
    texts = [
        f"Limits of latencies are {headroom} above the highest run, rounded up to two digits.",
        "Limits of changes are the strictest that as many runs can decide: an unchanged release passes each with 90 %.",
        "Failures may reach 1 %, or 1.5 times the upper 95 % limit of these runs; they may rise by 0.5 points.",
    ]
    if "regression" in inputs:
        texts[1] = "Limits of changes are as --regression says."
    return Outcome(answer, results, texts, warnings, tables=_tables(proposals))


def _proposals(inputs: Inputs) -> tuple[list[Proposal], int]:
    """The proposed limits, and the number of runs."""
    runs = read_sides(inputs, ("baseline",), MEASURES)["baseline"]
    figures = [record.figures for record in runs]
    proposals = propose(figures, inputs.number("headroom"), inputs.optional("regression"), inputs.number("variation"))
    if not proposals:
        raise InputError("/baseline_values", "has neither p50 nor p95: a budget limits these", None)
    return proposals, len(runs)


def _tables(proposals: list[Proposal]) -> list[ResultTable]:
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
            rows.append(Row(f"{one_line(proposal.endpoint, 200)} {proposal.measure}", cells))
        tables.append(ResultTable(name, name, rows))
    return tables


def budget_text(answer: Answer) -> str:
    """The budget as a JSON file that people edit."""
    proposals, runs = _proposals(answer.inputs)
    about = f"Proposed from {pluralize(runs, 'run')}. Edit the limits. Members that start with about are comments."
    content: dict[str, object] = {
        "schema": SCHEMA,
        "id": answer.id,
        "command": answer.command.name,
        "version": __version__,
        "about": about,
        "about_latencies": "Latencies are of successful requests. A rise is a share of the baseline.",
        "about_failures": "A share of the requests. A rise is a difference of shares.",
        **budget_members(proposals),
    }
    return json.dumps(content, indent=2) + "\n"


COMMAND = Command(
    name="budget init",
    summary="Proposes a performance budget from runs: limits of latency and failures for each endpoint, as a file.",
    fields=(
        runs_field("baseline", "result files of good runs: one for each run, a pattern, or a folder", "before-*.jtl"),
        values_table("baseline"),
        Field("headroom", RATIO, "how far a limit is above the highest run", "20%", 0, 10, default="20%"),
        Field("regression", RATIO, "the most that a measure may be worse than the baseline, instead of a proposal",
              "5%", 1e-3, 1),
        Field("variation", RATIO, "standard deviation between runs, where there is one run", "3%", 1e-4, 1,
              default="5%"),
        WARM_UP,
    ),
    run=run,
    formula="limit = highest run * (1 + headroom); change = (t(.95) + t(.9)) * s * sqrt(2 / runs), the next step of 5, "
    "7.5, 10, 15, 20, 30, 50 %",
    source="Welch 1947, doi 10.1093/biomet/34.1-2.28; Wilson 1927, doi 10.1080/01621459.1927.10502953",
    example={"baseline_values": "p50:180ms,p95:412ms,p50:184ms,p95:420ms,p50:177ms,p95:405ms"},
    results={
        "runs": "runs that the proposal is from",
        "endpoints": "endpoints that have limits",
        "limits": "limits of values and of changes",
    },
    tables={
        name: {
            "highest": "the highest run; failures: the share of all requests",
            "at_most": "the proposed limit",
            "above_baseline": "the most that it may be above a baseline; for failures the difference of the shares",
        }
        for name in ("latencies", "failures")
    },
    formats={"budget": Format((".json",), budget_text, "budget.json")},
)  # fmt: skip
