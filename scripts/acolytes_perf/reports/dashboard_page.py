"""The dashboard as an HTML page: the five groups of figures, what is missing, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.declare import Answer
from acolytes_perf.outcome import Result
from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.html_page import (
    Cell,
    bullets,
    cards,
    folded,
    link,
    page,
    paragraph,
    section,
    table,
    terms,
)
from acolytes_perf.outputs.plot import escaped
from acolytes_perf.reports.answer_charts import answer_chart
from acolytes_perf.reports.answer_parts import answer_table, figures, key_of, origin
from acolytes_perf.reports.benchmarks import Benchmark
from acolytes_perf.reports.kpi_groups import Group, Kpi
from acolytes_perf.reports.overview import Overview
from acolytes_perf.wording import pluralize

#: Figures of an answer that are shown at once; the others unfold.
_MOST_CARDS = 6
#: Rows of a table on the page; the file of the answer has all.
_MOST_ROWS = 50
#: Results that say whether a target is met.
_TARGETS = ("within_budget", "slo_met", "gate_passed")


def draw(answer: Answer, overview: Overview, title: str) -> str:
    """Write the page."""
    parts = [
        _summary(overview),
        *_missed(overview.answers),
        *(_group(group, kpis, overview.benchmarks) for group, kpis in overview.groups),
        _origins(overview),
    ]
    return page(title, answer.outcome.answer, parts, mark(answer))


def _summary(overview: Overview) -> str:
    """A card for each group: how many answers it has, and what is missing."""
    found = []
    for group, kpis in overview.groups:
        missing = [kpi.name for other, kpi in overview.missing if other == group]
        count = sum(len(answers) for _, answers in kpis)
        count += sum(overview.has_benchmarks(kpi) for kpi, _ in kpis)
        note = f"missing: {', '.join(missing)}" if missing else "nothing is missing"
        found.append((group.name, Cell(pluralize(count, "answer"), note, group.key)))
    return section("Overview", cards(found))


def missed_targets(answers: Sequence[SavedAnswer]) -> list[str]:
    """A sentence for each target that is missed, and for each file that was edited."""
    missed = [f"{answer.outcome.answer} ({answer.command} {answer.id})" for answer in answers if _misses_target(answer)]
    edited = [
        f"{answer.path} was edited after it was written: do not rely on {answer.command} {answer.id}"
        for answer in answers
        if answer.is_edited
    ]
    return [*missed, *edited]


def _misses_target(answer: SavedAnswer) -> bool:
    """Whether a gate failed, or more than the whole budget of an objective is used."""
    if any(result.name in _TARGETS and result.value is False for result in answer.outcome.results):
        return True
    objectives = [row for table in answer.outcome.tables if table.name == "objectives" for row in table.rows]
    used = [result.value for row in objectives for result in row.results if result.name in ("used", "used_by_time")]
    return answer.command == "slo report" and any(isinstance(value, (int, float)) and value > 1 for value in used)


def _missed(answers: Sequence[SavedAnswer]) -> list[str]:
    missed = missed_targets(answers)
    return [section("Missed targets", bullets(missed))] if missed else []


def _group(group: Group, kpis: Sequence[tuple[Kpi, Sequence[SavedAnswer]]], benchmarks: Sequence[Benchmark]) -> str:
    parts = [paragraph(group.about)]
    missing = []
    for kpi, answers in kpis:
        if answers:
            parts.append(section(kpi.name, *map(_answer, answers), level=3))
        elif not kpi.commands and benchmarks:
            parts.append(section(kpi.name, _benchmarks(benchmarks), level=3))
        elif kpi.how:
            missing.append((kpi.name, f"missing; {kpi.how} answers it"))
    if missing:
        parts.append(section("Missing", terms(missing), level=3))
    return section(group.name, *parts, key=group.key)


def _answer(answer: SavedAnswer) -> str:
    found = figures(answer)
    origin_link = link(f"Where this comes from: {answer.command} {answer.id}", key_of(answer))
    parts = [f"<p>{escaped(answer.outcome.answer)} {origin_link}</p>"]
    if answer.outcome.warnings:
        parts.append(bullets([f"Warning: {one.message}. Fix: {one.fix}." for one in answer.outcome.warnings]))
    if found:
        parts.append(cards(found[:_MOST_CARDS]))
    drawn = answer_chart(answer, f"chart-{answer.id}")
    if drawn:
        parts.append(drawn)
    rest = [cards(found[_MOST_CARDS:])] if found[_MOST_CARDS:] else []
    rest += [answer_table(answer, about, _MOST_ROWS) for about in answer.outcome.tables]
    if rest:
        parts.append(folded(f"All figures of {answer.command} {answer.id}", "\n".join(rest)))
    return "\n".join(parts)


def _benchmarks(benchmarks: Sequence[Benchmark]) -> str:
    rows = [(one.name, [Cell(one.ours or "not given"), Cell(one.value), Cell(one.source)]) for one in benchmarks]
    return table("Figures of others", ["figure", "ours", "theirs", "source"], rows)


def _origins(overview: Overview) -> str:
    about = "Each figure on this page leads here. The id names the calculation: the same call gives the same id."
    parts = [paragraph(about), *map(origin, overview.answers)]
    if not overview.answers:
        parts = [bullets(["No answer was given. Keep answers with --save."])]
    return section("Where the figures come from", *parts)


def counted(overview: Overview) -> list[Result]:
    """The figures of the dashboard itself."""
    covered = sum(any(answers for _, answers in kpis) for _, kpis in overview.groups)
    if overview.benchmarks and not any(answers for group, kpis in overview.groups if group.key == "competition"
                                       for _, answers in kpis):  # fmt: skip
        covered += 1
    return [
        Result("answers", len(overview.answers), "answers"),
        Result("groups_covered", covered, "groups"),
        Result("subjects_missing", len(overview.missing), "subjects"),
        Result("targets_missed", len(missed_targets(overview.answers)), "targets"),
        Result("warnings", sum(len(answer.outcome.warnings) for answer in overview.answers), "warnings"),
    ]
