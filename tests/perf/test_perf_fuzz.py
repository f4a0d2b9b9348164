"""Random inputs made from the declarations: an answer with finite numbers, or one line; never a bug."""

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.inputs.fields import Field, InputDeclaration
from acolytes_perf.inputs.tables import Table
from acolytes_perf.schemas import result_schema
from perf_fuzzing import Fuzzer, judged

JUNK: st.SearchStrategy[object] = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=12),
    st.sampled_from(["", "..", ":", ",", "1e308", "-0", "0", "1e-300s", "1e300/s", "0%", "100%", "99.9999%", "9d..1s"]),
    st.lists(st.integers(-2, 2), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


def values(field: InputDeclaration) -> st.SearchStrategy[object]:
    """What may be meant for a field, near its bounds too, and now and then junk."""
    if isinstance(field, Table):
        row = st.fixed_dictionaries({}, optional={column.name: values(column) for column in field.columns})
        good = st.one_of(st.just(field.example), st.lists(row, max_size=4))
    else:
        assert isinstance(field, Field)
        good = st.just(field.example)
        if field.kind.name != "text":
            inside = st.one_of(st.floats(field.minimum, field.maximum), st.sampled_from([field.minimum, field.maximum]))
            near = inside.map(lambda value: field.kind.show(_whole(field, value)))
            good = st.one_of(good, near, st.lists(near, max_size=3) if field.max_items else near)
    return st.integers(0, 7).flatmap(lambda chance: JUNK if chance == 0 else good)


def _whole(field: Field, value: float) -> float:
    return round(value) if field.kind.name == "count" else value


def calls(name: str) -> st.SearchStrategy[dict[str, Any]]:
    fields = commands.load(name).fields
    example = commands.load(name).example
    changed = st.fixed_dictionaries({}, optional={field.name: values(field) for field in fields})
    return st.one_of(changed, changed.map(lambda change: {**example, **change}))


def _finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("name", commands.names())
def test_no_input_is_a_bug(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    validator = jsonschema.Draft202012Validator(result_schema())

    @given(calls(name))
    def check(inputs: dict[str, Any]) -> None:
        code = main([*name.split(), "--input", json.dumps(inputs), "--json"])
        output, error = capsys.readouterr()
        if code in (2, 3):
            assert output == ""
            assert error.count("\n") == 1
            assert error.isascii()
            return
        assert code in (0, 1), error
        found = json.loads(output, parse_constant=pytest.fail)
        assert _finite(found)
        validator.validate(found)

    check()


@pytest.mark.parametrize("name", commands.names())
def test_mixed_options_and_damaged_files_are_no_bug(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few of the calls that `bench/perf_fuzz.py` makes by the thousand."""
    monkeypatch.chdir(tmp_path)
    fuzzer = Fuzzer(7, tmp_path)
    for _ in range(10):
        words = fuzzer.call(name)
        verdict = judged(words)
        assert not verdict.faults, (words, verdict)
