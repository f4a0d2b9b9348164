"""What a paper of one page says: decision, money, risk, date, and the answers behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, quoted
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.outcome import Result, ResultPath
from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.reports.figures import find_figures
from acolytes_perf.reports.paper_inputs import MOST_FIGURES
from acolytes_perf.reports.units import CURRENCIES
from acolytes_perf.wording import format_interval, format_quantity, words

#: The most of each kind, so that the paper fits one page.
MOST_WARNINGS, MOST_REASONS, MOST_ASSUMPTIONS, MOST_CHARACTERS = 3, 6, 3, 150
_PATH = re.compile(r"([0-9a-f]{4,12})\.(?:(\w+)(?:\[([^\]]+)\])?\.)?(\w+)")
_AMOUNTS = ("cost", "total", "saving", "npv", "penalty", "per_million", "revenue")
_RISKS = ("chance", "risk", "survival", "probability", "shed", "loss")


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
    missing: list[str]


def write_paper(inputs: Inputs, answers: Sequence[SavedAnswer]) -> Paper:
    """Choose what the paper says.

    Raises:
        InputError: a figure is not in the answers, or a fact has no unit.
    """
    _check_date(inputs.text("date") or "")
    facts = [_fact(row, index) for index, row in enumerate(inputs.rows("facts"))]
    is_money = [any(_is_price(figure.unit.kind) for figure in find_figures(fact.value)) for fact in facts]
    prices = [fact for fact, is_price in zip(facts, is_money) if is_price]
    money = [*_chosen(inputs, "money", answers), *prices] or list(_amounts(answers))
    risk = _chosen(inputs, "risk", answers) or list(_risks(answers))
    if "money" not in inputs:
        money += [line for line in _amounts(answers) if line not in money]
    reasons = [Remark(f"{fact.name}: {fact.value}", fact.origin) for fact in facts if fact not in prices]
    reasons += [Remark(_first_sentence(answer.outcome.answer), answer.id) for answer in answers]
    warnings = [
        Remark(_first_sentence(one.message), answer.id) for answer in answers for one in answer.outcome.warnings
    ]
    missing = [] if money else ["no answer has an amount of money; cost compare answers it, or --facts gives one"]
    if not risk and not warnings:
        missing.append("no answer has a chance or a warning; forecast event or slo report answers it")
    return Paper(
        inputs.text("title") or "", inputs.text("decision") or "", inputs.text("date") or "",
        money[:MOST_FIGURES], risk[:MOST_FIGURES], warnings[:MOST_WARNINGS],
        reasons[:MOST_REASONS],
        [Remark(_first_sentence(text), answer.id) for answer in answers for text in answer.outcome.assumptions]
        [:MOST_ASSUMPTIONS],
        answers, missing,
    )  # fmt: skip


def _check_date(text: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        raise InputError("/date", f"{quoted(text)} is not a date of the calendar") from None


def _first_sentence(text: str) -> str:
    """The first sentence of a text; where it is very long, its first parts between commas.

    >>> _first_sentence("It costs 5 USD; that is much.")
    'It costs 5 USD'
    """
    first = re.split(r"(?<=[.;])\s", text, maxsplit=1)[0].rstrip(";.")
    if len(first) <= MOST_CHARACTERS:
        return first
    outside = re.sub(r"\([^()]*\)", lambda match: "x" * len(match[0]), first)[:MOST_CHARACTERS]
    end = outside.rfind(", ")
    # a figure that is cut off would lose its unit
    return first[:end] if end > 0 else f"{first[:MOST_CHARACTERS].rpartition(' ')[0]} \N{HORIZONTAL ELLIPSIS}"


def _fact(row: Inputs, index: int) -> Line:
    line = Line(row.text("name") or "", row.text("value") or "", row.text("source") or "")
    if not find_figures(line.value):
        message = f"{quoted(line.value)} has no number with a unit, such as 31 USD/month or 20 %"
        raise InputError(f"/facts/{index}/value", message)
    return line


def _is_price(kind: str) -> bool:
    return kind.split(maxsplit=1)[0] in CURRENCIES


def _chosen(inputs: Inputs, name: str, answers: Sequence[SavedAnswer]) -> list[Line]:
    return [_line(*_find(text, f"/{name}/{index}", answers)) for index, text in enumerate(inputs.texts(name))]


def _find(text: str, pointer: str, answers: Sequence[SavedAnswer]) -> tuple[SavedAnswer, str, Result]:
    """The figure that `ID.NAME` or `ID.TABLE[ROW].NAME` names."""
    match = _PATH.fullmatch(text)
    if not match:
        raise InputError(pointer, f"{quoted(text)} is not a figure: write ID.NAME or ID.TABLE[ROW].NAME")
    found = [answer for answer in answers if answer.id.startswith(match[1])]
    if len(found) != 1:
        raise InputError(pointer, f"{'no' if not found else 'more than one'} answer has the id {match[1]}")
    path = ResultPath(match[4], match[2], match[3])
    result = path.find(found[0].outcome)
    tables = [table for table in found[0].outcome.tables if table.name == match[2]]
    if match[2] and not tables:
        there = ", ".join(table.name for table in found[0].outcome.tables) or "none"
        message = f"{found[0].command} {found[0].id} has no table {quoted(match[2])}: there are {there}"
        raise InputError(pointer, message)
    if result is None:
        names = [one.name for one in found[0].outcome.results]
        nearest = did_you_mean(match[4], names)
        hint = f" (did you mean {nearest}?)" if nearest else f": there are {', '.join(names)}" if names else ""
        raise InputError(pointer, f"{found[0].command} {found[0].id} has no figure {quoted(str(path))}{hint}")
    if not tables:
        return found[0], match[4], result
    return found[0], _name_in_table(match[4], tables[0].heading, match[3] or tables[0].rows[0].label), result


def _line(answer: SavedAnswer, name: str, result: Result) -> Line:
    value = format_quantity(result.value, result.unit)
    if result.interval:
        low, high, kind, level = result.interval
        value += f" ({format_interval(low, high, result.unit, kind, level)})"
    return Line(words(name), value, answer.id)


def _cells(answer: SavedAnswer) -> Iterator[tuple[str, Result]]:
    for result in answer.outcome.results:
        yield result.name, result
    for table in answer.outcome.tables:
        for row in table.rows:
            for result in row.results:
                yield _name_in_table(result.name, table.heading, row.label), result


def _name_in_table(name: str, heading: str, row: str) -> str:
    return f"{words(name)}, {heading} {row}"


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


def _in_turn(groups: Iterable[Sequence[Line]]) -> Iterator[Line]:
    """The first line of each group, then the second of each, so that no answer fills the page alone."""
    for row in zip_longest(*groups):
        yield from (line for line in row if line is not None)


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
            if result.unit == "probability" and any(word in name for word in _RISKS)
        ]
        single = [(name, result) for name, result in chances if result in answer.outcome.results]
        groups.append([_line(answer, name, result) for name, result in single or chances])
    return _in_turn(groups)
