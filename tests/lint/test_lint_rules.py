"""Every rule against its cases, and its documentation.

A case is a whole ``text`` (or ``base64``), or lines of ``frontmatter`` (from line 4 on) and a ``body``; ``repeat``
repeats the text or the body. A failing case says ``at`` which lines and columns the rule reports, and may give words
that the first message ``says``.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from acolytes_cc.lint import docs
from acolytes_cc.lint.api import lint_text
from acolytes_cc.lint.engine import Finding, all_rules

CASES = Path(__file__).parent / "cases"
RULES = {rule.NAME: rule for rule in all_rules()}


def load(name: str) -> dict[str, list[dict[str, Any]]]:
    cases: dict[str, list[dict[str, Any]]] = YAML(typ="safe", pure=True).load(CASES / f"{name}.yml")
    return cases


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name in RULES
        for number, case in enumerate(load(name)[kind], 1)
    ]


def content(case: dict[str, Any]) -> str | bytes:
    repeat = int(case.get("repeat", 1))
    if "base64" in case:
        return base64.b64decode(case["base64"])
    if "text" in case:
        return str(case["text"]) * repeat
    head = f"---\nname: sample\ndescription: Use when sampling.\n{case.get('frontmatter', '')}---\n\n"
    return head + str(case.get("body", "")) * repeat


def findings(name: str, case: dict[str, Any]) -> list[Finding]:
    return [found for found in lint_text(content(case), "agent.md") if found.name == name]


@pytest.mark.parametrize(("name", "case"), cases("pass"))
def test_rule_is_silent(name: str, case: dict[str, Any]) -> None:
    assert findings(name, case) == []


@pytest.mark.parametrize(("name", "case"), cases("fail"))
def test_rule_reports_the_place(name: str, case: dict[str, Any]) -> None:
    found = findings(name, case)
    assert [[finding.line, finding.column] for finding in found] == case["at"]
    assert case.get("says", "") in found[0].message


def test_every_rule_has_cases_and_every_case_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yml")} == set(RULES)
    assert all(load(name)["pass"] and load(name)["fail"] for name in RULES)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.CODE for rule in RULES.values()}) == len(all_rules()) == len(RULES)


@pytest.mark.parametrize("name", RULES)
def test_rule_is_documented_and_named_after_its_module(name: str) -> None:
    rule = RULES[name]
    page = str(rule.__doc__)
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert tuple(headings) == docs.SECTIONS
    assert "2.1." in page or rule.SEVERITY != "error", "the observed client is named"
    assert rule.__name__.endswith("." + name.replace("-", "_"))
    assert rule.SEVERITY in {"error", "warning", "info"}
    assert rule.CONFIDENCE in {"high", "medium", "low"}
    assert rule.PERSONA in {"regular", "pedantic", "auditor"}


def test_documentation_is_current() -> None:
    assert docs.docs_file().read_text("utf-8") == docs.docs_text(), "run: python -m acolytes_cc.lint.docs"
