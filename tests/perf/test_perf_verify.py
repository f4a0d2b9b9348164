"""`verify`: worked examples in a foreign form are reproduced, off, or not covered."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main

#: Entries as others write them, with a place for the figure: [command, inputs, name of a figure, value, tolerance].
ENTRIES: list[tuple[str, dict[str, Any], str, Any, dict[str, float]]] = [
    ("queue mmc", {"offered_load_erlang": 3, "servers": 4}, "C", 0.5094339622641509, {"rel": 1e-12}),
    ("queue mmc", {"offered_load_erlang": 4, "servers": 4}, "B", 0.31067961165048547, {"rel": 1e-12}),
    ("queue mmc", {"lambda": 3, "mu": 4}, "mean", 1.0, {"abs": 1e-12}),
    ("queue mgc", {"lambda": 0.8, "service_mean": 1, "scv": 0.5}, "Wq", 3.0, {"rel": 1e-12}),
    ("queue mgc", {"servers": 1, "rho": 0.5, "service_mean": 2, "scv": 3}, "Wq", 4.0, {"rel": 1e-12}),
    ("queue size", {"offered_load_erlang": 3, "blocking": 0.2}, "servers", 5, {"abs": 0}),
    ("queue size", {"offered_load_erlang": 5, "p_wait_max": [0.5, 0.1]}, "exact", [7, 9], {"abs": 0}),
    ("slo budget", {"slo": 0.99, "window_d": 28, "downtime_min": 6.048 * 60}, "consumed", 0.9, {"abs": 1e-12}),
    ("slo budget", {"slo": [0.99, 0.9]}, "day_min", [14.4, 144], {"rel": 1e-9}),
    ("slo alerts", {"burn": 10, "window_d": 30}, "exhaust_h", 72, {"abs": 1e-9}),
    ("slo compose", {"availability": [0.9, 0.9], "mode": "parallel"}, "availability", 0.99, {"abs": 1e-12}),
    ("slo compose", {"parallel": [0.9, 0.8], "series": [0.5, 0.5]}, "total", 0.245, {"abs": 1e-12}),
    ("slo compose", {"mtbf_h": 99, "mttr_h": 1}, "availability", 0.99, {"abs": 1e-12}),
    ("loadtest plan", {"X_per_s": 4, "R_s": 1, "Z_s": 2}, "N", 12, {"abs": 1e-9}),
    ("loadtest plan", {"coverage": 0.95, "confidence": 0.95}, "orders", [59, 93, 124], {"abs": 0}),
    ("loadtest plan", {"coverage": 0.95, "confidence": 0.95}, "first_order_p90_p99_p999", [29, 299, 2995], {"abs": 0}),
    ("bottleneck laws", {"X_per_s": 5, "R_s": 2}, "N", 10, {"abs": 1e-12}),
    ("bottleneck laws", {"lambda": 2, "visits": [1, 4], "service_s": [0.25, 0.1]}, "R_system", 2.5, {"abs": 1e-9}),
    ("bottleneck bounds", {"demands_s": [2, 1], "think_s": 0, "N": 1}, "R_lower", 3, {"abs": 1e-12}),
    ("bottleneck mva", {"demands_s": [1, 1], "N": 2}, "X", 2 / 3, {"rel": 1e-12}),
    ("bottleneck mva", {"demands_s": [1, 1], "N": 2}, "Q", [1, 1], {"rel": 1e-12}),
    ("queue", {"offered_load_erlang": 3, "servers": 4}, "C", 0.5094339622641509, {"rel": 1e-12}),
    ("apdex", {"satisfied": 1, "tolerating": 1, "frustrated": 2}, "apdex", 0.375, {"abs": 1e-12}),
]  # fmt: skip


def _verify(tmp_path: Path, capsys: pytest.CaptureFixture[str], *entries: Any) -> tuple[int, dict[str, Any]]:
    file = tmp_path / "examples.json"
    file.write_text(json.dumps(list(entries)))
    code = main(["verify", str(file), "--json"])
    return code, json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def _entry(command: str, inputs: Any, expected: Any, tolerance: Any) -> dict[str, Any]:
    return {"id": "x", "command": command, "inputs": inputs, "expected": expected, "tolerance": tolerance, "part": "I"}


def _mmc(inputs: Any, expected: Any, tolerance: Any) -> dict[str, Any]:
    return _entry("queue mmc", inputs, expected, tolerance)


@pytest.mark.parametrize(("command", "inputs", "name", "value", "tolerance"), ENTRIES)
def test_each_kind_is_reproduced_and_a_wrong_figure_is_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
    command: str, inputs: dict[str, Any], name: str, value: Any, tolerance: dict[str, float],
) -> None:  # fmt: skip
    right = _entry(command, inputs, {name: value}, tolerance)
    code, found = _verify(tmp_path, capsys, right)
    assert (code, found["entries"][0]["verdict"]) == (0, "reproduced"), found
    wrong = [*value[:-1], value[-1] * 1.02 + 1] if isinstance(value, list) else value * 1.02 + 1
    code, found = _verify(tmp_path, capsys, right, _entry(command, inputs, {name: wrong}, tolerance))
    assert (code, found["reproduced"], found["off"]) == (1, 1, 1), found


@pytest.mark.parametrize(
    ("entry", "verdict", "detail"),
    [
        (_entry("crystal ball", {}, {"x": 1}, {}), "not covered", "there is no such command"),
        (
            _mmc({"colour": 1, "servers": 2}, {"C": 1}, {}),
            "not covered",
            "no rule reads colour, servers",
        ),
        (_mmc({"offered_load_erlang": 1, "servers": 2}, {"Z": 1}, {}), "not covered", "no rule reads"),
        (
            _mmc({"offered_load_erlang": 9, "servers": 2}, {"C": 1}, {}),
            "off",
            "refused: /servers 2 cannot",
        ),
        (
            _mmc({"offered_load_erlang": "x", "servers": 2}, {"C": 1}, {}),
            "off",
            "refused: /offered_load",
        ),
        (_mmc({"offered_load_erlang": 1, "servers": 2}, {"C": None}, {}), "off", "p_wait"),
        (
            _entry("slo compose", {"availability": [0.9], "mode": "odd"}, {"availability": 0.9}, {}),
            "not covered",
            "",
        ),
        (_entry("slo budget", {"slo": []}, {"day_min": []}, {}), "not covered", ""),
        (_entry("slo budget", {"slo": [0.9, 0.99]}, {"day_min": [144]}, {}), "not covered", ""),
        (_entry("slo budget", {"slo": [0.9]}, {"day_min": ["a day"]}, {}), "not covered", ""),
        (_entry("queue size", {"servers_blocking": [3]}, {"offered_load_erlang": [1]}, {}), "not covered", ""),
        (
            _entry("bottleneck mva", {"demands_s": [1, 1], "N": 2}, {"Q": [1, 1, 1]}, {}),
            "off",
            "stations[s3].queue_length",
        ),
    ],
)
def test_what_is_not_reproduced_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: dict[str, Any], verdict: str, detail: str
) -> None:
    code, found = _verify(tmp_path, capsys, entry)
    assert (found["entries"][0]["verdict"], code) == (verdict, int(verdict == "off")), found
    assert detail in found["entries"][0]["detail"]


def test_no_tolerance_means_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = {"slo": 0.999, "window_d": 30, "downtime_min": 21.6}
    assert _verify(tmp_path, capsys, _entry("slo budget", inputs, {"consumed": 0.5, "met": True}, {}))[0] == 0
    assert _verify(tmp_path, capsys, _entry("slo budget", inputs, {"consumed": 0.5001}, {}))[0] == 1
    assert _verify(tmp_path, capsys, _entry("slo budget", inputs, {"met": False}, {}))[0] == 1


def test_the_text_has_a_line_for_each_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "examples.json"
    entries = [_entry(command, inputs, {name: value}, limit) for command, inputs, name, value, limit in ENTRIES]
    file.write_text(json.dumps([*entries, _entry("none", {}, {}, {})]))
    assert main(["verify", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(entries) + 2
    assert lines[0] == "reproduced   x (queue mmc): p_wait 50.94 %, expected 50.94 %"
    assert lines[-1] == f"{len(entries) + 1} entries: {len(entries)} reproduced, 0 off, 1 not covered"


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "must be a list of entries"),
        ("[1]", "/0/id: must be a text"),
        (
            '[{"id": "x", "command": "y", "inputs": {}, "expected": {}, "tolerance": {"abs": "1"}}]',
            "/0/tolerance: must be",
        ),
        ('[{"id": "x", "command": "queue mmc"}]', "/0/inputs: must be an object"),
        ('[{"id": "x", "command": "queue mmc", "inputs": [], "expected": {}, "tolerance": {}}]', "/0/inputs: must be"),
    ],
)
def test_a_file_of_another_form_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, start: str
) -> None:
    file = tmp_path / "examples.json"
    file.write_text(content)
    assert main(["verify", str(file)]) == 2
    error = capsys.readouterr().err
    assert start in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", [["verify"], ["verify", "a", "b"], ["verify", "--all"], ["verify", "none.json"]])
def test_a_wrong_call_is_one_line(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_plain_interpreter_runs_it(tmp_path: Path) -> None:
    file = tmp_path / "examples.json"
    file.write_text(json.dumps([_entry("queue mmc", {"lambda": 3, "mu": 4}, {"mean": 1.0}, {"abs": 1e-12})]))
    path = str(Path(__file__).parents[2] / "scripts")
    start = f"import sys; sys.path.insert(0, {path!r}); from acolytes_perf.cli import main; sys.exit(main())"
    words = [sys.executable, "-I", "-S", "-c", start, "verify", str(file)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_a_file_that_is_not_there_is_said_as_it_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "nofile"]) == 2
    assert capsys.readouterr().err == "acolytes-perf: verify 'nofile' cannot be read: No such file or directory\n"
