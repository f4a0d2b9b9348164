"""Texts of `queue size`: the measures in the answer, a warning about the margin, and the assumptions."""

from __future__ import annotations

from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.units import at_most
from acolytes_perf.methods.queueing.staffing import Targets
from acolytes_perf.outcome import AnswerWarning, Result
from acolytes_perf.wording import format_quantity, format_result


def verdict(results: list[Result], targets: Targets) -> str:
    """The measures of the targets in words, and a note where waiting multiplies the response time."""
    texts = {result.name: format_result(result) for result in results}
    if targets.is_loss_system:
        parts = [f"{texts['blocking']} blocked"]
    elif targets.max_wait is not None:
        parts = [f"{texts['service_level']} start within {format_quantity(targets.max_wait, 's')}"]
    else:
        parts = [f"{texts['p_wait']} wait"]
    parts.append(f"utilisation {texts['utilisation']}")
    values = {result.name: result.value for result in results}
    wait, response = values.get("mean_wait"), values.get("mean_response")
    if wait and response and at_most(response, 2 * wait):
        parts.append(f"mean response {format_quantity(response / (response - wait), '')} times the service time")
    return ", ".join(parts)


def margin(inputs: Inputs, load: float, servers: int) -> list[AnswerWarning]:
    """A warning when 10 % more load would overload the servers."""
    if "blocking" in inputs or 1.1 * load < servers:
        return []
    message = (
        f"{format_quantity(servers / load - 1, 'ratio')} more load overloads the servers, and from then on the "
        "queue only grows"
    )
    room = "keep a reserve with --max-utilisation 80%"
    if inputs.number("peak_factor") == 1:
        room = f"plan for the peak with --peak-factor 1.2 (or your own), or {room}"
    return [AnswerWarning("thin_margin", message, room)]


def assumptions(inputs: Inputs, targets: Targets) -> list[str]:
    """What the formulas assume about arrivals, service and load."""
    fate = "an arrival that finds all servers busy is lost" if targets.is_loss_system else (
        "one queue for all servers, first come first served, nobody gives up"
    )  # fmt: skip
    service = "any service-time distribution with this mean" if targets.is_loss_system else (
        "service times are exponential; if they vary more, waits are about (1 + scv)/2 times as long (see queue mgc)"
    )  # fmt: skip
    peak = inputs.number("peak_factor")
    level = f"the load is the mean times a peak factor of {peak:g}" if peak != 1 else (
        "the load is the mean of the busiest period; for peaks above it set --peak-factor"
    )  # fmt: skip
    return [
        f"Poisson arrivals in steady state; {fate}.",
        f"The service time does not grow with the number of servers; {service}.",
        f"{level[0].upper()}{level[1:]}.",
    ]
