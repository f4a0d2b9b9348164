"""What derives from the declarations is current, and the declarations are complete."""

import doctest
import importlib
import json
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.generate import files
from acolytes_perf.inputs.fields import Field
from support import find_python

ROOT = Path(__file__).parents[2]


#: Written out, so that a calculator without its references fails in the tests and not in their collection.
PATHS = [
    *(f"schemas/perf/{name.replace(' ', '-')}.json" for name in [*commands.names(), "result"]),
    "docs/calculators.md",
    "docs/result-files.md",
]


def test_every_generated_file_is_compared() -> None:
    assert sorted(files()) == sorted(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_generated_file_is_current(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == files()[path], "run: python3 dev.py generate"


def test_no_schema_is_left_over() -> None:
    found = {f"schemas/perf/{path.name}" for path in (ROOT / "schemas/perf").iterdir()}
    assert found == {path for path in files() if path.startswith("schemas/")}


@pytest.mark.parametrize("name", commands.names())
def test_the_schemas_example_is_valid_and_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert main([*name.split(), "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for example in schema["examples"]:
        validator.validate(example)
        assert main([*name.split(), "--input", json.dumps(example)]) == 0
    assert main(shlex.split(schema["$comment"].removeprefix("acolytes-perf "))) == 0
    assert not validator.is_valid({**schema["examples"][0], "colour": "blue"})


@pytest.mark.parametrize("name", commands.names())
def test_each_field_is_described_and_its_example_and_default_are_accepted(name: str) -> None:
    schema = json.loads(files()[f"schemas/perf/{name.replace(' ', '-')}.json"])
    for field in commands.load(name).fields:
        assert field.doc
        assert field.read(field.example)
        one = jsonschema.Draft202012Validator(schema["properties"][field.name])
        one.validate(field.example)
        if isinstance(field, Field) and field.max_items:
            one.validate(field.example.split(","))
        if field.default is not None:
            assert field.read(field.default)


def test_the_schemas_refuse_a_bare_number_where_a_unit_is_needed() -> None:
    schema = json.loads(files()["schemas/perf/queue-size.json"])
    validator = jsonschema.Draft202012Validator(schema)
    assert not validator.is_valid({"service_time": 80})
    assert not validator.is_valid({"service_time": "80"})
    assert validator.is_valid({"service_time": "80ms", "p_wait": 0.2})
    assert not validator.is_valid({"p_wait": 20})


@pytest.mark.parametrize(
    "name", ["methods.queueing.mmc", "methods.queueing.general", "methods.reliability.availability", "wording"]
)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"acolytes_perf.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_the_oldest_python_gives_the_same_answer(tmp_path: Path) -> None:
    old = find_python("3.9")
    if old is None:
        pytest.skip("no Python 3.9 here")
    path = str(ROOT / "scripts")
    start = f"import sys; sys.path.insert(0, {path!r}); from acolytes_perf.cli import main; sys.exit(main())"
    by_age = [[python, "-B", "-I", "-S", "-c", start] for python in (str(old), sys.executable)]
    for name in commands.names():
        call = [*name.split(), "--input", json.dumps(dict(commands.load(name).example)), "--json"]
        old_output, output = (
            subprocess.run([*words, *call], capture_output=True, cwd=tmp_path, check=True).stdout for words in by_age
        )
        assert old_output == output
        for extra in (["--explain"], ["--schema"], ["--help"], ["--out", "x.json"]):
            words = [*by_age[0], *call[:-1], *extra]
            assert subprocess.run(words, capture_output=True, cwd=tmp_path, check=False).returncode == 0, extra
