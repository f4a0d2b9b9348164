"""Whether a horizontal pod autoscaler keeps up with a load, and what headroom it needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.demand_quantity import DEMAND_QUANTITY
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, complement
from acolytes_perf.methods.capacity.autoscaling import (
    Autoscaler,
    Followed,
    follow,
    highest_target,
    resampled,
    worst_growth,
)
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.series import demand_history
from acolytes_perf.series.series_input import SERIES_OPTIONS
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity, pluralize

if TYPE_CHECKING:
    from acolytes_perf.series.demand_history import History

#: Points further apart than this say nothing of ramps within minutes.
_MOST_STEP = 900.0
_MOST_SYNCS = 400_000
_MOST_PODS = 100_000


class Case(NamedTuple):
    """The load at each sync, the autoscaler, and how it followed."""

    history: History
    loads: list[float]
    scaler: Autoscaler
    followed: Followed
    spare: float


def read_case(inputs: Inputs) -> Case:
    """Reads the history and the autoscaler, and lets it follow.

    Raises:
        InputError: inputs do not fit together.
        CannotAnswerError: the history is too coarse or too long.
    """
    history = demand_history.read_history(inputs)
    if history.grid.start is None and "step" not in inputs and not inputs.texts("history"):
        raise COMMAND.missing("step", "the history has no times")
    step, period = history.grid.step, inputs.number("sync_period")
    if history.grid.months or step > _MOST_STEP:
        message = f"has a step of {history.grid.step_text}, which hides ramps; missing: points at most 15 min apart"
        raise CannotAnswerError("/history", message)
    if len(history.values) < 2:
        raise CannotAnswerError("/history", "has one value; missing: at least one more")
    span = (len(history.values) - 1) * step
    if span / period > _MOST_SYNCS:
        days = format_quantity(_MOST_SYNCS * period, "s")
        message = (
            f"has {format_quantity(span, 's')}, too long to simulate; missing: at most {days}, or a longer sync_period"
        )
        raise CannotAnswerError("/history", message)
    capacity = demand_history.read_capacity(inputs, history, "pod_capacity")
    if not capacity:
        raise InputError("/pod_capacity", "must be more than 0")
    loads = resampled(history.values, step, period)
    scaler = _scaler(inputs, capacity)
    if max(loads) / (capacity * scaler.target) > _MOST_PODS:
        raise InputError("/pod_capacity", f"makes more than {_MOST_PODS} pods: check its unit")
    zones = inputs.optional("zones")
    spare = 1.0 if zones is None else complement(1 / zones)
    return Case(history, loads, scaler, follow(scaler, loads), spare)


def _scaler(inputs: Inputs, capacity: float) -> Autoscaler:
    least, most = int(inputs.number("min_pods")), inputs.optional("max_pods")
    if most is not None and most < least:
        raise InputError("/max_pods", f"is below min_pods, {least}", {"max_pods": None})
    return Autoscaler(
        capacity,
        inputs.number("target"),
        inputs.number("start_time"),
        inputs.number("metric_lag"),
        inputs.number("sync_period"),
        inputs.number("tolerance"),
        inputs.number("stabilisation"),
        least,
        None if most is None else int(most),
        inputs.text("metric") == "cpu",
    )


def run(inputs: Inputs) -> Outcome:
    """Simulate the autoscaler over the history, and find the highest target that keeps up."""
    case = read_case(inputs)
    scaler, followed = case.scaler, case.followed
    reaction = max(1, math.ceil(scaler.reaction_time / scaler.sync_period))
    growth, place = worst_growth(case.loads, reaction, scaler.min_pods * scaler.pod_capacity * scaler.target)
    overloaded = followed.overloaded(case.spare)
    needed = highest_target(scaler, case.loads, case.spare)
    keeps_up = overloaded == 0
    results = [
        Result("keeps_up", keeps_up, ""),
        Result("overloaded_time", overloaded, "ratio"),
        Result("longest_overload", followed.longest_overload() * scaler.sync_period, "s"),
        Result("worst_use", max(followed.use), "ratio"),
        *([Result("worst_use_zone_lost", max(followed.use) / case.spare, "ratio")] if "zones" in inputs else []),
        Result("reaction_time", scaler.reaction_time, "s"),
        Result("worst_growth", growth, "x"),
        *([Result("target_needed", needed, "ratio")] if needed is not None else []),
        Result("headroom", None if needed is None else complement(needed), "ratio"),
        Result("pods_mean", sum(followed.ready) / len(followed.ready), "pods"),
        Result("pods_peak", max(followed.ready), "pods"),
    ]
    tables = []
    if needed is not None and not keeps_up:
        other = follow(scaler._replace(target=needed), case.loads)
        cells = [
            Result("worst_use", max(other.use), "ratio"),
            Result("pods_mean", sum(other.ready) / len(other.ready), "pods"),
            Result("pods_peak", max(other.ready), "pods"),
        ]
        tables.append(ResultTable("needed", "case", [Row("with target_needed", cells)], beside_results=True))
    return Outcome(
        _answer(case, keeps_up=keeps_up, overloaded=overloaded, needed=needed, is_zonal="zones" in inputs),
        results,
        _assumptions(inputs, case, growth, place),
        _warnings(case, needed),
        tables=tables,
    )


def _answer(case: Case, *, keeps_up: bool, overloaded: float, needed: float | None, is_zonal: bool) -> str:
    target = format_quantity(case.scaler.target, "ratio")
    lost = " with a zone lost at the worst moment" if is_zonal else ""
    worst = format_quantity(max(case.followed.use) / case.spare, "ratio")
    if keeps_up:
        text = f"With a target of {target} the autoscaler keeps up{lost}: at worst the pods are used to {worst}"
        return text + (f"; a target up to {format_quantity(needed, 'ratio')} would do." if needed else ".")
    text = (
        f"With a target of {target} the autoscaler does not keep up{lost}: for "
        f"{format_quantity(overloaded, 'ratio')} of the time the load is above what the ready "
        f"pods carry, at worst {worst} of it"
    )
    if needed is None:
        return f"{text}; no target from 5 % on is low enough: add pods before the ramp, or start them faster."
    return (
        f"{text}; a target of {format_quantity(needed, 'ratio')} keeps up "
        f"({format_quantity(complement(needed), 'ratio')} headroom)."
    )


def _assumptions(inputs: Inputs, case: Case, growth: float, place: int) -> list[str]:
    scaler = case.scaler
    reaction = format_quantity(scaler.reaction_time, "s")
    texts = [
        f"From a load to its pods it takes up to {reaction}: the age of the metric, a sync period, and the start.",
        f"The steepest ramp in that time is {format_quantity(growth, 'x')}, {_moment(case, place)}.",
        "Kubernetes' rules: ceil(pods x use / target); starting pods count; at most double or 4 more in 15 s.",
    ]
    if scaler.saturates:
        texts.append("The metric is processor use, which stops at 100 % of the pods: it hides how large a load is.")
    if scaler.max_pods is None:
        texts.append("No max_pods, and nodes have room for every pod: a new node takes minutes more.")
    if "zones" in inputs:
        texts.append(
            "A lost zone takes its share of the ready pods at any moment; what comes instead is too late for it."
        )
    if "target" not in inputs.written:
        texts.append("target is not given: 80 % is Kubernetes' default.")
    return [*texts, *case.history.notes][:7]


def _moment(case: Case, sync: int) -> str:
    from acolytes_perf.inputs.timeline import show_time

    seconds = sync * case.scaler.sync_period
    start = case.history.grid.start
    return f"{format_quantity(seconds, 's')} after the start" if start is None else f"at {show_time(start + seconds)}"


def _warnings(case: Case, needed: float | None) -> list[AnswerWarning]:
    warnings, step = [], case.history.grid.step
    scaler = case.scaler
    if step > max(60.0, scaler.reaction_time):
        apart = format_quantity(step, "s")
        message = f"points are {apart} apart, longer than the reaction time: real ramps are steeper"
        warnings.append(AnswerWarning("coarse_history", message, "export points at most 1 min apart"))
    if (len(case.history.values) - 1) * step < SECONDS["d"]:
        message = "the history is shorter than a day, and may not have the worst ramp"
        warnings.append(AnswerWarning("short_history", message, "use a history with the busiest days"))
    if scaler.max_pods is not None and max(case.followed.ready) == scaler.max_pods:
        most = max(case.loads) / (scaler.pod_capacity * scaler.target)
        if most > scaler.max_pods:
            message = f"the pods reach max_pods, but the highest load needs {math.ceil(most)}"
            warnings.append(AnswerWarning("max_pods_reached", message, "raise max_pods, and the quota of the nodes"))
    if needed is not None and needed < 0.4:
        message = "so much headroom costs more than twice the pods"
        fix = "start pods before known peaks (a schedule), or shorten start_time and metric_lag"
        warnings.append(AnswerWarning("much_headroom", message, fix))
    gaps = sum(value is None for value in case.history.values)
    if gaps:
        message = f"{pluralize(gaps, 'value')} of {len(case.history.values)} are missing; straight lines bridge them"
        warnings.append(AnswerWarning("gaps", message, "fill in the missing values that you have"))
    return warnings


def _chart(answer: Answer) -> str:
    from acolytes_perf.outputs.headroom_chart import chart

    case = read_case(answer.inputs)
    return chart(answer, case.loads, case.scaler, case.followed, case.spare, case.history.unit)


_RESULTS = {
    "keeps_up": "whether the ready pods carry the load at every moment: with zones also after the loss of one",
    "overloaded_time": "share of the moments at which the load is above what the ready pods carry: less a zone",
    "longest_overload": "longest time without a break in which the load is above all ready pods",
    "worst_use": "highest load over what the ready pods carry",
    "worst_use_zone_lost": "highest load over what the ready pods carry when a zone is lost: at that moment",
    "reaction_time": "longest time from a load to the pods that answer it: metric_lag, sync_period and start_time",
    "worst_growth": "greatest factor by which the load grows within the reaction time: above what min_pods carry",
    "target_needed": "highest target in whole per cent at which the autoscaler keeps up",
    "headroom": "unused share of the pods that this target leaves; never, where no target is low enough",
    "pods_mean": "ready pods on average; beside it those with target_needed",
    "pods_peak": "most ready pods",
}

COMMAND = Command(
    name="scale headroom",
    summary="Whether a horizontal pod autoscaler keeps up with ramps and a lost zone, and the headroom it needs.",
    fields=(
        demand_history.history_table(
            Field("value", DEMAND_QUANTITY, "load in any unit, empty for a gap", "118", 0, 1e15,
                  aliases=demand_history.DEMAND_NAMES)
        ),
        *SERIES_OPTIONS,
        Field("step", DURATION, "time between two values that have no times", "1min", 1, SECONDS["d"]),
        Field("pod_capacity", DEMAND_QUANTITY, "load that one fully used pod carries, in the history's unit", "50/s", 0,
              1e15, required=True),
        Field("start_time", DURATION, "from the decision until a new pod is ready to serve", "60s", 0,
              7200, required=True, aliases=("startup_time", "pod_start")),
        Field("target", RATIO, "use of the pods that the autoscaler keeps", "70%", 0.01, 1, default="80%",
              aliases=("target_utilisation", "utilisation")),
        Field("metric_lag", DURATION, "age of the metric when the autoscaler reads it", "30s", 0, 3600, default="30s"),
        Field("sync_period", DURATION, "time between two decisions", "15s", 1, 600, default="15s"),
        Field("tolerance", RATIO, "difference from the target that changes nothing", "10%", 0, 0.9, default="10%"),
        Field("stabilisation", DURATION, "how long fewer pods must be enough before some go", "5min", 0, 3600,
              default="5min", aliases=("stabilization", "cooldown")),
        Field("min_pods", COUNT, "least number of pods", "2", 1, _MOST_PODS, default="1", aliases=("min_replicas",)),
        Field("max_pods", COUNT, "greatest number of pods", "50", 1, _MOST_PODS, aliases=("max_replicas",)),
        choice_field("metric", "what the autoscaler sees: processor use stops at the pods' capacity, a rate does not",
                     ("cpu", "rate"), "cpu"),
        Field("zones", COUNT, "zones over which the pods are spread; one of them may be lost", "3", 2, 20),
    ),
    run=run,
    formula="every sync: pods = ceil(pods * use / target) unless |use / target - 1| <= tolerance; starting pods count "
    "without use; at most max(2 pods, pods + 4) in 15 s; fewer only after the stabilisation window",
    source="Kubernetes documentation, Horizontal Pod Autoscaling; replica_calculator.go",
    example={"history": "100,105,110,108,112,160,240,330,400,420,410,415,405,400,300,200,150,120,110,105",
             "step": "1min", "pod_capacity": "50", "start_time": "60s", "target": "70%", "min_pods": "3"},
    results=_RESULTS,
    formats={"svg": Format((".svg",), _chart)},
)  # fmt: skip
