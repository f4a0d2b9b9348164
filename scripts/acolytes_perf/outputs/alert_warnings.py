"""Warnings about burn-rate alerts that fire for nothing, or do not see an outage."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.inputs.units import at_most
from acolytes_perf.methods.reliability.slo import BurnRateAlert
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.wording import format_quantity


def fires_while_met(alert: BurnRateAlert) -> list[AnswerWarning]:
    """A warning about an alert that fires for a service that meets its SLO."""
    if at_most(1, alert.burn_rate):
        return []
    message = (
        f"{format_quantity(alert.burn_rate, 'x')} over {format_quantity(alert.long_window, 's')} fires for a service "
        "that meets its SLO"
    )
    enough = format_quantity(alert.long_window / alert.slo_window, "ratio")
    return [AnswerWarning("fires_while_slo_met", message, f"raise its share of the budget above {enough}")]


def low_traffic_warnings(all_alerts: Sequence[BurnRateAlert], rate: float | None) -> list[AnswerWarning]:
    """A warning about alerts that one error would fire, with the traffic from which on it does not."""
    few = [alert for alert in all_alerts if rate is not None and alert.is_fired_by_one_error(rate)]
    if not few or rate is None:
        return []
    burns = ", ".join(
        f"{format_quantity(alert.burn_rate, 'x')} over {format_quantity(alert.long_window, 's')} (it burns at "
        f"{format_quantity(alert.burn_rate_of_one_error(rate), 'x')})"
        for alert in few
    )
    enough = ", ".join(format_quantity(1 / (alert.long_window * alert.threshold), "1/s") for alert in few)
    fix = (
        f"alert by count, as --format prometheus does; or raise the traffic above {enough} (probes, joined "
        "services); or lower the SLO"
    )
    return [AnswerWarning("low_traffic", f"one error fires an alert above {burns}", fix)]


def outage_unseen(all_alerts: Sequence[BurnRateAlert]) -> list[AnswerWarning]:
    """A warning about windows in which the rule by count never sees enough errors."""
    if not all_alerts:
        return []
    windows = " and ".join(format_quantity(alert.long_window, "s") for alert in all_alerts)
    message = f"too few errors for the rule by count occur within {windows}"
    fix = "alert over a longer window, or add probes"
    return [AnswerWarning("outage_unseen", f"{message}, even in a full outage: the rule fires only by chance", fix)]
