"""Checks every rule with its cases, and its documentation.

The cases of a rule are in ``cases/<name of the rule>.yml``, under ``pass`` and ``fail``. Keys of a case:

- ``text`` or ``base64``: the whole content of the file. Or ``frontmatter`` (from line 4 on) and ``body``.
- ``files``: for a project rule, the content of each file. The folder of the files is called FOLDER in messages.
- ``repeat``: how often the text or the body is repeated. ``pad``: the number of letters that replace PAD.
- ``path``, ``kind`` and ``client``: the path and the kind of the file, and the version of the client.
- ``at``: for a failing case, the line and column of each problem. ``message``: the message of the first problem.
- ``fixed``: the content after all fixes of the rule. ``safe``: whether the safe fixes alone give that content.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import load_subject, parse_subject
from acolytes_cc.lint import docs
from acolytes_cc.lint.api import lint_text
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.context.project import Project, summary_of
from acolytes_cc.lint.fix.content import fix_content
from acolytes_cc.lint.rule import Context, ProjectRule, Rule
from support import build_tree

CASES = Path(__file__).parent / "cases"
ENGINE = "ACO9"  # the first characters of the codes of rules that need the findings of all other rules
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


def content(case: dict[str, Any]) -> bytes:
    repeat = int(case.get("repeat", 1))
    if "base64" in case:
        return base64.b64decode(case["base64"])
    if "text" in case:
        return (str(case["text"]) * repeat).replace("PAD", "a" * case.get("pad", 0)).encode()
    head = f"---\nname: sample\ndescription: Use when sampling.\n{case.get('frontmatter', '')}---\n\n"
    return (head + str(case.get("body", "")) * repeat).encode()


def problems(name: str, case: dict[str, Any], folder: Path) -> list[tuple[list[Any], str]]:
    """The place and the message of each problem that the rule reports."""
    facts = registry(case.get("client"))
    if "files" in case:
        tree = {path: text.replace("PAD", "a" * case.get("pad", 0)) for path, text in case["files"].items()}
        build_tree(folder, tree)
        project = Project(tuple(summary_of(load_subject(folder / path)) for path in case["files"]))
        reported = cast(ProjectRule, RULES[name]).check(project, facts)
        return [([str(Path(path).relative_to(folder)), line, column], text) for path, line, column, text in reported]
    if RULES[name].CODE.startswith(ENGINE):
        findings = lint_text(content(case), case.get("path", "agent.md"))
        return [([finding.line, finding.column], finding.message) for finding in findings if finding.name == name]
    subject = parse_subject(content(case), case.get("path", "agent.md"), case.get("kind"))
    rule = cast(Rule, RULES[name])
    if subject.kind not in rule.KINDS:
        return []
    problems = sorted(rule.check(subject, Context(subject, facts)), key=lambda problem: problem.offset)
    return [(list(subject.source.position(problem.offset)), problem.message) for problem in problems]


@pytest.mark.parametrize(("name", "case"), cases("pass"))
def test_rule_is_silent(name: str, case: dict[str, Any], tmp_path: Path) -> None:
    assert problems(name, case, tmp_path) == []


@pytest.mark.parametrize(("name", "case"), cases("fail"))
def test_rule_reports_the_place_and_the_message(name: str, case: dict[str, Any], tmp_path: Path) -> None:
    reported = problems(name, case, tmp_path)
    assert [place for place, _ in reported] == case["at"]
    assert reported[0][1].replace(str(tmp_path), "FOLDER") == case["message"]


@pytest.mark.parametrize(("name", "case"), [case for case in cases("fail") if "fixed" in case.values[1]])
def test_fixes_give_the_content_of_the_case(name: str, case: dict[str, Any]) -> None:
    part = next(key for key in ("frontmatter", "body", "text", "base64") if key in case)
    expected = content(
        {**{k: v for k, v in case.items() if k != "base64"}, part.replace("base64", "text"): case["fixed"]}
    )
    facts, path, codes = registry(case.get("client")), case.get("path", "agent.md"), {RULES[name].CODE}
    assert fix_content(content(case), path, facts, codes, unsafe=True).data == expected
    safe = fix_content(content(case), path, facts, codes).data
    assert safe == (expected if case.get("safe") else content(case))


def test_every_rule_has_cases_and_every_case_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yml")} == set(RULES)
    assert all(load(name)["pass"] and load(name)["fail"] for name in RULES)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.CODE for rule in all_rules()}) == len({rule.NAME for rule in all_rules()}) == len(all_rules())


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.NAME)
def test_rule_is_documented_and_named_after_its_module(rule: Rule | ProjectRule) -> None:
    page = str(rule.__doc__)
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert tuple(headings) == docs.SECTIONS
    assert "2.1." in page or rule.SEVERITY != "error", "the observed client is named"
    assert rule.__name__.endswith("." + rule.NAME.replace("-", "_"))
    assert rule.SEVERITY in {"error", "warning", "info"}
    assert rule.CONFIDENCE in {"high", "medium", "low"}
    assert rule.PERSONA in {"regular", "pedantic", "auditor"}


def test_no_rule_of_keywords_is_an_error() -> None:
    """Words about jailbreaks, secrets and danger are also in texts that defend against them: no rule reports them."""
    words = {"jailbreak", "secret", "danger", "injection", "password"}
    assert not [rule.NAME for rule in all_rules() if rule.SEVERITY == "error" and words & {*rule.NAME.split("-")}]


def test_documentation_is_current() -> None:
    assert docs.docs_file().read_text("utf-8") == docs.docs_text(), "run: python -m acolytes_cc.lint.docs"
