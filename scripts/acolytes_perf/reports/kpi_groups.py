"""The five groups of figures that executives follow, and which commands fill them."""

from __future__ import annotations

from typing import NamedTuple


class Kpi(NamedTuple):
    """One of a group's subjects.

    `commands` are names of commands, or first words that stand for all commands of an area. `how` is how to get the
    figure when it is missing.
    """

    name: str
    commands: tuple[str, ...]
    how: str


class Group(NamedTuple):
    """A group of subjects under one heading."""

    key: str
    name: str
    about: str
    kpis: tuple[Kpi, ...]


GROUPS = (
    Group("business", "Business impact", "What performance is worth to the business.", (
        Kpi("Revenue by response time", ("roadmap impact",), "acolytes-perf roadmap impact"),
        Kpi("Value of planned work", ("roadmap rank", "roadmap"), "acolytes-perf roadmap rank"),
    )),
    Group("technical", "Technical performance", "Response times, availability and failures against their targets.", (
        Kpi("Response times", ("results summarize", "latency", "fanout", "apdex", "results"),
            "acolytes-perf results summarize"),
        Kpi("Trend of response times", ("changes", "results compare"), "acolytes-perf results compare"),
        Kpi("Availability against its target", ("slo report", "slo budget", "slo compose", "slo alerts", "slo"),
            "acolytes-perf slo report"),
        Kpi("Limits of latency and failures", ("budget check", "budget init", "budget"), "acolytes-perf budget check"),
        Kpi("Incidents", ("incident",), "acolytes-perf incident stats"),
    )),
    Group("efficiency", "Operational efficiency", "What the service costs, and what improvements return.", (
        Kpi("Cost of a transaction", ("cost per-request", "cost"), "acolytes-perf cost per-request"),
        Kpi("Return on optimisation", ("roadmap roi",), "acolytes-perf roadmap roi"),
        Kpi("Size of machines and pods", ("rightsize",), "acolytes-perf rightsize k8s"),
    )),
    Group("competition", "Competitive position", "Figures of others, each with its source.", (
        Kpi("Benchmarks of the industry", (), "acolytes-perf dashboard --benchmarks"),
        Kpi("Comparison of suppliers and tools", ("decide",), "acolytes-perf decide"),
    )),
    Group("future", "Future readiness", "How much more load the system takes, and until when.", (
        Kpi("Demand and capacity", ("forecast event", "forecast runout", "forecast"), "acolytes-perf forecast runout"),
        Kpi("Scalability", ("usl", "scale"), "acolytes-perf usl fit"),
        Kpi("Size for a load", ("queue", "cache", "net"), "acolytes-perf queue size"),
        Kpi("Limits and load tests", ("bottleneck", "loadtest"), "acolytes-perf bottleneck bounds"),
    )),
)  # fmt: skip
#: Where answers of commands that no subject names are shown.
OTHERS = Group("others", "Other figures", "Answers of other commands.", (Kpi("Other answers", (), ""),))


def place(command: str) -> tuple[Group, Kpi]:
    """The group and the subject of a command: those that name it, else those that name its area.

    >>> [part.name for part in place("slo report")]
    ['Technical performance', 'Availability against its target']
    """
    for name in (command, command.split(maxsplit=1)[0]):
        for group in GROUPS:
            for kpi in group.kpis:
                if name in kpi.commands:
                    return group, kpi
    return OTHERS, OTHERS.kpis[0]
