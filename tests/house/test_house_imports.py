"""Which module may import which: the contracts in pyproject.toml, and what they cannot say."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, copy_of_the_tree

SOURCES = {
    "acolytes_cc": ROOT / "installer" / "acolytes_cc",
    "acolytes_perf": ROOT / "scripts" / "acolytes_perf",
    "acolytes_quest": ROOT / "scripts" / "acolytes_quest",
    "hooks": ROOT / "hooks",
}
OURS = {"acolytes_cc", "acolytes_perf", "acolytes_quest", *(path.stem for path in SOURCES["hooks"].glob("*.py"))}


def imports(path: Path) -> set[str]:
    """The top-level packages that the file imports, at whatever depth in its code."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:  # a relative one stays in its package
            names.add(str(node.module).split(".")[0])
    return names


def imports_of(package: str) -> set[str]:
    paths = sorted(SOURCES[package].rglob("*.py"))
    assert paths
    return set().union(*map(imports, paths))


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(root / name) for name in ("installer", "scripts"))
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_keep_the_contracts() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("scripts/acolytes_quest/errors.py", "from .stores import engine", "Layers of the board"),
        ("scripts/acolytes_quest/board/__init__.py", "import acolytes_perf", "The board imports nothing else of ours"),
        ("scripts/acolytes_perf/methods/__init__.py", "from ..outputs import document", "Layers of the calculators"),
        ("scripts/acolytes_perf/errors.py", "from . import declare", "No cycles"),
        ("installer/acolytes_cc/definitions/__init__.py", "from ..lint import engine", "Layers of the application"),
        ("hooks/hook_io.py", "import acolytes_cc.errors", "A hook imports what the board has for hooks"),
        (
            "installer/acolytes_cc/errors.py",
            "from acolytes_quest.stores import engine",
            "The application knows the board",
        ),
    ],
)
def test_an_import_against_a_contract_is_noticed(tmp_path: Path, module: str, line: str, contract: str) -> None:
    tree = copy_of_the_tree(tmp_path / "tree", "pyproject.toml", "installer", "scripts", "hooks")
    with (tree / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(tree)
    assert done.returncode == 1
    assert re.search(rf"^{contract}[^.]* BROKEN", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("package", ["acolytes_quest", "hooks", "acolytes_perf"])
def test_what_runs_without_an_environment_imports_the_standard_library_only(package: str) -> None:
    # the contracts say which of our own packages it may import
    assert imports_of(package) - set(sys.stdlib_module_names) - OURS == set()


def test_declared_dependencies_are_those_that_are_imported() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    language_server = re.search(r"^lsp = \[(.*)\]$", text, re.MULTILINE)
    assert block
    assert language_server
    declared = set(re.findall(r'"([A-Za-z0-9._-]+?)[><=\["]', block[1] + language_server[1]))
    provides = {"jinja2": "copier", "ruamel": "ruamel.yaml", "markdown_it": "markdown-it-py"}
    used = {provides.get(top, top) for top in imports_of("acolytes_cc")} - set(sys.stdlib_module_names) - OURS
    assert used - {"claude_agent_sdk"} == declared
