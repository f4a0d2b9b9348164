"""The severity of an incident by a table of rules: its burn rate, the budget it used, and the users it affects.

A severity is reached when the incident reaches any threshold of its row. The table is a policy, not a measurement: the
one here is a start, and each team sets its own.

Source: The Site Reliability Workbook, Google, 2018, chapters 5 (burn rates of 14.4, 6 and 1) and 8 (a severity that is
agreed before the incident).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import DURATION, NUMBER, RATIO
from acolytes_perf.time_units import SECONDS

MEASURES = ("burn_rate", "budget", "users")
RULES = Table(
    "rules",
    (
        text_field("severity", "its name, the most severe first", "sev1", r"\w[\w .-]{0,29}", "a short name")._replace(
            required=True
        ),
        Field("burn_rate", NUMBER, "from this burn rate on, empty for none", "14.4", 1e-9, 1e9),
        Field("budget", RATIO, "from this share of the budget on that the incident used", "10%", 1e-9, 1000),
        Field("users", RATIO, "from this share of the users on", "10%", 1e-9, 1),
        Field("acknowledge", DURATION, "somebody answers within this time, or the next person is called", "5min", 1,
              366 * SECONDS["d"]),
        Field("update", DURATION, "time between two messages to those who wait", "30min", 1, 366 * SECONDS["d"]),
    ),
    "the rules, one row for each severity; an incident has the first one that it reaches",
    "sev1:100:50%:50%:5min:30min,sev2:14.4:10%:10%:15min:1h",
    max_rows=20,
    default="sev1:100:50%:50%:5min:30min,sev2:14.4:10%:10%:15min:1h,sev3:6:5%:1%:1h:4h,sev4:1:1%:0.1%:1d:1d",
    aliases=("severities", "table"),
)  # fmt: skip


class Rule(NamedTuple):
    """One severity: thresholds by measure, and seconds by which somebody answers and writes."""

    severity: str
    thresholds: dict[str, float]
    acknowledge: float | None
    update: float | None

    def reached(self, figures: dict[str, float]) -> list[str]:
        """The measures that are at their threshold or above it."""
        return [name for name, least in self.thresholds.items() if name in figures and figures[name] >= least]


def read_rules(rows: Sequence[Inputs]) -> list[Rule]:
    """The rules of the table, checked.

    Raises:
        InputError: a row has no threshold, a name is there twice, or a row can never apply.
    """
    rules: list[Rule] = []
    for index, row in enumerate(rows):
        name = row.text("severity") or ""
        thresholds = {measure: row.number(measure) for measure in row.present(*MEASURES)}
        if not thresholds:
            raise InputError(f"/rules/{index}", "has no threshold: give burn_rate, budget or users")
        if any(rule.severity == name for rule in rules):
            raise InputError(f"/rules/{index}/severity", f"{name} is there twice: leave one out")
        for rule in rules:
            for measure, least in thresholds.items():
                if least >= rule.thresholds.get(measure, float("inf")):
                    message = (
                        f"is not below that of {rule.severity}, so that it never decides: lower it, or leave it out"
                    )
                    raise InputError(f"/rules/{index}/{measure}", message)
        rules.append(Rule(name, thresholds, row.optional("acknowledge"), row.optional("update")))
    return rules


def classify(rules: Sequence[Rule], figures: dict[str, float]) -> int | None:
    """The index of the first rule that is reached; None where none is."""
    return next((index for index, rule in enumerate(rules) if rule.reached(figures)), None)
