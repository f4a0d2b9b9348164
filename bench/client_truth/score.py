"""What the linter says of a case, held beside what the client did with it.

The linter misses a case when it reports neither an error nor a warning of a DROP or CHANGE. An error or a warning about
an OK is a false one. Rules that give advice, and rules that judge style, are left out: the client applies what they
report. The words are wrong when a finding says that a file is not loaded which is, or when none is about what the
client did not honour.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from bench.client_truth.case import Case, write_case

from acolytes_cc.errors import UserError
from acolytes_cc.lint.api import lint_paths
from acolytes_cc.lint.catalogue import rules_by_code
from acolytes_cc.lint.finding import Finding

# Advice and style: what the client does is as written
ADVICE = frozenset({"description-trigger", "description-length", "body-length"})
# Facts that are true also where a run of the client shows no effect: a model that Anthropic no longer serves,
# characters that people do not see, a built-in agent that is replaced, an entry that is superfluous
FACTS = frozenset(
    {
        *("body-empty", "invisible-characters", "mojibake", "model-retired", "name-built-in", "name-look-alike"),
        *("tool-conditional", "tool-disallowed", "name-altered", "byte-order-mark"),
    }
)
# The client loads nothing from there, but a collection that others copy from looks the same: a warning is right
MAY_BE_RIGHT = frozenset({"agents-misplaced"})
MISSED, ONLY_WARNING, FALSE_ERROR, FALSE_WARNING, WRONG_WORDS = MISTAKES = (
    "missed",
    "only a warning",
    "false error",
    "false warning",
    "wrong words",
)
_KEY = re.compile(r"[\s{]{0,2}[\"']?([\w-]+)[\"']?\s*:")
_NOT_LOADED = re.compile(r"drops the agent|does not load|is not loaded")


class Verdict(NamedTuple):
    """What is wrong with our answer to a case, and the findings that are not advice."""

    mistake: str
    findings: tuple[str, ...]


def judge(case: Case, place: Path) -> Verdict:
    """Write the project of a case below ``place`` and hold our findings against what the client did."""
    project, home = write_case(case, place)
    before = os.environ.get("HOME", "")
    os.environ["HOME"] = str(home)
    try:
        found = lint_paths([path for path in (project, home / ".claude") if path.exists()]).findings
    except UserError:  # nothing in the project is for the client
        found = ()
    finally:
        os.environ["HOME"] = before
    counting = [one for one in found if one.name not in ADVICE and rules_by_code()[one.rule].PERSONA == "regular"]
    lines = tuple(
        f"{os.path.relpath(one.path, place)}:{one.line} {one.severity} {one.name}: {one.message}" for one in counting
    )
    return Verdict(_mistake(case, [one for one in counting if one.severity != "info"], lines), lines)


def _mistake(case: Case, findings: Collection[Finding], lines: Collection[str]) -> str:
    severities = {one.severity for one in findings}
    if case.verdict == "OK":
        severities = {one.severity for one in findings if one.name not in FACTS}
        return FALSE_ERROR if "error" in severities else FALSE_WARNING if severities else ""
    # a file of a plugin may be lost when the plugin itself is not
    whole = [one for one in findings if not any(word in one.path for word in case.about)]
    says_dropped = any(_NOT_LOADED.search(one.message) for one in whole if one.severity == "error")
    if case.verdict == "LOADED":
        return FALSE_ERROR if says_dropped else ""
    if not severities:
        return MISSED
    if case.verdict == "DROP":
        is_enough = "error" in severities or any(one.name in MAY_BE_RIGHT for one in findings)
        return "" if is_enough else ONLY_WARNING
    named = [*lines, *(_field_at(one) for one in findings)]
    is_about = not case.about or any(word in text for text in named for word in (*case.about, "frontmatter"))
    return "" if is_about and not says_dropped else WRONG_WORDS


def _field_at(finding: Finding) -> str:
    """The key of the frontmatter, or of the JSON, in whose value the finding lies."""
    try:
        lines = Path(finding.path).read_text("utf-8", "replace").split("\n")[: finding.line]
    except OSError:
        return ""
    return next((found[1] for line in reversed(lines) if (found := _KEY.match(line))), "")


if __name__ == "__main__":
    sys.exit("run: python bench/client_truth CASES.json [--kind KIND ...] [--list] [--show ID]")
