"""CONTRIBUTING.md is true: its examples work when they are put into a copy of the tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt

from support import ROOT, copy_of_the_tree

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
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder or root, env=environment, capture_output=True, text=True, check=False)


def test_the_examples_touch_as_few_files_as_they_say() -> None:
    files: dict[str, set[str]] = {}
    for step in steps():
        files.setdefault(step.example, set()).add(step.path)
    assert {example: len(paths) for example, paths in files.items()} == {
        "A lint rule": 2,
        "A calculator": 4,
        "A verb of the quest board": 3,
        "An agent": 2,
        "A hook": 3,
    }


def test_the_examples_keep_style_types_and_contracts(tree: Path) -> None:
    written = sorted({step.path for step in steps() if step.path.endswith(".py")})
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        done = run(tree, "-m", *command, *written)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_of_the_examples_pass(tree: Path) -> None:
    folders = ("tests/agents", "tests/hooks", "tests/lint/test_lint_rules.py", "tests/perf", "tests/quest")
    names = "members or body-todo or little or review.releases or review_releases or hook_failure or hook_declarations"
    done = run(tree, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *folders, "-k", names)
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 30
