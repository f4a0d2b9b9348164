"""The tasks of development: `python3 dev.py TASK`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, SLOW, copy_of_the_tree


def dev(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "dev.py", *arguments], cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_every_generated_file_is_current() -> None:
    done = dev("generate", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_generated_file_that_is_out_of_date_is_named_and_then_written(tmp_path: Path) -> None:
    tree = copy_of_the_tree(tmp_path / "tree")
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    page = tree / "docs" / "lint-rules.md"
    current = page.read_text("utf-8")
    page.write_text(current + "more\n", "utf-8")
    (tree / "schemas" / "perf" / "slo-budget.json").unlink()
    project = tree / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace('\nversion = "', '\nversion = "9.'), "utf-8")

    done = dev("generate", "--check", root=tree)
    assert done.returncode == 1
    stale = {line.removesuffix(" is out of date") for line in done.stderr.splitlines() if "out of date" in line}
    names = ("installer/acolytes_cc", "scripts/acolytes_perf", "scripts/acolytes_quest")
    packages = [f"{name}/__init__.py" for name in names]
    versioned = [*packages, "editors/vscode/package.json", "editors/zed/Cargo.toml", "editors/zed/extension.toml"]
    assert {"docs/lint-rules.md", "schemas/perf/slo-budget.json", *versioned} <= stale
    assert "README.md" not in stale
    assert "run: python3 dev.py generate" in done.stderr
    assert page.read_text("utf-8") == current + "more\n"

    assert dev("generate", root=tree).returncode == 0
    assert page.read_text("utf-8") == current
    assert (tree / "schemas" / "perf" / "slo-budget.json").is_file()
    for name in versioned:
        assert (tree / name).read_text("utf-8").count('"9.') == 1, name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "all"], "dev.py: generate takes only --check, not all"),
        (["check", "--fast"], "dev.py: check takes no options, not --fast"),
        (["version", "2"], "dev.py: version takes no options, not 2: change it in pyproject.toml"),
    ],
)
def test_an_option_that_a_task_does_not_have_is_refused(arguments: list[str], message: str) -> None:
    done = dev(*arguments)
    assert (done.returncode, done.stderr) == (2, message + "\n")


def test_every_task_is_named_in_contributing() -> None:
    listed = dev("--help").stdout.split("tasks:\n")[1].splitlines()
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for task in (line.split()[0] for line in listed if line.strip()):
        assert f"python3 dev.py {task}" in text or f"`{task}`" in text, task


def test_the_modules_that_are_called_slow_exist() -> None:
    assert {path.stem for path in (ROOT / "tests").rglob("test_*.py")} >= SLOW
