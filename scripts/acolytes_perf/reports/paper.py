"""What a paper of one page says: decision, money, risk, date, and the answers behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from acolytes_perf.errors import InputError, did_you_mean, quoted
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.outcome import Result, ResultPath, ResultTable
from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.reports.answer_charts import charted
from acolytes_perf.reports.figures import find_figures
from acolytes_perf.reports.labels import label_of
from acolytes_perf.reports.paper_inputs import MOST_FIGURES, NO_DATE
from acolytes_perf.reports.units import CURRENCIES
from acolytes_perf.wording import format_interval, format_result

#: The most of each kind, so that the paper fits one page.
MOST_WARNINGS, MOST_ASSUMPTIONS, MOST_CHARACTERS = 3, 5, 150
#: Assumptions are shorter than other sentences.
_MOST_ASSUMED = 110
#: The most bars of each of two charts that stand side by side, so that their texts can be read.
_MOST_SMALL_BARS = 5
_PATH = re.compile(r"([0-9a-f]{4,12})\.(?:(\w+)(?:\[([^\]]+)\])?\.)?(\w+)")
_AMOUNTS = ("cost", "total", "saving", "npv", "penalty", "per_million", "revenue")
_RISKS = ("chance", "risk", "survival", "probability", "shed", "loss")


_Part = TypeVar("_Part")


class Line(NamedTuple):
    """A figure on the paper: its name, its value as a text, and where it comes from (an id, or a source)."""

    name: str
    value: str
    origin: str


class Remark(NamedTuple):
    """A sentence of an answer."""

    text: str
    id: str


class Paper(NamedTuple):
    """The content of the paper. `missing` says what no answer has."""

    title: str
    decision: str
    date: str
    money: list[Line]
    risk: list[Line]
    warnings: list[Remark]
    reasons: list[Remark]
    assumptions: list[Remark]
    answers: Sequence[SavedAnswer]
    charted: Sequence[SavedAnswer]
    missing: list[str]


def write_paper(inputs: Inputs, answers: Sequence[SavedAnswer]) -> Paper:
    """Choose what the paper says. Chosen figures and facts are all on it.

    Raises:
        InputError: a figure is not in the answers, an answer has no chart, or a fact is a number without a unit.
    """
    date = inputs.text("date") or NO_DATE
    _check_date(date)
    facts = [_fact(row, index) for index, row in enumerate(inputs.rows("facts"))]
    prices = [fact for fact in facts if any(_is_price(figure.unit.kind) for figure in find_figures(fact.value))]
    chosen = {name: _chosen(inputs, name, answers) for name in ("money", "risk")}
    money = [*chosen["money"], *prices]
    if "money" not in inputs:
        money += list(_amounts(answers))[: max(0, MOST_FIGURES - len(money))]
    risk = chosen["risk"] or list(_risks(answers))[:MOST_FIGURES]
    reasons = [Remark(f"{fact.name}: {fact.value}", fact.origin) for fact in facts if fact not in prices]
    reasons += [Remark(_first_sentence(answer.outcome.answer), answer.id) for answer in answers]
    warnings = [[one.message for one in answer.outcome.warnings] for answer in answers]
    missing = [] if money else ["no answer has an amount of money; cost compare answers it, or --facts gives one"]
    if not risk and not any(warnings):
        missing.append("no answer has a chance or a warning; forecast event or slo report answers it")
    cited = {line.origin for lines in chosen.values() for line in lines}
    return Paper(
        inputs.text("title") or "", inputs.text("decision") or "", date, money, risk,
        _of_each(answers, warnings, MOST_WARNINGS), reasons,
        _of_each(answers, [answer.outcome.assumptions for answer in answers], MOST_ASSUMPTIONS, _MOST_ASSUMED),
        answers, _charted(inputs, answers, cited), missing,
    )  # fmt: skip


def _of_each(
    answers: Sequence[SavedAnswer], texts: Sequence[Sequence[str]], most: int, characters: int = MOST_CHARACTERS
) -> list[Remark]:
    """The first text of each answer, then the second of each, until there are enough; those of an answer together."""
    remarks = [
        [Remark(_first_sentence(text, characters), answer.id) for text in own] for answer, own in zip(answers, texts)
    ]
    ids = [answer.id for answer in answers]
    return sorted(list(_in_turn(remarks))[:most], key=lambda remark: ids.index(remark.id))


def _charted(inputs: Inputs, answers: Sequence[SavedAnswer], cited: Set[str]) -> list[SavedAnswer]:
    """The answers whose charts are on the paper.

    Without a choice it is one with a chosen figure, else one with a row that the decision names, else the first that
    can be drawn; and a second one in the same order where both are small.
    """
    if "chart" in inputs:
        found = [_answer(text, f"/chart/{index}", answers) for index, text in enumerate(inputs.texts("chart"))]
        for index, answer in enumerate(found):
            if not charted(answer)[1]:
                raise InputError(f"/chart/{index}", f"{answer.command} {answer.id} has nothing to draw: leave it out")
        return found
    decision = (inputs.text("decision") or "").lower()
    drawable = [answer for answer in answers if charted(answer)[1]]
    drawable.sort(key=lambda answer: (answer.id not in cited, not _is_named(answer, decision)))
    small = [answer for answer in drawable if len(charted(answer)[1]) <= _MOST_SMALL_BARS]
    return small[:2] if drawable[:1] == small[:1] else drawable[:1]


def _is_named(answer: SavedAnswer, decision: str) -> bool:
    """Whether the decision names a row of the answer, or its first word, such as the number of a measure."""
    labels = {row.label.lower() for table in answer.outcome.tables for row in table.rows}
    names = labels | {label.split()[0] for label in labels if " " in label}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", decision) for name in names if len(name) > 1)


def _check_date(text: str) -> None:
    from datetime import date

    if text == NO_DATE:
        return
    try:
        date.fromisoformat(text)
    except ValueError:
        raise InputError("/date", f"{quoted(text)} is not a date of the calendar") from None


def _first_sentence(text: str, most: int = MOST_CHARACTERS) -> str:
    """The first sentence of a text; where it is very long, its first parts between commas.

    >>> _first_sentence("It costs 5 USD; that is much.")
    'It costs 5 USD'
    """
    first = re.split(r"(?<=[.;])\s", text, maxsplit=1)[0].rstrip(";.")
    if len(first) <= most:
        return first
    outside = re.sub(r"\([^()]*\)", lambda match: "x" * len(match[0]), first)[:most]
    end = outside.rfind(", ")
    # a figure that is cut off would lose its unit
    return first[:end] if end > 0 else f"{first[:most].rpartition(' ')[0]} \N{HORIZONTAL ELLIPSIS}"


def _fact(row: Inputs, index: int) -> Line:
    """A fact of the call: a quantity with its unit, a date or a text, but no number alone."""
    line = Line(row.text("name") or "", row.text("value") or "", row.text("source") or "")
    if re.fullmatch(r"[-+~]?\d[\d.,' ]*", line.value):
        message = f"{quoted(line.value)} is a number without a unit: write it with its unit, such as 31 USD/month"
        raise InputError(f"/facts/{index}/value", message)
    return line


def _is_price(kind: str) -> bool:
    return kind.split(maxsplit=1)[0] in CURRENCIES


def _chosen(inputs: Inputs, name: str, answers: Sequence[SavedAnswer]) -> list[Line]:
    return [_line(*_find(text, f"/{name}/{index}", answers)) for index, text in enumerate(inputs.texts(name))]


def _answer(id_start: str, pointer: str, answers: Sequence[SavedAnswer]) -> SavedAnswer:
    """The one answer whose id begins so."""
    found = [answer for answer in answers if answer.id.startswith(id_start)]
    if len(found) != 1:
        raise InputError(pointer, f"{'no' if not found else 'more than one'} answer has the id {id_start}")
    return found[0]


def _find(text: str, pointer: str, answers: Sequence[SavedAnswer]) -> tuple[SavedAnswer, str, Result]:
    """The figure that `ID.NAME` or `ID.TABLE[ROW].NAME` names."""
    match = _PATH.fullmatch(text)
    if not match:
        raise InputError(pointer, f"{quoted(text)} is not a figure: write ID.NAME or ID.TABLE[ROW].NAME")
    answer = _answer(match[1], pointer, answers)
    # the text of an answer shows a table by the heading of its rows
    by_heading = {table.heading: table.name for table in answer.outcome.tables}
    path = ResultPath(match[4], by_heading.get(match[2], match[2]), match[3])
    result = path.find(answer.outcome)
    tables = [table for table in answer.outcome.tables if table.name == path.table]
    if match[2] and not tables:
        there = ", ".join(table.name for table in answer.outcome.tables) or "none"
        message = f"{answer.command} {answer.id} has no table {quoted(match[2])}: there are {there}"
        raise InputError(pointer, message)
    if result is None:
        names = [one.name for one in answer.outcome.results]
        nearest = did_you_mean(match[4], names)
        hint = f" (did you mean {nearest}?)" if nearest else f": there are {', '.join(names)}" if names else ""
        raise InputError(pointer, f"{answer.command} {answer.id} has no figure {quoted(str(path))}{hint}")
    if not tables:
        return answer, label_of(answer.command, match[4]), result
    return answer, _name_in_table(answer, match[4], tables[0], match[3] or tables[0].rows[0].label), result


def _line(answer: SavedAnswer, name: str, result: Result) -> Line:
    value = format_result(result)
    if result.interval:
        low, high, kind, level = result.interval
        value += f" ({format_interval(low, high, result.unit, kind, level, result.limits)})"
    return Line(name, value, answer.id)


def _cells(answer: SavedAnswer) -> Iterator[tuple[str, Result]]:
    for result in answer.outcome.results:
        yield label_of(answer.command, result.name), result
    for table in answer.outcome.tables:
        for row in table.rows:
            for result in row.results:
                yield _name_in_table(answer, result.name, table, row.label), result


def _name_in_table(answer: SavedAnswer, name: str, table: ResultTable, row: str) -> str:
    return f"{table.heading} {row}: {label_of(answer.command, name, table.name)}"


def _amounts(answers: Sequence[SavedAnswer]) -> Iterator[Line]:
    """The amounts of money: of each answer in turn, its single figures first."""
    return _in_turn(
        [
            _line(answer, name, result)
            for name, result in _cells(answer)
            if result.value is not None and not isinstance(result.value, bool) and _is_amount(answer, result)
        ]
        for answer in answers
    )


def _in_turn(groups: Iterable[Sequence[_Part]]) -> Iterator[_Part]:
    """The first part of each group, then the second of each, so that no answer fills the page alone."""
    for row in zip_longest(*groups):
        yield from (part for part in row if part is not None)


def _is_amount(answer: SavedAnswer, result: Result) -> bool:
    """Whether a figure is money: its unit says so, or a command about money has it without a currency."""
    if result.unit:
        return result.unit.split("/")[0].split(" ")[0] in CURRENCIES
    is_about_money = answer.command.split(maxsplit=1)[0] in ("cost", "roadmap")
    return is_about_money and any(word in result.name for word in _AMOUNTS)


def _risks(answers: Sequence[SavedAnswer]) -> Iterator[Line]:
    """The chances among the single figures of an answer, or those of its tables where it has no others."""
    groups = []
    for answer in answers:
        chances = [
            (name, result)
            for name, result in _cells(answer)
            if result.unit == "probability" and any(word in result.name for word in _RISKS)
        ]
        single = [(name, result) for name, result in chances if result in answer.outcome.results]
        groups.append([_line(answer, name, result) for name, result in single or chances])
    return _in_turn(groups)
