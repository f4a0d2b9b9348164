"""Answers by the groups and subjects that they belong to, and the subjects without any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.reports.benchmarks import Benchmark
from acolytes_perf.reports.kpi_groups import GROUPS, OTHERS, Group, Kpi, place


class Overview(NamedTuple):
    """What a dashboard shows.

    Attributes:
        answers: all, in the order of their files.
        benchmarks: figures of others.
        groups: each with its subjects and the answers to these.
    """

    answers: Sequence[SavedAnswer]
    benchmarks: Sequence[Benchmark]
    groups: Sequence[tuple[Group, Sequence[tuple[Kpi, Sequence[SavedAnswer]]]]]

    def has_benchmarks(self, kpi: Kpi) -> bool:
        """Whether the subject is the one of benchmarks, and there are any."""
        return not kpi.commands and bool(self.benchmarks)

    @property
    def missing(self) -> list[tuple[Group, Kpi]]:
        """The subjects that nothing answers."""
        return [
            (group, kpi)
            for group, kpis in self.groups
            for kpi, answers in kpis
            if kpi.how and not answers and not self.has_benchmarks(kpi)
        ]


def arrange(answers: Sequence[SavedAnswer], benchmarks: Sequence[Benchmark]) -> Overview:
    """Sort answers into groups and subjects."""
    by_kpi: dict[str, list[SavedAnswer]] = {}
    for answer in answers:
        by_kpi.setdefault(place(answer.command)[1].name, []).append(answer)
    shown = [*GROUPS, OTHERS] if OTHERS.kpis[0].name in by_kpi else GROUPS
    groups = [(group, [(kpi, _by_importance(kpi, by_kpi.get(kpi.name, []))) for kpi in group.kpis]) for group in shown]
    return Overview(answers, benchmarks, groups)


def _by_importance(kpi: Kpi, answers: Sequence[SavedAnswer]) -> list[SavedAnswer]:
    """The answers of a subject, those of its first command first."""
    order = {name: index for index, name in enumerate(kpi.commands)}
    return sorted(answers, key=lambda answer: order.get(answer.command, len(order)))
