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
from collections import Counter
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from ruamel.yaml import YAML

from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import load_subject, parse_subject
from acolytes_cc.lint import docs
from acolytes_cc.lint.api import lint_text
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.choices import Confidence, Persona, Severity
from acolytes_cc.lint.context.project import Project, summary_of
from acolytes_cc.lint.fix.content import fix_content
from acolytes_cc.lint.rule import Context, ProjectRule, Rule
from support import build_tree

CASES = Path(__file__).parent / "cases"
ENGINE = "ACO9"  # the first characters of the codes of rules that need the findings of all other rules
RULES = {rule.NAME: rule for rule in all_rules()}


def load(name: str) -> dict[str, list[dict[str, Any]]]:
    """The cases of a rule; none without a file, so that only the test below fails, and says which file is missing."""
    file = CASES / f"{name}.yml"
    cases: dict[str, list[dict[str, Any]]] = YAML(typ="safe", pure=True).load(file) if file.exists() else {}
    return cases


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name in RULES
        for number, case in enumerate(load(name).get(kind, []), 1)
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
    kind = case.get("kind")
    assert fix_content(content(case), path, facts, codes, kind, unsafe=codes).data == expected
    safe = fix_content(content(case), path, facts, codes, kind).data
    assert safe == (expected if case.get("safe") else content(case))


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_cases(name: str) -> None:
    found = {kind for kind, listed in load(name).items() if listed}
    assert found == {"pass", "fail"}, f"{name}: write tests/lint/cases/{name}.yml with cases under `pass` and `fail`"


def test_no_case_is_left_of_a_rule_that_does_not_exist() -> None:
    left_over = sorted(path.name for path in CASES.glob("*.yml") if path.stem not in RULES)
    assert left_over == [], "these files of tests/lint/cases belong to no rule: rename or remove them"


def test_codes_and_names_are_unique() -> None:
    for constant in ("CODE", "NAME"):
        counted = Counter(getattr(rule, constant) for rule in all_rules())
        assert [value for value, count in counted.items() if count > 1] == [], f"two rules have the same {constant}"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.NAME)
def test_rule_is_documented_and_named_after_its_module(rule: Rule | ProjectRule) -> None:
    page = str(rule.__doc__)
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    module = rule.__name__.rpartition(".")[2]
    assert tuple(headings) == docs.SECTIONS, f"{module}.py: the docstring needs these headings in this order"
    assert "2.1." in page or rule.SEVERITY != "error", f"{module}.py: an error names the client version you watched"
    assert module == rule.NAME.replace("-", "_"), f"{module}.py: rename the module, or change NAME to fit it"
    assert rule.CODE[3:4] in docs.GROUPS, f"{module}.py: the first digit of CODE is none of docs.GROUPS"
    assert rule.SEVERITY in get_args(Severity)
    assert rule.CONFIDENCE in get_args(Confidence)
    assert rule.PERSONA in get_args(Persona)


def test_no_rule_of_keywords_is_an_error() -> None:
    """Words about jailbreaks, secrets and danger are also in texts that defend against them: no rule reports them."""
    words = {"jailbreak", "secret", "danger", "injection", "password"}
    assert not [rule.NAME for rule in all_rules() if rule.SEVERITY == "error" and words & {*rule.NAME.split("-")}]


def test_documentation_is_current() -> None:
    for path, text in docs.files().items():
        assert path.read_text("utf-8") == text, f"{path.name} is out of date: run python3 dev.py generate"
