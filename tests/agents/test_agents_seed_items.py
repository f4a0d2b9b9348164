"""docs/seed-items.md: each of the seed's 83 items has a command or a section that says how, and a test."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf import commands
from agents_rendering import rendering
from support import ROOT

#: What the seed lists in each part, as the issue that asked for this table counts them.
ITEMS = 83
#: A paragraph with its list or table that is shorter does not say how something is done.
FEWEST_WORDS = 25


@cache
def generator() -> Any:
    spec = importlib.util.spec_from_file_location("seed_items", ROOT / "docs" / "seed_items.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHOSEN = json.loads((ROOT / "docs" / "seed-items.json").read_text("utf-8"))
CHOICES = [(f"{number} {choice['item']}", choice) for number, choice in enumerate(CHOSEN["items"], 1)]
each_item = pytest.mark.parametrize("choice", [pytest.param(choice, id=name) for name, choice in CHOICES])


def section(target: str) -> str:
    """The text below a heading of the second level of a rendered file."""
    path, _, heading = target.partition("#")
    return rendering()[path].partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_items_are_the_seeds_own_words() -> None:
    seed = (ROOT / "tests" / "lint" / "data" / "seed" / "ops.performance.md").read_text("utf-8")
    items = generator().seed_items()
    rows = re.findall(r"^\| \*\*(.+?)\*\*: (.+?) \| ", generator().PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(items) == ITEMS
    assert rows == [(item.name, item.text) for item in items]
    assert not [name for name, text in rows if f"**{name}**: {text}\n" not in seed]


def test_the_page_is_current() -> None:
    assert generator().PAGE.read_text("utf-8") == generator().page()


def test_no_cell_of_the_table_is_empty() -> None:
    rows = [line for line in generator().PAGE.read_text("utf-8").splitlines() if line.startswith("| **")]
    assert len(rows) == ITEMS
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 4, row
        assert all(len(cell) > 2 for cell in cells), row


@each_item
def test_commands_exist_and_their_section_names_them(choice: dict[str, Any]) -> None:
    text = section(choice["section"])
    for name in choice.get("commands", ()):
        assert name in commands.names()
        assert re.search(rf"`{name}\b|acolytes-perf {name} ", text), name


@each_item
def test_what_no_command_decides_has_steps_or_a_template(choice: dict[str, Any]) -> None:
    assert ("commands" in choice) != ("judgement" in choice)
    if "judgement" in choice:
        _, start, rest = section(choice["section"]).partition(choice["judgement"])
        assert start
        # a paragraph, with the list, table or code block below it
        how = re.split(r"\n\n(?![-|`\d])", rest)[0]
        assert len(how.split()) >= FEWEST_WORDS


@pytest.mark.parametrize(("name", "path"), CHOSEN["tests"].items())
def test_the_test_of_a_command_tests_it(name: str, path: str) -> None:
    module = name.replace(" ", "_").replace("-", "_")
    tree = ast.parse((ROOT / "scripts" / "acolytes_perf" / "commands" / f"{module}.py").read_text("utf-8"))
    used = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    methods = {used_name.rpartition(".")[2] for used_name in used if used_name.startswith("acolytes_perf.")}
    methods |= {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "acolytes_perf.methods"
        for alias in node.names
    }
    text = (ROOT / path).read_text("utf-8")
    assert "def test_" in text
    assert any(re.search(rf"\b{word}\b", text) for word in (name, module, *methods - {"declare", "outcome", "errors"}))


def test_a_table_for_another_seed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "seed-items.json"
    items = [*CHOSEN["items"]]
    items[3] = {**items[3], "item": "Other"}
    for wrong, message in ((items, "'Other' where the seed has 'Bottleneck Analysis'"), (items[:3], "has 3 items")):
        changed.write_text(json.dumps({**CHOSEN, "items": wrong}), "utf-8")
        monkeypatch.setattr(generator(), "CHOICES", changed)
        with pytest.raises(ValueError, match=message):
            generator().page()
