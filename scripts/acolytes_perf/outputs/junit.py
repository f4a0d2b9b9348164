"""The verdicts of a budget as JUnit XML, which most systems for continuous integration show: a test case each limit."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.outcome import Outcome, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.wording import format_result


def test_suite(answer: Answer) -> str:
    """The file's text. A limit that fails is a failure; an undecided one is skipped, or a failure by `undecided`."""
    cases = [_case(answer, table, row) for table, row in limit_rows(answer.outcome)]
    failures = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="acolytes-perf" {counts}>',
        f'<testsuite name="budget check" {counts}>',
        *cases,
        f"<system-out>{_escaped(answer.outcome.answer)}</system-out>",
        "</testsuite>",
        "</testsuites>",
        f"<!-- {mark(answer)} -->",
    ]
    return "\n".join(lines) + "\n"


def limit_rows(outcome: Outcome) -> list[tuple[ResultTable, Row]]:
    """The rows of limits, each with its table."""
    rows = [(table, row) for table in outcome.tables for row in table.rows]
    return [(table, row) for table, row in rows if any(result.name == "fails" for result in row.results)]


def _case(answer: Answer, table: ResultTable, row: Row) -> str:
    head = f'<testcase classname="budget.{table.name}" name="{_escaped(row.label)}"'
    verdict = verdict_of(row)
    if verdict == "pass":
        return f"{head}/>"
    text = _escaped(row_text(row))
    if verdict == "fail" or answer.inputs.text("undecided") == "fail":
        return f'{head}><failure type="{verdict}" message="{text}"/></testcase>'
    return f'{head}><skipped message="undecided: {text}"/></testcase>'


def verdict_of(row: Row) -> str:
    """The verdict of a limit's row: pass, fail or undecided."""
    cells = {result.name: result.value for result in row.results}
    return "fail" if cells["fails"] else "pass" if cells["passes"] else "undecided"


def row_text(row: Row) -> str:
    """The figures of a limit's row: `baseline 112 ms, value 132 ms, change 17.86 %, limit 5 %`."""
    shown = [result for result in row.results if result.name not in ("fails", "passes")]
    return ", ".join(f"{one.name.replace('_', ' ')} {format_result(one)}" for one in shown)


def _escaped(text: str) -> str:
    """The text in XML, also within an attribute."""
    for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot")):
        text = text.replace(sign, f"&{name};")
    return text
