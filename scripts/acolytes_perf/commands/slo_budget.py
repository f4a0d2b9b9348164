"""The error budget of a service level objective: what it allows, what is used, and how long the rest lasts."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import COUNT, DURATION, RATE, RATIO, at_most, complement
from acolytes_perf.methods.reliability.slo import DAY, SLO, WINDOW
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity

#: The periods of the SRE Book's availability table, in seconds.
PERIODS = {"year": 365 * DAY, "quarter": 90 * DAY, "month": 30 * DAY, "week": 7 * DAY, "day": DAY}


class Use(NamedTuple):
    """A measurement: the share of bad events or bad time, and the number of events where they were counted."""

    bad_share: float
    events: float | None = None


class Budget(NamedTuple):
    """A budget in use. `allowed` is 1 - SLO; `window` and `span`, the part of it that was measured, are in seconds.

    `events` are those of the whole window at the traffic that was counted, None where time was measured.
    """

    allowed: float
    window: float
    span: float
    bad_share: float
    events: float | None

    @property
    def burn(self) -> float:
        """Pace of use: at 1 the budget lasts exactly one window."""
        return self.bad_share / self.allowed

    @property
    def used(self) -> float:
        """Share of the window's budget that is used, above 1 when it is overspent."""
        return self.burn * self.span / self.window

    @property
    def left_time(self) -> float:
        """Seconds of full outage that are left, below 0 when it is overspent."""
        return complement(self.used) * self.allowed * self.window

    @property
    def left_events(self) -> float | None:
        """Bad events that are left, below 0 when it is overspent."""
        return None if self.events is None else complement(self.used) * self.allowed * self.events

    @property
    def met(self) -> bool:
        """Whether at most the whole budget is used."""
        return at_most(self.used, 1)

    @property
    def exhausted_in(self) -> float | None:
        """Seconds from the end of the span until nothing is left at the pace so far; None if the window ends first."""
        if self.used >= 1:
            return 0.0
        return (1 - self.used) * self.window / self.burn if self.burn > 1 else None


def run(inputs: Inputs) -> Outcome:
    """The budget in time and events; with a measurement also what is used, the burn rate, and when it runs out."""
    allowed, window = complement(inputs.number("slo")), inputs.number("window")
    elapsed = inputs.optional("elapsed")
    if elapsed is not None and elapsed > window:
        raise InputError("/elapsed", f"is longer than the window of {format_quantity(window, 's')}", {"elapsed": None})
    span = window if elapsed is None else elapsed
    use = _use(inputs, span)
    counted = None if use is None else use.events
    rate = inputs.optional("rate") if counted is None else counted / span
    results = [Result("budget_time", allowed * window, "s")]
    allows = [f"{format_quantity(allowed * window, 's')} down"]
    if rate is not None:
        results.append(Result("budget_events", allowed * rate * window, "events"))
        allows.insert(1 if counted is None else 0, format_quantity(allowed * rate * window, "bad events"))
    answer = (
        f"{format_quantity(inputs.number('slo'), 'ratio')} over {format_quantity(window, 's')} allows "
        f"{', or '.join(allows)}"
    )
    budget = None
    if use is not None:
        budget = Budget(allowed, window, span, use.bad_share, None if counted is None else counted * window / span)
        results += _spent(budget, projected=elapsed is not None)
        answer += _said_spent(budget, projected=elapsed is not None)
    rows = [Row(name, [Result("allowed_downtime", allowed * seconds, "s")]) for name, seconds in PERIODS.items()]
    warnings = [] if rate is None else _too_few(allowed, rate, window)
    if budget is not None and elapsed is not None:
        warnings += _too_fast(budget)
    next_calls = [("slo alerts", {name: inputs.written[name] for name in ("slo", "window") if name in inputs.written})]
    return Outcome(answer + ".", results, _assumptions(use, projected=elapsed is not None), warnings, next_calls,
                   tables=[ResultTable("periods", "period", rows)])  # fmt: skip


def _assumptions(use: Use | None, *, projected: bool) -> list[str]:
    if use is None or use.events is None:
        unit = "Time counts as fully down or fully up; a partial outage uses the budget in proportion."
    else:
        unit = "The budget is a share of events; its times are those of a full outage at the mean traffic counted."
    if use is None:
        return [unit, "There is no measurement, so nothing is used yet: add --downtime, --bad and --total, or --sli."]
    if projected:
        return [unit, "The pace and the traffic stay as they were so far."]
    return [unit, "The measurement covers one whole window; for a part of it add --elapsed."]


def _use(inputs: Inputs, span: float) -> Use | None:
    """The measurement, None when there is none."""
    counts = inputs.present("good", "bad", "total")
    ways = [*inputs.present("downtime", "sli"), *counts[:1]]
    if len(ways) > 1:
        raise InputError(f"/{ways[1]}", f"measures the same as {ways[0]}: give one of them", {ways[1]: None})
    if counts:
        return _counted(inputs, counts, span)
    if "downtime" in inputs:
        downtime = inputs.number("downtime")
        if downtime > span:
            message = f"is longer than the {format_quantity(span, 's')} that it was measured in: give at most that"
            raise InputError("/downtime", message)
        return Use(downtime / span)
    return Use(complement(inputs.number("sli"))) if "sli" in inputs else None


def _counted(inputs: Inputs, present: list[str], span: float) -> Use:
    """The bad share from two of good, bad and total, or from bad and the rate of all events."""
    if present == ["bad"] and "rate" in inputs:
        total, bad = inputs.number("rate") * span, inputs.number("bad")
        if bad > total:
            message = (
                f"is more than the {format_quantity(total, 'events')} of {format_quantity(span, 's')} at this rate"
            )
            raise InputError("/bad", message)
        return Use(bad / total, total)
    if "rate" in inputs:
        raise InputError("/rate", "follows from the events counted: leave it out", {"rate": None})
    if len(present) == 1:
        other = "total" if present[0] == "bad" else "bad"
        raise COMMAND.missing(other, f"{present[0]} alone gives no ratio")
    total = inputs.number("total") if "total" in inputs else inputs.number("good") + inputs.number("bad")
    bad = inputs.number("bad") if "bad" in inputs else total - inputs.number("good")
    if not 0 <= bad <= total or inputs.number("good" if "good" in inputs else "total") > total:
        raise InputError("/total", "is less than good and bad together", {"total": None})
    if "good" in inputs and inputs.number("good") + bad != total:
        raise InputError("/total", "is not the sum of good and bad", {"total": None})
    if total == 0:
        raise CannotAnswerError("/good", "no event was counted; missing: at least 1 event")
    return Use(bad / total, total)


def _too_few(allowed: float, rate: float, window: float) -> list[AnswerWarning]:
    if allowed * rate * window >= 1:
        return []
    message = (
        f"the budget is less than one event: none of the {format_quantity(rate * window, 'events')} in a window "
        "may fail"
    )
    return [
        AnswerWarning(
            "budget_below_one_event",
            message,
            f"use a window of {format_quantity(1 / (allowed * rate), 's')}, or a lower SLO",
        )
    ]


def _too_fast(budget: Budget) -> list[AnswerWarning]:
    """A warning that the budget is not overspent yet, but will not last."""
    if not budget.met or not budget.exhausted_in:
        return []
    sli = format_quantity(1 - budget.bad_share, "ratio", [complement(budget.allowed)])
    message = f"so far the SLI, {sli}, is below the objective; the budget still lasts "
    message += format_quantity(budget.exhausted_in, "s")
    left, rest = complement(budget.used), budget.window - budget.span
    pace = format_quantity(left * budget.window / rest, "x")
    return [
        AnswerWarning(
            "budget_ends_early",
            message,
            f"keep the burn rate at {pace} or less for the rest of the window, and the SLO is met",
        )
    ]


def _spent(budget: Budget, *, projected: bool) -> list[Result]:
    results = [
        Result("sli", 1 - budget.bad_share, "ratio", limits=[complement(budget.allowed)]),
        Result("within_budget", budget.met, ""),
        Result("used", budget.used, "ratio", limits=[1.0]),
        Result("left", complement(budget.used), "ratio"),
        Result("left_time", budget.left_time, "s"),
        Result("burn_rate", budget.burn, "x"),
    ]
    if budget.left_events is not None:
        results.insert(4, Result("left_events", budget.left_events, "events"))
    if projected:
        results.append(Result("exhausted_in", budget.exhausted_in, "s"))
        results.append(Result("used_at_end", budget.burn, "ratio"))
    return results


def _said_spent(budget: Budget, *, projected: bool) -> str:
    used = f"; {format_quantity(budget.used, 'ratio', [1.0])} of it is used"
    time, events = format_quantity(abs(budget.left_time), "s"), budget.left_events
    if not budget.met:
        excess = (
            f"{time} too much" if events is None else f"{format_quantity(-events, 'events')} too many ({time} down)"
        )
        return f"{used}, {excess}: the SLO is missed"
    used += (
        f", {time} is left" if events is None else f", which leaves {format_quantity(events, 'events')} ({time} down)"
    )
    if not projected:
        return used
    pace = f"{used}; at the pace so far (burn rate {format_quantity(budget.burn, 'x')})"
    if budget.exhausted_in is None:
        return f"{pace} the window ends with {format_quantity(budget.burn, 'ratio')} used"
    return f"{pace} it is gone in {format_quantity(budget.exhausted_in, 's')}"


_RESULTS = {
    "budget_time": "time that the service may be fully down within the window",
    "budget_events": "bad events that the window may have",
    "sli": "measured share of good events or of good time",
    "within_budget": "whether the budget is not overspent at the end of the measured span",
    "used": "used share of the window's budget",
    "left": "remaining share of the window's budget; negative when it is overspent",
    "left_time": "remaining budget as time fully down",
    "left_events": "remaining budget as bad events",
    "burn_rate": "pace of use: at 1x the budget lasts exactly one window",
    "exhausted_in": "time until nothing is left at the pace so far; never: the window ends first",
    "used_at_end": "share used at the end of the window at the pace so far",
}

_TABLES = {
    "periods": {"allowed_downtime": "time fully down that the SLO allows: in 365 d, 90 d, 30 d, 7 d and 1 d"},
}

COMMAND = Command(
    name="slo budget",
    summary="The error budget of an SLO in time and events: how much is used, how much is left, when it runs out.",
    fields=(
        SLO,
        WINDOW,
        Field(
            "elapsed", DURATION, "the part of the window that has passed, and that was measured", "12d", 1, 3660 * DAY
        ),
        Field("downtime", DURATION, "used so far, as time fully down", "20min", 0, 3660 * DAY, aliases=("outage",)),
        Field("sli", RATIO, "used so far, as the measured share of good events or time", "99.95%", 0, 1),
        Field("good", COUNT, "used so far, as events: the good ones", "999000", 0, 10**15),
        Field("bad", COUNT, "used so far, as events: the bad ones", "420", 0, 10**15, aliases=("errors", "failed")),
        Field("total", COUNT, "used so far, as events: all of them", "1000000", 1, 10**15),
        Field(
            "rate",
            RATE,
            "events per unit of time: for a budget in events, or with bad instead of total",
            "50/s",
            1e-9,
            1e12,
        ),
    ),
    run=run,
    formula="budget = (1 - SLO) * window; burn rate = bad share / (1 - SLO); used = burn rate * elapsed / window; "
    "exhausted in (1 - used) * window / burn rate",
    source="Site Reliability Engineering (Google, 2016), appendix A; The Site Reliability Workbook (2018), chapter 5",
    example={"slo": "99.9%", "window": "30d", "downtime": "20min"},
    results=_RESULTS,
    tables=_TABLES,
)
