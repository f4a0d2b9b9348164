"""The first definition of the project: each of its defects is reported at its exact place."""

from __future__ import annotations

from pathlib import Path

from acolytes_cc.lint.api import lint_paths

SEED = Path(__file__).parent / "data" / "seed" / "ops.performance.md"
ARROWS = (9, 21, 33, 45, 57)

EXPECTED = {
    (3, 14, "ACO114"),  # no trigger
    (6, 27, "ACO204"),  # Glob and Grep
    (6, 39, "ACO201"),  # LS
    (6, 43, "ACO203"),  # code-index and context7
    (9, 1, "ACO304"),  # body length
    (56, 10, "ACO305"),  # Context7 MCP, and in line 139
    (57, 27, "ACO305"),  # WebSearch, and in line 139
    *((line, 15, "ACO303") for line in (91, 124, 130, 145)),  # ~/claude/
    *((line, column, "ACO302") for line, column in ((91, 87), (98, 39), (124, 87), (158, 56))),  # {{agent-name}}
    *((line, column, "ACO301") for line, column in ((108, 46), (110, 16), (111, 16))),  # mojibake
    *((line, column, "ACO301") for line in (114, 167) for column in ARROWS),
}


def test_each_defect_is_reported_at_its_place() -> None:
    report = lint_paths([SEED])
    places = [(finding.line, finding.column, finding.rule) for finding in report.findings]
    assert set(places) == EXPECTED
    assert len(places) == len(EXPECTED)
    assert report.has_errors


def test_the_messages_say_how_to_fix_the_defect() -> None:
    messages = {(finding.line, finding.column): finding.message for finding in lint_paths([SEED]).findings}
    assert messages[6, 43] == (
        "`code-index` and `context7` are MCP servers, not tools, so the agent gets none of their tools. "
        "Write `mcp__code-index` and `mcp__context7`."
    )
    assert messages[57, 27] == (
        "The body asks 2 times for `WebSearch`, which the agent does not have. Change `tools` or the text."
    )
    assert messages[110, 16] == "Wrong encoding: `â†’` should be `→`. Write `→`, and save the file as UTF-8."
    assert messages[9, 1] == (
        "The body has 15,340 characters, and every request repeats them. Use at most 10,000: move parts into a skill."
    )
