"""Service level objectives as numbers: the inputs that the SLO commands share, and a burn-rate alert.

Source: The Site Reliability Workbook (Google, 2018), chapter 5.
"""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.fields import Field, Inputs
from acolytes_perf.units import DURATION, RATIO, SECONDS, at_most, complement, show_duration, show_ratio

DAY = SECONDS["d"]

SLO = Field(
    "slo", RATIO, "the objective: share of good events, or of good time", "99.9%", 0.1, 0.999999999,
    required=True, also=("target", "objective"),
)  # fmt: skip
WINDOW = Field(
    "window", DURATION, "the period that the objective is measured over", "30d", 3600, 3660 * DAY,
    default="30d", also=("period",),
)  # fmt: skip

DEFAULT_SHARES = (0.02, 0.05, 0.1)
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
    """The alerts asked for; raises InputError for one that can never fire."""
    allowed, window = complement(inputs.number("slo")), inputs.number("window")
    longs, burns = inputs.numbers("long_windows"), inputs.numbers("burn_rates")
    if burns and "budget_shares" in inputs:
        raise InputError("/burn_rates", "says the same as budget_shares: give one of them", {"burn_rates": None})
    shares = inputs.numbers("budget_shares") or list(DEFAULT_SHARES)
    name, given = ("burn_rates", burns) if burns else ("budget_shares", shares)
    if len(given) != len(longs):
        raise InputError(f"/{name}", f"are {len(given)} for {len(longs)} long_windows: give one for each")
    for index, long in enumerate(longs):
        if long > window or long in longs[:index]:
            problem = "is given twice" if long in longs[:index] else "is longer than the window of the objective"
            raise InputError(f"/long_windows/{index}", f"{show_duration(long)} {problem}")
    found = [
        Alert(long, burns[index] if burns else shares[index] * window / long, allowed, window)
        for index, long in enumerate(longs)
    ]
    for index, alert in enumerate(found):
        if at_most(1, alert.threshold):
            raise _unreachable(alert, f"/{name}/{index}", name, found)
    return found


def _unreachable(alert: Alert, pointer: str, name: str, found: list[Alert]) -> InputError:
    """The refusal, with burn rates in reach: the root is as far above 1 as below the most that is possible."""
    most = 1 / alert.allowed
    message = (
        f"{show_duration(alert.long)} would need a burn rate above {alert.burn:.4g}, and {most:.4g} is a full outage: "
        f"this alert can never fire below an SLO of {show_ratio(round(1 - 1 / alert.burn, 4))}"
    )
    values = []
    for one in found:
        burn = one.burn if one.threshold < 1 else float(f"{most**0.5:.2g}")
        share = float(f"{one._replace(burn=burn).share:.2g}") if burn != one.burn else one.share
        values.append(show_ratio(share) if name == "budget_shares" else f"{burn:.6g}")
    return InputError(pointer, message, {name: ",".join(values)})
