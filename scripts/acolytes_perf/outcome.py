"""What a calculator answers: results, tables of results, warnings and calls worth making next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Union

#: A figure; None when what it counts or times does not happen, as with a queue that never empties.
Number = Union[float, int, bool, None]

#: What an interval stands for: chance in the data, the method's own error, or inputs that are not known exactly.
STATISTICAL, MODEL, SCENARIO = "statistical", "model", "scenario"


class Interval(NamedTuple):
    """Where a result lies, in the result's unit.

    `high` is None when there is no upper limit. `kind` is STATISTICAL, MODEL or SCENARIO. `level` is the confidence
    level of a statistical interval, from 0 to 1.
    """

    low: float
    high: float | None
    kind: str
    level: float | None = None


class Result(NamedTuple):
    """One figure of an answer.

    `value` is in `unit`: `s`, `1/s`, `ratio` and `probability` (0 to 1), `x` (a factor), or the word for what is
    counted. `limits` are what the value is compared with, in the same unit, such as an objective: a printed value is
    not rounded to one of them or across it.
    """

    name: str
    value: Number
    unit: str
    interval: Interval | None = None
    limits: Sequence[float] = ()


def limits_of(*limits: float | None) -> list[float]:
    """The limits of a result: those that a call has.

    >>> limits_of(None), limits_of(0.8, None)
    ([], [0.8])
    """
    return [limit for limit in limits if limit is not None]


class Row(NamedTuple):
    """One row of a table: what it is about, and a result for each column that applies to it."""

    label: str
    results: Sequence[Result]


class Column(NamedTuple):
    """One column of a table, and the unit of all its values."""

    name: str
    unit: str


class ResultTable(NamedTuple):
    """Results of the same kind for several things, such as stations or alerts.

    `heading` names what the rows are. With `beside_results` the rows are other cases of the outcome's own results,
    under the same names, and are printed beside them. In an answer as text only the first `text_rows` rows and the
    columns `text_columns` are shown, as in Markdown; None means all. JSON has the whole table. `others` says what the
    rows are that a text leaves out.
    """

    name: str
    heading: str
    rows: Sequence[Row]
    beside_results: bool = False
    text_rows: int | None = None
    text_columns: Sequence[str] | None = None
    others: str = "more"

    @property
    def columns(self) -> list[Column]:
        """The columns in the order in which the rows have them.

        >>> row = Row("cpu", [Result("demand", 0.02, "s"), Result("utilisation", 0.1, "ratio")])
        >>> [column.name for column in ResultTable("stations", "station", [row]).columns]
        ['demand', 'utilisation']
        """
        units = {result.name: result.unit for row in self.rows for result in row.results}
        return [Column(name, unit) for name, unit in units.items()]


class AnswerWarning(NamedTuple):
    """What the reader must know before using the answer, and how to fix it. `code` names the kind of warning."""

    code: str
    message: str
    fix: str


class Outcome(NamedTuple):
    """What a command's `run` returns.

    `tables` without rows are left out of the answer. `next_calls` are calls worth making next: a command, and its
    inputs by name. `failed` says that the command is a gate and that the gate failed: exit code 1.
    """

    answer: str
    results: Sequence[Result]
    assumptions: Sequence[str]
    warnings: Sequence[AnswerWarning] = ()
    next_calls: Sequence[tuple[str, Mapping[str, object]]] = ()
    failed: bool = False
    tables: Sequence[ResultTable] = ()


class ResultPath(NamedTuple):
    """The address of one figure: a result by its name, or a cell of a table by table, row and column.

    Without `row` it is the table's first row.
    """

    name: str
    table: str | None = None
    row: str | None = None

    def __str__(self) -> str:
        """How a message writes it.

        >>> print(ResultPath("utilisation", "stations", "cpu"), ResultPath("throughput"))
        stations[cpu].utilisation throughput
        """
        if self.table is None:
            return self.name
        return f"{self.table}{'' if self.row is None else f'[{self.row}]'}.{self.name}"

    def find(self, outcome: Outcome) -> Result | None:
        """The figure at this address, None when the outcome has no such result, table, row or column."""
        results: Sequence[Result] = outcome.results
        if self.table is not None:
            rows = [row for table in outcome.tables if table.name == self.table for row in table.rows]
            results = next((row.results for row in rows if self.row in (None, row.label)), ())
        return next((result for result in results if result.name == self.name), None)
