"""The examples in the docstrings of the calculators are right."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import acolytes_perf

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(acolytes_perf.__path__, "acolytes_perf.")
    if not module.name.endswith(("__main__", "jtl_arrays"))
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_are_right(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def test_the_examples_are_collected() -> None:
    finder = doctest.DocTestFinder()
    examples = sum(len(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name)))
    assert examples >= 40
