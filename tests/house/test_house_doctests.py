"""Every example in a docstring does what it says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from support import ROOT

ROOTS = (ROOT / "installer", ROOT / "scripts", ROOT / "hooks", ROOT / "bench", ROOT / "docs")
MODULES = {
    ".".join(path.relative_to(root).with_suffix("").parts): path
    for root in ROOTS
    for path in sorted(root.rglob("*.py"))
    if not path.is_symlink() and ">>> " in path.read_text("utf-8")
}


def test_there_are_examples() -> None:
    assert len(MODULES) > 10


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "bench")
    monkeypatch.syspath_prepend(ROOT / "docs")
    module = importlib.import_module(name)
    assert Path(str(module.__file__)) == MODULES[name]
    result = doctest.testmod(module)
    assert result.attempted, "the examples are not in docstrings"
    assert not result.failed
