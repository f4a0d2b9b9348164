"""The house: style, types and the one-way arrows between packages, held by the command that runs the tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

SOURCES = {
    "acolytes_cc": ROOT / "installer" / "acolytes_cc",
    "acolytes_perf": ROOT / "scripts" / "acolytes_perf",
    "acolytes_quest": ROOT / "scripts" / "acolytes_quest",
    "hooks": ROOT / "hooks",
}
# package or part -> what it may import of ours
ARROWS = {
    "acolytes_cc": {"acolytes_cc"},
    "acolytes_perf": {"acolytes_perf"},
    "acolytes_quest": {"acolytes_quest"},
    "hooks": {"acolytes_quest", "hook_io", "simple_call"},
}
# inside the application: cli -> install -> lint -> definitions, cli -> doctor -> install, lint
PARTS = {
    "definitions": {"definitions"},
    "lint": {"lint", "definitions"},
    "install": {"install", "lint", "definitions"},
    "build": {"build", "install", "lint", "definitions"},
    "doctor": {"doctor", "install", "lint", "definitions"},
    "new": {"new", "lint", "definitions"},
}
BASE = {"errors", "progress", "resources"}
#: The same of the calculators' folders.
PERF_PARTS = {
    "inputs": {"inputs"},
    "result_files": {"result_files"},
    "methods": {"methods", "inputs", "result_files"},
    "outputs": {"outputs", "methods", "inputs", "references"},
    "load_scripts": {"load_scripts", "inputs", "outputs"},
    "commands": {"commands", "inputs", "methods", "outputs", "result_files", "load_scripts"},
}
PERF_BASE = {"SCHEMA", "__version__", "declare", "errors", "wording"}
OURS = {"acolytes_cc", "acolytes_perf", "acolytes_quest", "hook_io", "simple_call", "pre_tool_use"}


def imports(path: Path) -> set[str]:
    """Every module that the file imports, at whatever depth, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:  # a relative one stays in its package
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def modules(package: str) -> list[Path]:
    return sorted(SOURCES[package].rglob("*.py"))


@pytest.mark.parametrize("package", sorted(SOURCES))
def test_arrows_between_packages_point_one_way(package: str) -> None:
    assert modules(package)
    for path in modules(package):
        for name in imports(path):
            top = name.split(".")[0]
            assert top not in OURS or top in ARROWS[package], f"{path} imports {name}"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_arrows_inside_the_application_point_one_way(part: str) -> None:
    for path in sorted((SOURCES["acolytes_cc"] / part).rglob("*.py")):
        for name in imports(path):
            if name.startswith("acolytes_cc."):
                target = name.split(".")[1]
                assert target in PARTS[part] | BASE | {"__version__"}, f"{path} imports {name}"


@pytest.mark.parametrize("part", sorted(PERF_PARTS))
def test_arrows_inside_the_calculators_point_one_way(part: str) -> None:
    paths = sorted((SOURCES["acolytes_perf"] / part).rglob("*.py"))
    assert len(paths) > 1
    for path in paths:
        for name in imports(path):
            if name.startswith("acolytes_perf."):
                target = name.split(".")[1]
                assert target in PERF_PARTS[part] | PERF_BASE, f"{path} imports {name}"


@pytest.mark.parametrize("package", ["acolytes_quest", "hooks", "acolytes_perf"])
def test_what_runs_without_an_environment_imports_the_standard_library_only(package: str) -> None:
    for path in modules(package):
        for name in imports(path):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or top in OURS, f"{path} imports {name}"


def test_no_file_is_over_500_lines() -> None:
    folders = [*SOURCES.values(), ROOT / "tests", ROOT / "bench", ROOT / "installer"]
    long = {
        str(path): lines
        for folder in folders
        for path in folder.rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 500
    }
    assert long == {}


def test_declared_dependencies_are_those_that_are_imported() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert block
    declared = set(re.findall(r'"([A-Za-z0-9._-]+?)[><=\["]', block[1]))
    tops = {name.split(".")[0] for path in modules("acolytes_cc") for name in imports(path)}
    provides = {"jinja2": "copier", "ruamel": "ruamel.yaml", "markdown_it": "markdown-it-py"}
    used = {provides.get(top, top) for top in tops} - set(sys.stdlib_module_names) - OURS
    assert used - {"claude_agent_sdk"} == declared


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ],
    ids=["ruff-check", "ruff-format", "mypy-strict"],
)
def test_style_and_types(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_nothing_of_a_machine_is_in_tracked_text() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    pattern = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:root|home/(?!dev\b|you\b|user\b)[a-z]+|work|Users)/[A-Za-z0-9._-]+")
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            found = pattern.search(path.read_bytes().decode("utf-8", "replace"))
            assert not found, f"{name}: {found[0] if found else ''}"
