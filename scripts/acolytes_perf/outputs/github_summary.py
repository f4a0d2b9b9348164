"""The verdicts of a budget as a job summary of GitHub Actions: append it to the file `$GITHUB_STEP_SUMMARY`."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.outcome import Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.junit import limit_rows, verdict_of
from acolytes_perf.wording import format_result

_SIGNS = {"fail": ":x: fail", "undecided": ":grey_question: undecided", "pass": ":white_check_mark: pass"}
#: GitHub cuts summaries off at 1 MiB; nobody reads so many rows.
_MOST_ROWS = 200


def summary(answer: Answer) -> str:
    """The file's text: the verdict, the limits that do not pass, and the others folded."""
    outcome = answer.outcome
    rows = [(table.heading, row) for table, row in limit_rows(outcome)]
    open_rows = [pair for pair in rows if verdict_of(pair[1]) != "pass"]
    passed = [pair for pair in rows if verdict_of(pair[1]) == "pass"]
    lines = ["### Performance budget", "", f"**{_plain(outcome.answer)}**", ""]
    lines += _table(open_rows)
    if passed:
        lines += [f"<details><summary>{len(passed)} limits pass</summary>", "", *_table(passed), "</details>", ""]
    lines += [f"- Warning `{code}`: {_plain(message)}. {_plain(fix)}." for code, message, fix in outcome.warnings]
    lines += [f"- {_plain(text)}" for text in outcome.assumptions]
    return "\n".join([*lines, "", f"<!-- {mark(answer)} -->"]) + "\n"


def _table(rows: list[tuple[str, Row]]) -> list[str]:
    if not rows:
        return []
    lines = ["| Verdict | Limit | Baseline | Value | Change | Allowed | Runs needed |", "|---|---|---|---|---|---|---|"]
    for heading, row in rows[:_MOST_ROWS]:
        cells = {result.name: format_result(result) for result in row.results}
        names = ("baseline", "value", "change", "limit", "runs_needed")
        words = [_SIGNS[verdict_of(row)], f"{_plain(row.label)} ({heading})", *(cells.get(name, "") for name in names)]
        lines.append(f"| {' | '.join(words)} |")
    if len(rows) > _MOST_ROWS:
        lines.append(f"| | and {len(rows) - _MOST_ROWS} more | | | | | |")
    return [*lines, ""]


def _plain(text: str) -> str:
    """The text without what Markdown or HTML would take for markup."""
    for sign in ("\\", "`", "*", "_", "|", "<", ">", "["):
        text = text.replace(sign, f"\\{sign}")
    return text
