"""Proposes a performance budget from runs of a release that is good enough."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from acolytes_perf import SCHEMA, __version__
from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import RATIO
from acolytes_perf.methods.budgets.proposal import MEASURES, Proposal, budget_members, limits_of, propose
from acolytes_perf.methods.budgets.trial import try_on_candidate, try_on_halves
from acolytes_perf.methods.budgets.verdict import FAIL, PASS, LimitVerdict, overall
from acolytes_perf.methods.comparison.releases import WHOLE, Side
from acolytes_perf.methods.runs.figures import RunRecord, read_sides
from acolytes_perf.methods.runs.files import WARM_UP, runs_field, values_table
from acolytes_perf.outcome import AnswerWarning, Outcome, Result
from acolytes_perf.outputs import release_report
from acolytes_perf.outputs.budget_proposal_report import (
    blind_warnings,
    candidate_text,
    limits_table,
    observed_tables,
    trial_text,
)
from acolytes_perf.outputs.budget_report import CHANGE_COLUMNS, LIMIT_COLUMNS, perhaps_kept, rule_texts, verdict_tables
from acolytes_perf.outputs.render import room_for_tables
from acolytes_perf.wording import format_quantity, pluralize


def run(inputs: Inputs) -> Outcome:
    """Read the runs, propose limits, and try them."""
    if not inputs.present("baseline", "baseline_values"):
        raise COMMAND.missing(
            "baseline_values", "one row for each run and measure; for result files add --baseline FILE,..."
        )
    proposals, sides = _proposals(inputs)
    runs, variation = len(sides["baseline"]), inputs.number("variation")
    if runs > 1 and "variation" in inputs.written:
        message = "has no effect: the runs show how much they vary"
        raise InputError("/variation", message, {"variation": None})
    figures = {side: [record.figures for record in records] for side, records in sides.items()}
    trial = try_on_halves(proposals, figures["baseline"], variation)
    verdicts = _verdicts(proposals, figures, variation)
    endpoints = {proposal.endpoint for proposal in proposals} - {WHOLE}
    count = sum(1 + (proposal.at_most is not None) for proposal in proposals)
    results = [
        Result("runs", runs, "runs"),
        Result("endpoints", len(endpoints) or 1, "endpoints"),
        Result("limits", count, "limits"),
    ]
    if trial:
        results += [
            Result("splits", trial.splits, "splits"),
            Result("splits_failed", trial.failed, "splits"),
            Result("splits_undecided", trial.undecided, "splits"),
        ]
    if verdicts is not None:
        results += [Result("stops_candidate", overall(verdicts) == FAIL, "")]
    warnings = []
    if runs == 1:
        message = "one run does not show how much runs vary: the limits of changes assume a variation of "
        message += format_quantity(variation, "ratio")
        warnings.append(AnswerWarning("variation_assumed", message, "make 3 runs or more of the same release"))
    warnings += blind_warnings(proposals, runs)
    warnings += (
        release_report.damage(sides) if verdicts is None else release_report.run_warnings(sides, uses_throughput=False)
    )
    answer = (
        f"{pluralize(count, 'limit')} proposed for {pluralize(len(endpoints) or 1, 'endpoint')}, from "
        f"{pluralize(runs, 'run')}.{trial_text(trial)}{candidate_text(verdicts)} "
        "--out budget.json writes them; budget check applies them."
    )
    texts = _assumptions(inputs, sides, verdicts, is_tried=trial is not None)
    room = room_for_tables(results, warnings, texts)
    tables = [limits_table(proposals, room)]
    if verdicts is not None:
        room -= (tables[0].text_rows or 0) + 2
        tables += verdict_tables([one for one in verdicts if one.verdict != PASS], room)
    return Outcome(answer, results, texts, warnings, tables=[*tables, *observed_tables(proposals)])


def _assumptions(
    inputs: Inputs, sides: release_report.Runs, verdicts: Sequence[LimitVerdict] | None, *, is_tried: bool
) -> list[str]:
    headroom = format_quantity(inputs.number("headroom"), "ratio")
    rise = "the strictest that as many runs can decide: an unchanged release passes each with 90 %"
    if "regression" in inputs:
        rise = "as --regression says"
    values = f"at_most of latencies is {headroom} above the highest run, rounded up to two digits."
    failures = "Failures may reach 1 %, or 1.5 times the upper 95 % limit of these runs; they may rise by 0.5 points."
    texts = [
        f"{values} p99 has no limit, since it varies most between runs: add one to the file where it matters.",
        f"A rise is against a baseline; it is {rise}. {failures}",
    ]
    if is_tried:
        texts.append(
            "A split checks half of the baseline's runs against the other half. It finds limits that are too strict. "
            "Half the runs show less, so that many limits stay undecided, which passes."
        )
    if verdicts is not None:
        texts.append(" ".join(rule_texts([one.limit for one in verdicts])))
        texts += filter(None, [perhaps_kept(verdicts)])
    return [*texts, *release_report.files_text(sides)]


def _verdicts(
    proposals: Sequence[Proposal], figures: Mapping[str, Side], variation: float
) -> list[LimitVerdict] | None:
    """What the budget says about the candidate; None without one."""
    if not figures["candidate"]:
        return None
    verdicts = try_on_candidate(proposals, figures["baseline"], figures["candidate"], variation)
    if not verdicts:
        known = ", ".join(one_line(name, 30) for name in list(figures["baseline"][0])[:6] if name != WHOLE)
        raise InputError("/candidate", f"has none of the endpoints of the baseline: {known}", {"candidate": None})
    return verdicts


@lru_cache(maxsize=1)  # the file needs them once more, and files are slow to read
def _proposals(inputs: Inputs) -> tuple[list[Proposal], dict[str, list[RunRecord]]]:
    """The proposed limits, and the runs by side."""
    sides = read_sides(inputs, ("baseline", "candidate"), MEASURES)
    figures = [record.figures for record in sides["baseline"]]
    proposals = propose(figures, inputs.number("headroom"), inputs.optional("regression"), inputs.number("variation"))
    if not proposals:
        raise InputError("/baseline_values", "has neither p50 nor p95: a budget limits these", None)
    return proposals, sides


def budget_text(answer: Answer) -> str:
    """The budget as a JSON file that people edit."""
    proposals, sides = _proposals(answer.inputs)
    about = f"Proposed from {pluralize(len(sides['baseline']), 'run')}. Edit the limits."
    about += " Members that start with about are comments."
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


def _contents(text: str) -> str:
    """What the file holds, in a line."""
    return f"it holds {pluralize(limits_of(json.loads(text)), 'limit')}; budget check --budget FILE applies them"


COMMAND = Command(
    name="budget init",
    summary="Proposes a performance budget from runs, as a file; tries it on them, and on a candidate to stop.",
    fields=(
        runs_field("baseline", "result files of good runs: one for each run, a pattern, or a folder", "before-*.jtl"),
        values_table("baseline"),
        runs_field("candidate", "result files of a release to try the budget on: does it stop them?",
                   "after-*.jtl"),
        values_table("candidate"),
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
    example={
        "baseline_values": "p50:180ms,p95:412ms,p50:184ms,p95:420ms,p50:177ms,p95:405ms",
        "candidate_values": "p50:221ms,p95:498ms,p50:215ms,p95:504ms,p50:224ms,p95:491ms",
    },
    results={
        "runs": "runs that the proposal is from",
        "endpoints": "endpoints that have limits",
        "limits": "limits of values and of changes",
        "splits": "ways to split the baseline's runs into two halves, the one checked against the other; at most 20",
        "splits_failed": "splits in which a limit fails, although nothing changed",
        "splits_undecided": "splits in which no limit fails, and some are undecided: half the runs show less",
        "stops_candidate": "whether a limit fails with the candidate's runs",
    },
    tables={
        "by_endpoint": {
            "p95_at_most": "the limit of the value",
            "p50_rise": "the most that it may be above a baseline",
            "p95_rise": "the most that it may be above a baseline",
            "failures_at_most": "the limit of the share",
            "failures_rise": "the most that it may be above a baseline, as a difference of the shares",
        },
        **{f"{name}_limits": LIMIT_COLUMNS for name in ("latency", "failure")},
        **{f"{name}_changes": CHANGE_COLUMNS for name in ("latency", "failure")},
        **{name: {
            "highest": "the highest run; failures: the share of all requests",
            "at_most": "the proposed limit",
            "above_baseline": "the most that it may be above a baseline; for failures the difference of the shares",
        }
        for name in ("latencies", "failures")},
    },
    formats={"budget": Format((".json",), budget_text, "budget.json", holds=_contents)},
)  # fmt: skip
