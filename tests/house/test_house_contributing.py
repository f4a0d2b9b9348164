"""CONTRIBUTING.md is true: its examples, put into a copy of the tree, work from the declaration to the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from markdown_it import MarkdownIt

from support import ROOT, answer, copy_of_the_tree, run_hook

PLACE = re.compile(r"^`(?P<path>[^`]+)`, (?:a new file|below the line `+ ?(?P<line>.+?) ?`+):$")


class Step(NamedTuple):
    """A block of an example: where it goes. Without ``below`` it is a whole file."""

    example: str
    path: str
    below: str | None
    content: str


def steps() -> Iterator[Step]:
    tokens = MarkdownIt("commonmark").parse((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    heading = text = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            text = token.content
            heading = text if before is not None and before.type == "heading_open" else heading
        elif token.type == "fence" and (place := PLACE.match(text)):
            yield Step(heading, place["path"], place["line"], token.content)
            text = ""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with all examples, and with what is generated from them."""
    root = copy_of_the_tree(tmp_path_factory.mktemp("contributing") / "tree")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    for step in steps():
        path = root / step.path
        if step.below is None:
            assert not path.exists(), f"{step.path} is not new"
            path.write_text(step.content, "utf-8")
        else:
            lines = path.read_text("utf-8").splitlines(keepends=True)
            number = [line.strip() for line in lines].index(step.below)
            path.write_text("".join([*lines[: number + 1], step.content, *lines[number + 1 :]]), "utf-8")
    done = run(root, "dev.py", "generate")
    assert done.returncode == 0, done.stderr
    return root


def run(root: Path, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python with the sources of this copy."""
    path = os.pathsep.join(str(root / name) for name in ("installer", "scripts"))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder or root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_examples_touch_as_few_files_as_they_say() -> None:
    files: dict[str, set[str]] = {}
    for step in steps():
        files.setdefault(step.example, set()).add(step.path)
    assert {example: len(paths) for example, paths in files.items()} == {
        "A lint rule": 2,
        "A calculator": 4,
    }


@pytest.mark.slow
def test_the_examples_keep_style_types_and_contracts(tree: Path) -> None:
    written = sorted({step.path for step in steps() if step.path.endswith(".py")})
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        done = run(tree, "-m", *command, *written)
        assert done.returncode == 0, done.stdout + done.stderr
    done = run(tree, "dev.py", "generate", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_new_rule_reports_and_is_documented(tree: Path, tmp_path: Path) -> None:
    agent = tmp_path / "agents" / "a.md"
    agent.parent.mkdir()
    agent.write_text("---\nname: a\ndescription: Use when testing.\n---\nTODO: which?\n", "utf-8")
    done = run(tree, "-m", "acolytes_cc", "lint", "agents", "--select", "body-todo", folder=tmp_path)
    assert "agents/a.md:5:1: warning ACO399 body-todo: The body has a TODO." in done.stdout
    assert "[body-todo](#aco399-body-todo)" in (tree / "docs/lint-rules.md").read_text("utf-8")
    run_tests(tree, "tests/lint/test_lint_rules.py", "body-todo")


@pytest.mark.slow
def test_a_new_calculator_answers_and_is_documented(tree: Path) -> None:
    done = run(tree, "-m", "acolytes_perf", "queue", "little", "--arrival-rate", "12/s", "--response-time", "500ms")
    assert done.stdout.startswith("6 requests are in the system on average."), done.stderr
    assert "## `acolytes-perf queue little`" in (tree / "docs/calculators.md").read_text("utf-8")
    assert (tree / "schemas/perf/queue-little.json").is_file()
    assert "queue little" in run(tree, "-m", "acolytes_perf").stdout
    allowed = call_hook(tree, "pre_tool_use", "ops.performance", "acolytes-perf queue little --arrival-rate 12/s")
    assert allowed["permissionDecision"] == "allow"
    run_tests(tree, "tests/perf", "little")


def run_tests(root: Path, path: str, expression: str) -> None:
    done = run(root, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", path, "-k", expression)
    assert done.returncode == 0, done.stdout


def call_hook(root: Path, name: str, agent: str, command: str) -> dict[str, Any]:
    """What the hook of this copy answers for a command of the agent."""
    event = {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": command}}
    event |= {"agent_id": "a1", "agent_type": agent, "session_id": "s1", "cwd": str(root)}
    reply: dict[str, Any] = answer(run_hook(name, event, folder=root / "hooks"))["hookSpecificOutput"]
    return reply
