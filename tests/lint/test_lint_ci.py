"""The linter in CI: the hooks of pre-commit, the action of GitHub, and the report for code scanning."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.report.sarif import MOST_RESULTS, sarif_report
from lint_mutations import PATHS
from support import ROOT, build_tree

HOOKS: list[dict[str, Any]] = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
ACTION: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
AGENT = "---\nname: reviewer\ndescription: Reviews code. Use when a change is written.\n---\n\nReview.\n"
OTHERS = ("README.md", "docs/page.md", "src/app.ts", "src/hooks/use.ts", "package.json", "data/settings.json.md")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_change_of_each_kind_starts_the_hook(hook: dict[str, Any]) -> None:
    more = ("plugins/a/agents/x.md", ".claude/settings.local.json", "sub/CLAUDE.local.md", ".claude/hooks/check.py")
    assert [path for path in (*PATHS, *more) if not re.search(hook["files"], path)] == []
    assert [path for path in OTHERS if re.search(hook["files"], path)] == []
    assert hook["pass_filenames"] is False


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one agent, and the hook as a local one: so pre-commit fetches nothing."""
    home, project = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(home / "pre-commit"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    hook = {**HOOKS[0], "language": "system"}
    build_tree(
        project,
        {
            ".claude/agents/a.md": AGENT,
            ".pre-commit-config.yaml": json.dumps({"repos": [{"repo": "local", "hooks": [hook]}]}),
        },
    )
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "start")
    return project


def git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True)


def staged(project: Path, path: str, text: str) -> subprocess.CompletedProcess[str]:
    """Add one file to the index, and run pre-commit on it."""
    build_tree(project, {path: text})
    git(project, "add", path)
    command = [sys.executable, "-m", "pre_commit", "run", "--color=never"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_pre_commit_finds_a_name_that_is_used_twice_with_one_staged_file(repository: Path) -> None:
    pytest.importorskip("pre_commit")
    done = staged(repository, ".claude/agents/b.md", AGENT)
    assert done.returncode == 1
    assert ".claude/agents/a.md:2:7: error ACO401 name-duplicate" in done.stdout
    assert ".claude/agents/b.md:2:7: error ACO401 name-duplicate" in done.stdout


@pytest.mark.parametrize(
    ("path", "text", "result"),
    [
        ("README.md", "# A\n", "Skipped"),
        (".claude/commands/run.md", "Run the tests.\n", "Passed"),
        (".claude/settings.json", '{"env": []}', "Failed"),
    ],
)
def test_pre_commit_runs_for_files_of_the_client(repository: Path, path: str, text: str, result: str) -> None:
    pytest.importorskip("pre_commit")
    done = staged(repository, path, text)
    assert done.stdout.partition("\n")[0].endswith(result), done.stdout


def test_inputs_of_the_action_are_never_parts_of_a_script() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert [step for step in STEPS if "${{" in step["run"] or step["shell"] != "bash"] == []
    given = {value for step in STEPS for value in step["env"].values()}
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= given


def act(project: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run the second step of the action as GitHub does; return what it did and its outputs."""
    runner = project.parent / "runner"
    programs = runner / "acolytes" / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    if not (programs / "acolytes").exists():
        (programs / "acolytes").symlink_to(Path(sys.executable).parent / "acolytes")
    step = STEPS[1]
    names = {value.removeprefix("${{ inputs.").removesuffix(" }}"): key for key, value in step["env"].items()}
    values = {names[name]: entry["default"] for name, entry in ACTION["inputs"].items()}
    values |= {names[name.replace("_", "-")]: value for name, value in inputs.items()}
    outputs = runner / "outputs"
    outputs.write_text("")
    home = {"HOME": str(project.parent), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        # as GitHub calls it: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=project,
        env={**home, **values, "RUNNER_TEMP": str(runner), "GITHUB_OUTPUT": str(outputs)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, dict(line.split("=", 1) for line in outputs.read_text().splitlines())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one mistake."""
    build_tree(tmp_path / "project", {".claude/agents/a.md": AGENT, ".claude/settings.json": '{"env": []}'})
    return tmp_path / "project"


def test_the_action_writes_annotations(project: Path) -> None:
    done, outputs = act(project)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=.claude/settings.json,line=1,")
    assert outputs == {"exit-code": "1"}


def test_the_action_can_only_report(project: Path) -> None:
    done, outputs = act(project, fail="never", format="sarif", sarif_file="out.sarif")
    assert done.returncode == 0
    assert outputs == {"exit-code": "1", "sarif-file": "out.sarif"}
    assert json.loads((project / "out.sarif").read_text())["runs"][0]["results"]


def test_the_action_never_hides_a_wrong_option(project: Path) -> None:
    done, outputs = act(project, fail="never", options="--no-such-option")
    assert done.returncode == 2
    assert outputs == {"exit-code": "2"}


def test_the_action_takes_several_paths_and_options(project: Path) -> None:
    shutil.copytree(project / ".claude", project / "with space" / ".claude")
    done, _ = act(project, paths="with space\n.claude/agents\n", options="--format=text\n--select=ACO5\n\n")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()[:-1]] == ["with space/.claude/settings.json"]


@pytest.mark.parametrize(
    "text", ["$(touch pwned)", "`touch pwned`", "a; touch pwned", '"; touch pwned; "', "--output=x"]
)
@pytest.mark.parametrize("name", ["paths", "sarif_file", "options", "format", "fail"])
def test_no_input_of_the_action_runs_a_command(project: Path, name: str, text: str) -> None:
    act(project, **{name: text})
    assert not (project / "pwned").exists()


def test_an_output_of_the_action_has_one_line(project: Path) -> None:
    _, outputs = act(project, format="sarif", sarif_file="out.sarif\nexit-code=0")
    assert outputs == {"exit-code": "1", "sarif-file": "out.sarif"}


def test_a_report_with_more_results_than_github_takes_keeps_the_errors() -> None:
    def finding(number: int) -> Finding:
        severity = "error" if number % 10 == 0 else "warning"
        return Finding("a.md", number + 1, 1, "ACO201", "tool-removed", severity, f"Message {number}.")  # type: ignore[arg-type]

    findings = tuple(map(finding, range(MOST_RESULTS + 100)))
    (run,) = json.loads(sarif_report(LintReport(findings, 1)))["runs"]
    levels = [result["level"] for result in run["results"]]
    assert len(levels) == MOST_RESULTS
    assert levels.count("error") == sum(one.severity == "error" for one in findings)
    lines = [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in run["results"]]
    assert lines == sorted(lines)
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "100 of 25,100 findings are left out: GitHub takes at most 25,000."


def test_rules_keep_the_limits_of_code_scanning() -> None:
    (run,) = json.loads(sarif_report(LintReport((), 0)))["runs"]
    assert "invocations" not in run
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["name"]) <= 255
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 20
