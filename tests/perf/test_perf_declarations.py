"""A calculator is complete: its module, its references and kinds, its cases, and its place in the agent's text.

Everything else (help, schema, documentation page, lists for the allowing hook) derives from these files.
"""

import contextlib
import itertools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf import commands, references
from acolytes_perf.declare import Command
from acolytes_perf.errors import PerfError
from acolytes_perf.inputs.fields import Field, InputDeclaration
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.kinds import READINGS, rules
from perf_cases import CASES, FOLDER
from support import ROOT

REFERENCES = ROOT / "scripts/acolytes_perf/references"
AGENT_TEXTS = [*(ROOT / "agent_templates").rglob("*.md"), *(ROOT / "agent_templates").rglob("*.jinja")]


def test_no_file_belongs_to_a_command_that_does_not_exist() -> None:
    modules = {name.replace(" ", "_").replace("-", "_") for name in commands.names()}
    for folder in (REFERENCES, FOLDER):
        left_over = sorted(path.name for path in folder.iterdir() if path.stem not in modules)
        assert left_over == [], f"{folder} has files of no command"


def test_a_command_of_one_word_is_no_area_and_no_other_word_of_the_command_line() -> None:
    areas = {commands.area(name) for name in commands.names() if " " in name}
    assert areas.isdisjoint(commands.names())
    assert {"verify", "help"}.isdisjoint({*areas, *commands.names()})
    assert all(len(name.split()) <= 2 for name in commands.names())


@pytest.mark.parametrize("name", commands.names())
def test_a_command_has_all_of_its_files(name: str) -> None:
    file = f"{name.replace(' ', '_').replace('-', '_')}.json"
    assert (REFERENCES / file).is_file(), f"{name}: write references/{file} with references and kinds"
    content = references.read(name)
    assert set(content) == {"references", "kinds"}
    assert content["references"], f"{name}: references/{file} has no figure from another source"
    assert content["kinds"], f"{name}: references/{file} has no kind, so verify can read no entry for it"
    assert name in CASES, f"{name}: write tests/perf/cases/{file} with the calls that it answers and refuses"
    assert set(CASES[name]) == {"answered", "refused"}
    assert CASES[name]["answered"], f"{name}: tests/perf/cases/{file} has no call that it answers"
    assert CASES[name]["refused"], f"{name}: tests/perf/cases/{file} has no call that it refuses"
    texts = (path.read_text(encoding="utf-8") for path in AGENT_TEXTS)
    assert any(name in text for text in texts), f"{name}: mention it in agent_templates"


@pytest.mark.parametrize("name", commands.names())
def test_a_kind_names_inputs_results_and_columns_of_its_command(name: str) -> None:
    command = commands.load(name)
    known = {field.name for field in command.fields}
    for rule in rules(name):
        assert set(rule) <= {"for", "inputs", "each", "when", "needs", "expected"}
        assert set(rule["inputs"]) <= known
        assert set(rule.get("needs", [])) <= set(rule["expected"])
        for spec in rule["expected"].values():
            assert _is_declared(command, {"of": spec} if isinstance(spec, str) else spec), spec


def _is_declared(command: Command, spec: Mapping[str, Any]) -> bool:
    names: Mapping[str, str] = command.tables.get(spec["table"], {}) if "table" in spec else command.results
    is_known = spec["of"].replace("{i}", "N").replace("samples_1", "samples_N") in names
    return is_known and set(spec) <= {"of", "table", "row", "as", "by"} and spec.get("by", "value") in _READINGS


_READINGS = {*READINGS, "interval"}


OPENED: list[str] = []
sys.addaudithook(lambda event, args: OPENED.append(str(args[0])) if event == "open" else None)


@pytest.mark.parametrize("name", commands.names())
def test_the_inputs_whose_files_are_read_are_declared_as_files(name: str, tmp_path: Path) -> None:
    command = commands.load(name)
    file = tmp_path / "run.csv"
    file.write_text("1\n")
    partner = tmp_path / "partner.csv"  # some files are read only beside another one
    partner.write_text("1\n")
    read = set()
    for field in (field for field in command.fields if isinstance(field, Table) or _takes_any_text(field)):
        others = [{}, *({name: str(partner)} for name in command.file_inputs if name != field.name)]
        for left_out, other in itertools.product(command.example, others):
            example = {name: value for name, value in {**command.example, **other}.items() if name != left_out}
            OPENED.clear()
            with contextlib.suppress(PerfError):
                command.run(command.check({**example, field.name: str(file)}))
            if str(file) in OPENED:
                read.add(field.name)
    assert read == set(command.file_inputs), f"{name}: set is_file for the inputs that name files to read"


def _takes_any_text(field: InputDeclaration) -> bool:
    return isinstance(field, Field) and field.kind is TEXT and not (field.choices or field.pattern)
