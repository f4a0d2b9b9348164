"""How severe an incident is, by burn rate, budget and users; when it becomes worse, and who is told when."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import DURATION, NUMBER, RATIO, complement, show_duration, show_ratio
from acolytes_perf.methods.reliability.severity_rules import RULES, Rule, classify, read_rules
from acolytes_perf.methods.reliability.slo import SLO, WINDOW
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity

_WORDS = {"burn_rate": "burn rate", "budget": "share of the budget", "users": "share of the users"}


def run(inputs: Inputs) -> Outcome:
    """Compute burn rate and budget, and apply the rules."""
    rules = read_rules(inputs.rows("rules"))
    figures = _figures(inputs)
    _refuse_unused(inputs, rules)
    index = classify(rules, figures)
    rows = [
        Row(rule.severity, [*_reached(rule, figures), *_times(rule), *_until(rule, figures, inputs)]) for rule in rules
    ]
    results = []
    if "burn_rate" in figures:
        results += [Result("burn_rate", figures["burn_rate"], "x")]
    if "budget" in figures:
        results += [
            Result("budget", figures["budget"], "ratio"),
            Result("exhausted_in", _seconds_until(1.0, figures, inputs), "s"),
        ]
    results.append(Result("rank", None if index is None else index + 1, ""))
    if index is not None:
        results += _times(rules[index])
    return Outcome(
        _answer(rules, figures, index, inputs),
        results,
        _assumptions(inputs),
        _warnings(rules, figures, index),
        tables=[ResultTable("severities", "severity", rows)],
    )


def _figures(inputs: Inputs) -> dict[str, float]:
    """What the rules compare: burn rate, share of the budget used, and share of the users affected."""
    if "errors" in inputs and "burn_rate" in inputs:
        raise InputError("/burn_rate", "follows from errors and slo: leave it out", {"burn_rate": None})
    if "errors" in inputs and "slo" not in inputs:
        raise COMMAND.missing("slo", "errors and the objective give the burn rate")
    if "slo" in inputs and "errors" not in inputs:
        raise InputError("/slo", "has no effect without errors", {"slo": None})
    if not inputs.present("errors", "burn_rate", "users"):
        raise COMMAND.missing("errors", "with slo; or give burn_rate, or users")
    figures = {}
    if "errors" in inputs:
        figures["burn_rate"] = inputs.number("errors") / complement(inputs.number("slo"))
    elif "burn_rate" in inputs:
        figures["burn_rate"] = inputs.number("burn_rate")
    if "duration" in inputs:
        if "burn_rate" not in figures:
            raise InputError("/duration", "has no effect without errors or burn_rate", {"duration": None})
        figures["budget"] = figures["burn_rate"] * inputs.number("duration") / inputs.number("window")
    elif "window" in inputs.written:
        raise InputError("/window", "has no effect without duration", {"window": None})
    if "users" in inputs:
        figures["users"] = inputs.number("users")
    return figures


def _refuse_unused(inputs: Inputs, rules: Sequence[Rule]) -> None:
    """Refuses figures that no rule compares."""
    compared = {measure for rule in rules for measure in rule.thresholds}
    if "users" in inputs and "users" not in compared:
        raise InputError("/users", "has no effect: no rule has a threshold of users", {"users": None})
    if "users" in inputs or compared & {"burn_rate", "budget"}:
        return
    raise InputError("/rules", "has thresholds of users only: give --users")


def _seconds_until(share: float, figures: dict[str, float], inputs: Inputs) -> float | None:
    """When the incident will have used a share of the budget, if it goes on; None where it never does."""
    left = share - figures["budget"]
    if left <= 0:
        return 0.0
    burn_rate = figures["burn_rate"]
    return left * inputs.number("window") / burn_rate if burn_rate else None


def _reached(rule: Rule, figures: dict[str, float]) -> list[Result]:
    return [Result("reached", bool(rule.reached(figures)), "")]


def _times(rule: Rule) -> list[Result]:
    named = (("acknowledge", rule.acknowledge), ("update", rule.update))
    return [Result(name, seconds, "s") for name, seconds in named if seconds is not None]


def _until(rule: Rule, figures: dict[str, float], inputs: Inputs) -> list[Result]:
    if "budget" not in figures or "budget" not in rule.thresholds:
        return []
    if rule.reached(figures):
        return [Result("reached_in", 0.0, "s")]
    return [Result("reached_in", _seconds_until(rule.thresholds["budget"], figures, inputs), "s")]


def _answer(rules: Sequence[Rule], figures: dict[str, float], index: int | None, inputs: Inputs) -> str:
    if index is None:
        text = "No rule is reached: the incident has no severity"
    else:
        reasons = [
            f"{_WORDS[name]} {_show(name, figures[name])} (from {_show(name, rules[index].thresholds[name])})"
            for name in rules[index].reached(figures)
        ]
        text = f"Severity {rules[index].severity}: {', '.join(reasons)}"
    worse = rules[: len(rules) if index is None else index]
    times = []
    if "budget" in figures:
        for rule in worse:
            seconds = (
                _seconds_until(rule.thresholds["budget"], figures, inputs) if "budget" in rule.thresholds else None
            )
            if seconds is not None:
                times.append((seconds, rule.severity))
    text += "."
    if times:
        text += " If it goes on, it becomes " + ", ".join(
            f"{name} in {format_quantity(seconds, 's')}" for seconds, name in sorted(times)[:3]
        )
        text += "."
    if index is not None and rules[index].acknowledge is not None:
        text += f" Acknowledge within {format_quantity(rules[index].acknowledge, 's')}, else call the next person."
    return text


def _show(name: str, value: float) -> str:
    return format_quantity(value, "x" if name == "burn_rate" else "ratio")


def _assumptions(inputs: Inputs) -> list[str]:
    texts = ["An incident has the first severity of which it reaches any threshold."]
    if "rules" not in inputs.written:
        texts.append("The rules are a start, not a standard: set your own with --rules.")
    if "errors" in inputs:
        texts.append(f"Burn rate: errors over 1 - {show_ratio(inputs.number('slo'))}.")
    if "duration" in inputs:
        texts.append(f"The share of errors stays; the budget is that of {show_duration(inputs.number('window'))}.")
    return texts


def _warnings(rules: Sequence[Rule], figures: dict[str, float], index: int | None) -> list[AnswerWarning]:
    compared = {measure for rule in rules for measure in rule.thresholds}
    missing = [_WORDS[name] for name in ("burn_rate", "budget", "users") if name in compared and name not in figures]
    if not missing or index == 0:
        return []
    message = f"not known: {' and '.join(missing)}. The incident may be more severe"
    return [AnswerWarning("figures_missing", message, "add --errors with --slo, --duration, or --users")]


COMMAND = Command(
    name="incident classify",
    summary="The severity of an incident by your rules on burn rate, budget and users, and when it becomes worse.",
    fields=(
        Field("errors", RATIO, "share of the requests that fail", "12%", 0, 1, aliases=("error_ratio", "failures")),
        SLO._replace(required=False),
        Field("burn_rate", NUMBER, "burn rate, instead of errors and slo", "14.4", 0, 1e9),
        Field("duration", DURATION, "how long it has lasted", "25min", 0, 366 * SECONDS["d"]),
        WINDOW,
        Field("users", RATIO, "share of the users that are affected", "8%", 0, 1, aliases=("users_affected",)),
        RULES,
    ),
    run=run,
    formula="burn rate = errors / (1 - SLO); budget used = burn rate * duration / window; the first row of which one "
    "threshold is reached",
    source="The Site Reliability Workbook (Google, 2018), chapters 5 and 8",
    example={"errors": "12%", "slo": "99.9%", "duration": "25min", "users": "8%"},
    results={
        "burn_rate": "errors over 1 - SLO",
        "budget": "share of the window's budget that the incident has used",
        "exhausted_in": "time until the incident has used the whole budget: if it goes on",
        "rank": "place of its severity in the rules, 1 for the most severe; never: no rule is reached",
        "acknowledge": "somebody answers within this time",
        "update": "time between two messages",
    },
    tables={
        "severities": {
            "reached": "whether the incident reaches one of its thresholds",
            "reached_in": "when it reaches the threshold of the budget, if it goes on",
            "acknowledge": "somebody answers within this time",
            "update": "time between two messages",
        }
    },
)  # fmt: skip
