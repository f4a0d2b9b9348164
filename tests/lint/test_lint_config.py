"""Settings files, suppressions and baselines: what changes which findings are reported."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from acolytes_cc.cli import main
from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.lint.api import lint_text
from acolytes_cc.lint.settings.file import read_settings
from acolytes_cc.lint.settings.policy import Policy
from support import ROOT, build_tree

BAD = "---\nname: bad\ndescription: Use when asked.\ntools: Read, LS\ncolor: Blue\n---\n\nThe path is ~/claude/x.\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = build_tree(tmp_path / "project", {".claude/agents/bad.md": BAD, "sub/deep/note.txt": ""})
    monkeypatch.chdir(root)
    return root


def rules(capsys: pytest.CaptureFixture[str], *arguments: str, folder: str = ".claude") -> dict[str, str]:
    """{code: severity} of what is reported."""
    assert main(["lint", folder, "--json", *arguments]) in (0, 1), capsys.readouterr().err
    return {one["rule"]: one["severity"] for one in json.loads(capsys.readouterr().out)["findings"]}


ALL = {"ACO108": "error", "ACO201": "error", "ACO303": "warning"}


@pytest.mark.parametrize(
    ("settings", "reported"),
    [
        ("", ALL),
        ('select = ["ACO2"]', {"ACO201": "error"}),
        ('select = ["tool-removed", "aco3"]', {"ACO201": "error", "ACO303": "warning"}),
        ('ignore = ["ACO2", "field-value"]', {"ACO303": "warning"}),
        ('[{}.severity]\nACO2 = "info"\npath-without-dot = "error"', {**ALL, "ACO201": "info", "ACO303": "error"}),
        ('[{}.per-file-ignores]\n".claude/agents/b*.md" = ["ACO2", "ACO3"]', {"ACO108": "error"}),
        ('[{}.per-file-ignores]\n"agents/b*.md" = ["ACO2"]', ALL),
    ],
)
@pytest.mark.parametrize(("file", "table"), [("pyproject.toml", "tool.acolytes.lint"), (".acolytes.toml", "lint")])
def test_settings(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: str,
    reported: dict[str, str],
    file: str,
    table: str,
) -> None:
    (project / file).write_text(f"[{table}]\n{settings.replace('{}', table)}\n")
    assert rules(capsys) == reported
    assert rules(capsys, "--isolated") == ALL
    # the nearest at or above the current folder
    monkeypatch.chdir(project / "sub" / "deep")
    assert rules(capsys, folder=str(project)) == reported
    monkeypatch.chdir(project.parent)
    assert rules(capsys, "--config", f"project/{file}", folder="project") == reported


def test_our_own_file_goes_before_pyproject(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text('[tool.acolytes.lint]\nselect = ["ACO3"]\n')
    (project / "sub" / "pyproject.toml").write_text("[project]\nname = 'acolytes'\n")
    assert set(rules(capsys)) == {"ACO303"}
    (project / ".acolytes.toml").write_text('[lint]\nselect = ["ACO2"]\n')
    assert set(rules(capsys)) == {"ACO201"}


def test_options_go_before_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".acolytes.toml").write_text('[lint]\nselect = ["ACO3"]\nignore = ["ACO108"]\npersona = "pedantic"\n')
    assert set(rules(capsys, "--select", "ACO2,field-value")) == {"ACO201"}
    assert set(rules(capsys, "--select", "ACO", "--ignore", "ACO3", "--persona", "regular")) == {"ACO201"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[lint]\nselect = ["ACO2"]\nignor = ["ACO3"]', ":3: unknown key `ignor`; did you mean `ignore`?"),
        ('[lint]\nselect = ["mojibak"]', ":2: there is no rule `mojibak`; did you mean mojibake?"),
        ('[lint]\nselect = "ACO2"', ":2: `select` must be a list of rules"),
        ('[lint]\n\n[lint.severity]\nACO201 = "fatal"', ":4: `fatal` is not one of error, warning, info"),
        ('[lint]\n[lint.severity]\nACO999 = "info"', ":3: there is no rule `ACO999`"),
        ('[lint]\nper-file-ignores = ["x"]', ":2: `per-file-ignores` must be a table"),
        ('[lint.per-file-ignores]\n"*.md" = "ACO2"', ":2: `*.md` must be a list of rules"),
        ('[lint]\npersona = "strict"', ":2: `strict` is not one of regular, pedantic, auditor"),
        ('[lint]\nclient-version = "newest"', ":2: `newest` is not a version"),
        ("[lint]\nbaseline = 3", ":2: `baseline` must be a path"),
        ("lint = 3", ":1: `lint` must be a table; write [lint]"),
        ('[tool.acolytes.lint]\nignore = ["ACO530"]', ":1: unknown table `[tool.acolytes.lint]`; write [lint]"),
        ("[lint]\nignore = []\n[lnt]\nselect = []", ":3: unknown table `[lnt]`; write [lint]"),
        ("[tool]\nacolytes = 3", ":1: unknown table `[tool]`; write [lint]"),
        ("[lints]", ":1: unknown table `[lints]`; write [lint]"),
        ('[severity]\nACO2 = "info"', ":1: unknown table `[severity]`; write [lint.severity]"),
        ('ignore = ["ACO530"]', ":1: unknown key `ignore`; write the settings below [lint]"),
        ("[lint]\nselect = [", ":2: this is not TOML"),
    ],
)
def test_a_wrong_setting_is_one_line_with_its_place(
    project: Path, capsys: pytest.CaptureFixture[str], settings: str, said: str
) -> None:
    (project / ".acolytes.toml").write_text(f"{settings}\n")
    assert main(["lint", "."]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f".acolytes.toml{said}" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            '[tool.acolytes]\nselect = ["ACO2"]',
            ":2: unknown key `select`; write the settings below [tool.acolytes.lint]",
        ),
        ("[tool.acolytes.lnt]", ":1: unknown table `[tool.acolytes.lnt]`; write [tool.acolytes.lint]"),
        (
            "[tool.acolytes.per-file-ignores]",
            ":1: unknown table `[tool.acolytes.per-file-ignores]`; write [tool.acolytes.lint.per-file-ignores]",
        ),
        ("[tool]\nacolytes = 3", ":2: `acolytes` must be a table; write [tool.acolytes.lint]"),
        ("[tool.acolytes]\n[lint]\nselect = 3", None),  # other programs have tables, too
        ('[project]\nname = "acolytes"\n[tool.other]\nselect = 3', None),
    ],
)
def test_in_a_shared_file_only_our_own_tables_are_checked(
    project: Path, capsys: pytest.CaptureFixture[str], settings: str, said: str | None
) -> None:
    (project / "pyproject.toml").write_text(f"{settings}\n")
    assert main(["lint", "."]) == (2 if said else 1)
    err = capsys.readouterr().err
    assert err.endswith(f"pyproject.toml{said}\n") if said else err == ""


def test_a_settings_file_that_is_no_text_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".acolytes.toml").write_bytes(b"\xff")
    assert main(["lint", "."]) == 2
    assert ".acolytes.toml is not UTF-8" in capsys.readouterr().err


def test_personas(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".claude/agents/bad.md").write_text(BAD.replace("~/claude/x.\n", "a"))  # no final newline
    assert "ACO309" not in rules(capsys)
    pedantic = rules(capsys, "--pedantic")
    assert set(rules(capsys)) < set(pedantic) <= set(rules(capsys, "--persona", "auditor"))
    named = next(iter(set(pedantic) - set(rules(capsys))))
    assert set(rules(capsys, "--select", named)) == {named}


def test_the_client_version_decides(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".claude/agents/bad.md").write_text(BAD.replace("LS", "ListAgents"))
    assert any(rule.startswith("ACO2") for rule in rules(capsys, "--client-version", "2.1.197"))
    assert not any(rule.startswith("ACO2") for rule in rules(capsys, "--client-version", "2.1.330"))
    (project / ".acolytes.toml").write_text('[lint]\nclient-version = "2.1.197"\n')
    assert any(rule.startswith("ACO2") for rule in rules(capsys))


def found(text: str) -> set[str]:
    return {finding.rule for finding in lint_text(text, "agent.md")}


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (BAD, {"ACO201", "ACO108", "ACO303"}),
        (BAD.replace("LS\n", "LS # acolytes: ignore ACO201 -- for old clients\n"), {"ACO108", "ACO303"}),
        (BAD.replace("tools:", "# acolytes: ignore tool-removed -- for old clients\ntools:"), {"ACO108", "ACO303"}),
        (BAD.replace("color:", "# acolytes: ignore ACO201 -- one line too late\ncolor:"), {*ALL, "ACO902"}),
        (BAD.replace("tools:", "# acolytes: ignore ACO201\ntools:"), {*ALL, "ACO901"}),
        (BAD + "<!-- acolytes: ignore-file ACO201, ACO108 ACO303 -- a sample -->\n", set()),
        (BAD.replace("The path", "<!-- acolytes: ignore ACO303 -- a sample -->\n\nThe path"), {"ACO201", "ACO108"}),
        (BAD.replace("/x.\n", "/x. <!-- acolytes: ignore ACO303 -- a sample -->\n"), {"ACO201", "ACO108"}),
    ],
)
def test_suppressions(text: str, reported: set[str]) -> None:
    assert found(text) == reported
    assert found(text.replace("\n", "\r\n")) == reported


def test_a_suppression_whose_rule_does_not_run_is_not_unused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = BAD.replace("color:", "# acolytes: ignore ACO201 -- a sample\ncolor:").replace(", LS", "")
    (project / ".claude/agents/bad.md").write_text(text)
    assert "ACO902" in rules(capsys)
    assert "ACO902" not in rules(capsys, "--ignore", "ACO201")
    (project / ".claude/agents/bad.md").write_text(text.replace("ignore ACO201", "ignore aco201"))
    assert "ACO902" not in rules(capsys, "--ignore", "ACO201")


def test_suppressed_findings_are_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = BAD + "<!-- acolytes: ignore-file ACO201 ACO108 ACO303 -- a sample -->\n"
    (project / ".claude/agents/bad.md").write_text(text)
    assert main(["lint", "."]) == 0
    assert capsys.readouterr().out == "1 file: no findings; 3 suppressed\n"


def test_a_project_rules_finding_can_be_suppressed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = BAD.replace("name: bad", "# acolytes: ignore name-duplicate -- both are wanted\nname: bad")
    build_tree(project, {".claude/agents/bad.md": text, ".claude/agents/more.md": text})
    assert not {"ACO401", "ACO902"} & rules(capsys).keys()


def test_a_baseline_hides_what_was_there_and_nothing_else(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", ".", "--write-baseline", "known.json"]) == 0
    assert "wrote 3 findings to known.json" in capsys.readouterr().err
    assert rules(capsys, "--baseline", "known.json") == {}
    # lines move, and one finding is new
    text = BAD.replace("tools: Read, LS", "maxTurns: 3\ntools: Read, LS, MultiEdit")
    (project / ".claude/agents/bad.md").write_text(text)
    assert rules(capsys, "--baseline", "known.json") == {"ACO201": "error"}
    (project / ".acolytes.toml").write_text('[lint]\nbaseline = "known.json"\n')
    assert main(["lint", "."]) == 1
    assert "1 file: 1 error; 2 in the baseline\n" in capsys.readouterr().out
    # the same problem a second time is a new one
    (project / ".claude/agents/bad.md").write_text(BAD + "Also ~/claude/x.\n")
    assert rules(capsys) == {"ACO303": "warning"}
    (project / ".claude/agents/bad.md").write_text(BAD.replace(", LS", ""))
    assert main(["lint", "."]) == 0
    assert "gone since the baseline: 1 finding; renew it" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [{"path": 1}]}', "\x00"])
def test_a_broken_baseline_is_one_line(project: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (project / "known.json").write_text(text)
    assert main(["lint", ".", "--baseline", "known.json"]) == 2
    assert "known.json is not a baseline" in capsys.readouterr().err
    assert main(["lint", ".", "--baseline", "missing.json"]) == 2
    assert "baseline missing.json does not exist; make it with --write-baseline missing.json" in capsys.readouterr().err


def test_the_settings_in_the_documentation_are_right(project: Path) -> None:
    text = (ROOT / "docs" / "lint.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (project / "pyproject.toml").write_text(example)
    config = read_settings(project / "pyproject.toml")
    assert config.baseline == project / "lint-baseline.json"
    assert set(config.policy.severities) == {"ACO114"}
    assert config.policy.codes == Policy(("ACO2", "mojibake")).codes


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (".claude/agents/a.md", True),
        ("agents/team/a.md", True),
        ("skills/x/SKILL.md", True),
        (".claude/settings.local.json", True),
        (".claude-plugin/marketplace.json", True),
        ("hooks/hooks.json", True),
        (".mcp.json", True),
        ("README.md", False),
        ("package.json", False),
        ("settings.json", False),
    ],
)
def test_the_commit_hooks_run_for_the_files_that_the_linter_checks(path: str, wanted: bool) -> None:
    hooks = YAML(typ="safe", pure=True).load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for hook in hooks:
        assert hook["entry"].split()[:3] == ["acolytes", "lint", "."]
        assert hook["pass_filenames"] is False, "two agents of one name show only when all files are checked together"
        assert (re.search(hook["files"], path) is not None) == wanted
        assert not wanted or kind_of(Path(path)) is not None


@pytest.mark.parametrize(
    ("name", "content", "heading"),
    [("own.toml", "", "lint"), (".acolytes.toml", "", "lint"), ("pyproject.toml", "[tool.x]\n", "tool.acolytes.lint")],
)
def test_a_named_settings_file_must_have_settings(
    name: str, content: str, heading: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_tree(
        tmp_path, {name: content, ".claude/agents/a.md": "---\nname: aaa\ndescription: Use when.\n---\nDo it.\n"}
    )
    assert main(["lint", str(tmp_path), "--config", str(tmp_path / name)]) == 2
    said = f"has no table [{heading}]; write the settings below it, or leave out --config"
    assert capsys.readouterr().err == f"acolytes: {tmp_path / name} {said}\n"
    build_tree(tmp_path, {name: f"[{heading}]\n"})
    assert main(["lint", str(tmp_path), "--config", str(tmp_path / name)]) == 0
