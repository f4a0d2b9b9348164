"""The definition that the project started from: every known defect at its exact place."""

from __future__ import annotations

from pathlib import Path

from acolytes_cc.lint.api import lint_paths

SEED = Path(__file__).parent / "data" / "seed" / "ops.performance.md"
ARROWS = (9, 21, 33, 45, 57)

EXPECTED = {
    (3, 14, "ACO114"),  # no trigger
    (6, 27, "ACO204"),  # Glob
    (6, 33, "ACO204"),  # Grep
    (6, 39, "ACO201"),  # LS
    (6, 43, "ACO203"),  # code-index
    (6, 55, "ACO203"),  # context7
    (9, 1, "ACO304"),  # body length
    (56, 10, "ACO305"),  # Context7 MCP
    (57, 27, "ACO305"),  # WebSearch
    (139, 18, "ACO305"),
    (139, 34, "ACO305"),
    *((line, 15, "ACO303") for line in (91, 124, 130, 145)),  # ~/claude/
    *((line, column, "ACO302") for line, column in ((91, 87), (98, 39), (124, 87), (158, 56))),  # {{agent-name}}
    *((line, column, "ACO301") for line, column in ((108, 46), (110, 16), (111, 16))),  # mojibake
    *((line, column, "ACO301") for line in (114, 167) for column in ARROWS),
}


def test_each_defect_is_reported_where_it_is() -> None:
    report = lint_paths([SEED])
    found = [(finding.line, finding.column, finding.rule) for finding in report.findings]
    assert set(found) == EXPECTED
    assert len(found) == len(EXPECTED)
    assert report.has_errors


def test_the_messages_name_the_cure() -> None:
    messages = {(found.line, found.column): found.message for found in lint_paths([SEED]).findings}
    assert "`mcp__code-index`" in messages[6, 43]
    assert "`→`" in messages[110, 16]
    assert "15,340" in messages[9, 1]
