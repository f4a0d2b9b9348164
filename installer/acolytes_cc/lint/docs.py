"""Makes ``docs/lint-rules.md`` from the rules' docstrings, and counts the rules in the README.

Run ``python -m acolytes_cc.lint.docs`` in a checkout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.definitions.registry import registry
from acolytes_cc.lint.catalogue import AnyRule, all_rules
from acolytes_cc.resources import data_path

SECTIONS = ("What it does", "Why", "Bad", "Good", "How to fix", "Source")

#: What the rules of a group are about, by the first digit of their codes.
GROUPS = {
    "0": "files as a whole",
    "1": "frontmatter",
    "2": "tools",
    "3": "bodies",
    "4": "all files together",
    "5": "settings, hooks, plugins and skills",
    "9": "suppressions",
}


def files() -> dict[Path, str]:
    """The text of each file that follows from the rules, by its path in a checkout."""
    root = data_path("schemas").parent
    readme = root / "README.md"
    counted = re.sub(r"\b\d+ rules\b", f"{len(all_rules())} rules", readme.read_text("utf-8"), count=1)
    return {root / "docs" / "lint-rules.md": _page(), readme: counted}


def _page() -> str:
    """A table of all rules, then a section for each."""
    return "\n".join([*_head(), *(line for rule in all_rules() for line in _section(rule))])


def _head() -> Iterator[str]:
    yield "# Lint rules"
    yield ""
    yield "Generated from the rules' docstrings; do not edit."
    yield ""
    yield "`acolytes lint PATH...` finds mistakes in the definitions of agents and skills, and in the client's"
    yield "settings, hooks and plugins. An **error** is a mistake that makes the client ignore or change something,"
    yield "or a text that is damaged. A **warning** is advice. An **info** is a matter of style. Codes and names"
    yield f"never change. The facts are those of client {registry().client}."
    yield ""
    yield "The first digit of a code is its group."
    yield ""
    yield "| Codes | The rules are about |"
    yield "|---|---|"
    for digit, about in GROUPS.items():
        yield f"| ACO{digit} | {about} |"
    yield ""
    yield "| Code | Name | Severity | Confidence | What |"
    yield "|---|---|---|---|---|"
    for rule in all_rules():
        what = str(rule.__doc__).partition("\n")[0]
        yield f"| {rule.CODE} | [{rule.NAME}](#{_anchor(rule)}) | {rule.SEVERITY} | {rule.CONFIDENCE} | {what} |"
    yield ""


def _section(rule: AnyRule) -> Iterator[str]:
    summary, _, page = str(rule.__doc__).partition("\n")
    yield f"## {rule.CODE} {rule.NAME}"
    yield ""
    yield summary
    for line in page.rstrip().split("\n"):
        # One level deeper than the rule's own heading
        yield f"#{line}\n" if line.startswith("## ") else line
    yield ""


def _anchor(rule: AnyRule) -> str:
    return f"{rule.CODE.lower()}-{rule.NAME}"


def main() -> int:
    """Write the files; returns 0."""
    for path, text in files().items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
