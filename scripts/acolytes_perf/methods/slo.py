"""Service level objectives as numbers: the inputs that the SLO commands share, and a burn-rate alert.

Source: The Site Reliability Workbook (Google, 2018), chapter 5.
"""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import DURATION, RATIO, SECONDS, at_most, complement, show_duration, show_ratio

DAY = SECONDS["d"]

SLO = Field(
    "slo", RATIO, "the objective: share of good events, or of good time", "99.9%", 0.1, 0.999999999,
    required=True, also=("target", "objective"),
)  # fmt: skip
WINDOW = Field(
    "window", DURATION, "the period that the objective is measured over", "30d", 3600, 3660 * DAY,
    default="30d", also=("period",),
)  # fmt: skip

#: The share of the budget that an alert over each of these windows may use, where nobody says.
DEFAULT_SHARES = {3600.0: 0.02, 6 * 3600.0: 0.05, 3 * DAY: 0.1}
#: The short window makes an alert stop soon after the errors do; the Workbook's is a twelfth of the long one.
SHORT_PART = 12


class Alert(NamedTuple):
    """Fires while the error ratio of both windows is above `threshold`. Windows are in seconds.

    Times assume constant traffic, no errors before, and a constant error ratio during the incident.
    """

    long: float
    burn: float
    allowed: float
    window: float

    @property
    def short(self) -> float:
        """The short window."""
        return self.long / SHORT_PART

    @property
    def threshold(self) -> float:
        """The error ratio above which it fires."""
        return self.burn * self.allowed

    @property
    def share(self) -> float:
        """Share of the whole budget that is used when it fires, whatever the error ratio."""
        return self.burn * self.long / self.window

    @property
    def severity(self) -> str:
        """A slow burn, seen over a day or more, can wait for working hours."""
        return "page" if self.long < DAY else "ticket"

    def detects_in(self, error_ratio: float) -> float | None:
        """Seconds from the first error to the alert, None when that ratio never fires it."""
        return self.long * self.threshold / error_ratio if error_ratio > self.threshold else None

    def resets_in(self, span: float) -> float:
        """Seconds from the end of a full outage until a window of `span` seconds is below the threshold again."""
        return span * (1 - self.threshold)

    def is_fired_by_one_error(self, rate: float) -> bool:
        """Whether a single error in the long window is above the threshold, at `rate` events per second."""
        return self.burn_of_one_error(rate) > self.burn

    def burn_of_one_error(self, rate: float) -> float:
        """Burn rate over the long window that a single error causes at `rate` events per second."""
        return min(1.0, 1 / (rate * self.long)) / self.allowed


def alerts(inputs: Inputs) -> list[Alert]:
    """The alerts asked for; raises InputError for one that can never fire. A default that never can is left out."""
    found, name = _asked(inputs)
    omitted = left_out(inputs)
    kept = [alert for alert in found if alert not in omitted]
    for index, alert in enumerate(kept):
        if at_most(1, alert.threshold):
            raise _unreachable(alert, f"/{name}/{index}", name, found)
    return kept


def left_out(inputs: Inputs) -> list[Alert]:
    """Those default alerts that can never fire, where nobody asked for alerts and at least one other can."""
    if {"long_windows", "budget_shares", "burn_rates"} & inputs.written.keys():
        return []
    found, _ = _asked(inputs)
    never = [alert for alert in found if at_most(1, alert.threshold)]
    return never if len(never) < len(found) else []


def in_reach(inputs: Inputs) -> str:
    """Budget shares with which every default alert can fire, as `--set` takes them."""
    return _values_in_reach(_asked(inputs)[0], "budget_shares")


def _asked(inputs: Inputs) -> tuple[list[Alert], str]:
    """All alerts, whether or not they can fire, and the input that says their burn rates."""
    allowed, window = complement(inputs.number("slo")), inputs.number("window")
    longs, burns = inputs.numbers("long_windows"), inputs.numbers("burn_rates")
    if burns and "budget_shares" in inputs:
        raise InputError("/burn_rates", "says the same as budget_shares: give one of them", {"burn_rates": None})
    name = "burn_rates" if burns else "budget_shares"
    given = burns or inputs.numbers("budget_shares") or _default_shares(longs)
    if len(given) != len(longs):
        raise InputError(f"/{name}", f"are {len(given)} for {len(longs)} long_windows: give one for each")
    for index, long in enumerate(longs):
        if long > window or long in longs[:index]:
            problem = "is given twice" if long in longs[:index] else "is longer than the window of the objective"
            raise InputError(f"/long_windows/{index}", f"{show_duration(long)} {problem}")
    return [
        Alert(long, each if burns else each * window / long, allowed, window) for long, each in zip(longs, given)
    ], name


def _default_shares(longs: list[float]) -> list[float]:
    """The usual share of each window; InputError where one has none."""
    strange = next((long for long in longs if long not in DEFAULT_SHARES), None)
    if strange is not None:
        usual = ", ".join(f"{show_ratio(share)} for {show_duration(long)}" for long, share in DEFAULT_SHARES.items())
        message = f"has no default for {show_duration(strange)} ({usual}): give one for each of the long_windows"
        raise InputError("/budget_shares", message)
    return [DEFAULT_SHARES[long] for long in longs]


def _unreachable(alert: Alert, pointer: str, name: str, found: list[Alert]) -> InputError:
    """The refusal, with burn rates in reach: the root is as far above 1 as below the most that is possible."""
    most = 1 / alert.allowed
    message = (
        f"{show_duration(alert.long)} would need a burn rate above {alert.burn:.4g}, and {most:.4g} is a full outage: "
        f"this alert can never fire below an SLO of {show_ratio(round(1 - 1 / alert.burn, 4))}"
    )
    return InputError(pointer, message, {name: _values_in_reach(found, name)})


def _values_in_reach(found: list[Alert], name: str) -> str:
    """What to give instead as shares or burn rates, with the root for those that are out of reach."""
    values = []
    for one in found:
        burn = one.burn if one.threshold < 1 else float(f"{one.allowed**-0.5:.2g}")
        share = float(f"{one._replace(burn=burn).share:.2g}") if burn != one.burn else one.share
        values.append(show_ratio(share) if name == "budget_shares" else f"{burn:.6g}")
    return ",".join(values)
