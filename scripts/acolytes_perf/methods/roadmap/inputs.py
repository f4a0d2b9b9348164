"""Inputs that the roadmap commands share."""

from __future__ import annotations

from acolytes_perf.inputs.fields import Field
from acolytes_perf.inputs.units import COUNT, RATIO

RATE = Field("rate", RATIO, "interest in a year at which money to come is discounted", "8%", 0, 1, required=True,
             aliases=("discount", "discount_rate", "interest", "wacc"))  # fmt: skip
YEARS = Field("years", COUNT, "years in which the gains come", "4", 1, 100, aliases=("horizon", "periods"))
#: When in its year a gain comes, for `cash_flows.annuity_factor`.
GAIN_TIMES = {"end": 1.0, "middle": 0.5, "start": 0.0}
