"""Service level objectives: the inputs that the SLO commands share, and burn-rate alerts.

Source: The Site Reliability Workbook, Google, 2018, chapter 5 (multiwindow, multi-burn-rate alerts).
"""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import DURATION, RATIO, at_most, complement, show_duration, show_ratio
from acolytes_perf.time_units import SECONDS

DAY = SECONDS["d"]

SLO = Field(
    "slo", RATIO, "the objective: share of good events, or of good time", "99.9%", 0.1, 0.999999999,
    required=True, aliases=("target", "objective"),
)  # fmt: skip
WINDOW = Field(
    "window", DURATION, "the period that the objective is measured over", "30d", 3600, 3660 * DAY,
    default="30d", aliases=("period",),
)  # fmt: skip

#: Default budget share of an alert, by its long window in seconds.
DEFAULT_BUDGET_SHARES = {3600.0: 0.02, 6 * 3600.0: 0.05, 3 * DAY: 0.1}
#: The short window ends an alert soon after the errors end; the Workbook's is a twelfth of the long one.
SHORT_WINDOW_DIVISOR = 12


class BurnRateAlert(NamedTuple):
    """Fires while the error ratio of both windows is above `threshold`.

    Times assume constant traffic, no errors before, and a constant error ratio during the incident.

    Attributes:
        long_window: in seconds.
        burn_rate: times the rate that uses up the budget exactly within the SLO window.
        error_budget: share of events that may fail, 1 - SLO.
        slo_window: in seconds.
    """

    long_window: float
    burn_rate: float
    error_budget: float
    slo_window: float

    @property
    def short_window(self) -> float:
        """The short window, in seconds."""
        return self.long_window / SHORT_WINDOW_DIVISOR

    @property
    def threshold(self) -> float:
        """The error ratio above which it fires."""
        return self.burn_rate * self.error_budget

    @property
    def budget_share(self) -> float:
        """Share of the whole budget that is used when it fires, at any error ratio."""
        return self.burn_rate * self.long_window / self.slo_window

    @property
    def severity(self) -> str:
        """`page`, or `ticket` for a slow burn over a day or more, which can wait for working hours."""
        return "page" if self.long_window < DAY else "ticket"

    def detection_time(self, error_ratio: float) -> float | None:
        """Seconds from the first error to the alert; None when this error ratio never fires it."""
        return self.long_window * self.threshold / error_ratio if error_ratio > self.threshold else None

    def reset_time(self, window: float) -> float:
        """Seconds from the end of a full outage until a window of so many seconds is below the threshold."""
        return window * (1 - self.threshold)

    def is_fired_by_one_error(self, rate: float) -> bool:
        """Whether a single error in the long window exceeds the threshold, at `rate` requests per second."""
        return self.burn_rate_of_one_error(rate) > self.burn_rate

    def burn_rate_of_one_error(self, rate: float) -> float:
        """Burn rate over the long window that a single error causes, at `rate` requests per second."""
        return min(1.0, 1 / (rate * self.long_window)) / self.error_budget


def read_alerts(inputs: Inputs, slo: float) -> list[BurnRateAlert]:
    """The alerts of the inputs, or the default alerts that can fire.

    Raises:
        InputError: an alert can never fire, or the inputs contradict each other.
    """
    alerts, name = _all_alerts(inputs, slo)
    omitted = omitted_alerts(inputs, slo)
    kept = [alert for alert in alerts if alert not in omitted]
    for index, alert in enumerate(kept):
        if at_most(1, alert.threshold):
            raise _never_fires(alert, f"/{name}/{index}", name, alerts)
    return kept


def omitted_alerts(inputs: Inputs, slo: float) -> list[BurnRateAlert]:
    """The default alerts that can never fire, where the inputs name no alerts and another default can fire."""
    if {"long_windows", "budget_shares", "burn_rates"} & inputs.written.keys():
        return []
    alerts, _ = _all_alerts(inputs, slo)
    never = [alert for alert in alerts if at_most(1, alert.threshold)]
    return never if len(never) < len(alerts) else []


def reachable_budget_shares(inputs: Inputs, slo: float) -> str:
    """Budget shares with which every default alert can fire, as the input `budget_shares` takes them."""
    return _reachable_values(_all_alerts(inputs, slo)[0], "budget_shares")


def _all_alerts(inputs: Inputs, slo: float) -> tuple[list[BurnRateAlert], str]:
    """All alerts, whether or not they can fire, and the input that sets their burn rates."""
    error_budget, slo_window = complement(slo), inputs.number("window")
    long_windows, burn_rates = inputs.numbers("long_windows"), inputs.numbers("burn_rates")
    if burn_rates and "budget_shares" in inputs:
        raise InputError("/burn_rates", "cannot be combined with budget_shares: leave one out", {"burn_rates": None})
    name = "burn_rates" if burn_rates else "budget_shares"
    values = burn_rates or inputs.numbers("budget_shares") or _default_shares(long_windows)
    if len(values) != len(long_windows):
        raise InputError(
            f"/{name}", f"has {len(values)} values for {len(long_windows)} long_windows: give one for each"
        )
    for index, long_window in enumerate(long_windows):
        is_repeated = long_window in long_windows[:index]
        if long_window > slo_window or is_repeated:
            problem = "is there twice: leave one out" if is_repeated else "is longer than the window of the objective"
            raise InputError(f"/long_windows/{index}", f"{show_duration(long_window)} {problem}")
    return [
        BurnRateAlert(long_window, value if burn_rates else value * slo_window / long_window, error_budget, slo_window)
        for long_window, value in zip(long_windows, values)
    ], name


def _default_shares(long_windows: list[float]) -> list[float]:
    """The default budget share of each window; InputError where one has none."""
    without = next((window for window in long_windows if window not in DEFAULT_BUDGET_SHARES), None)
    if without is not None:
        defaults = ", ".join(
            f"{show_ratio(share)} for {show_duration(window)}" for window, share in DEFAULT_BUDGET_SHARES.items()
        )
        message = f"has no default for {show_duration(without)} ({defaults}): give one for each of the long_windows"
        raise InputError("/budget_shares", message)
    return [DEFAULT_BUDGET_SHARES[window] for window in long_windows]


def _never_fires(alert: BurnRateAlert, pointer: str, name: str, alerts: list[BurnRateAlert]) -> InputError:
    """The error for an alert whose threshold is a full outage or more, with burn rates that can be reached."""
    full_outage = 1 / alert.error_budget
    message = (
        f"{show_duration(alert.long_window)} would need a burn rate above {alert.burn_rate:.4g}, and "
        f"{full_outage:.4g} is a full outage: "
        f"this alert can never fire below an SLO of {show_ratio(round(1 - 1 / alert.burn_rate, 4))}"
    )
    return InputError(pointer, message, {name: _reachable_values(alerts, name)})


def _reachable_values(alerts: list[BurnRateAlert], name: str) -> str:
    """Budget shares or burn rates for all alerts.

    One out of reach becomes the root of the largest burn rate, which is as far above 1 as below that largest.
    """
    values = []
    for alert in alerts:
        burn_rate = alert.burn_rate if alert.threshold < 1 else float(f"{alert.error_budget**-0.5:.2g}")
        share = alert.budget_share
        if burn_rate != alert.burn_rate:
            share = float(f"{alert._replace(burn_rate=burn_rate).budget_share:.2g}")
        values.append(show_ratio(share) if name == "budget_shares" else f"{burn_rate:.6g}")
    return ",".join(values)
