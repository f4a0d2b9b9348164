"""What a reader assumes, leaves out or cannot read is printed by every command that reads result files."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.runs import file_passes
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.result_files import Reader
from acolytes_perf.result_files.source import Source
from perf_samples import FORMAT_OF, SAMPLES

#: Beside the known formats, files whose columns the user chooses.
CHOSEN = {"chosen.csv": ("ts,ms,name\n1760000000,20,a\n1760000001,30,a\n", "time=ts,duration=ms:ms,label=name")}
BUDGET = ["--limits", "p50:20s"]


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reader also assumes something, leaves rows out, and finds lines that cannot be read."""
    real = file_passes._reading_pass

    def read(reader: Reader, source: Source, collector: RunCollector) -> Any:
        part = real(reader, source, collector)
        source.notes["The test assumes this."] = None
        source.left_out["rows that the test left out"] += 3
        return part._replace(corrupt=part.corrupt + 2, appended_runs=part.appended_runs + 1, is_truncated=True)

    monkeypatch.setattr(file_passes, "_reading_pass", read)


def answers(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[str, dict[str, Any]]:
    texts = []
    for form in ([], ["--json"]):
        assert main([*words, *form]) in (0, 1), words
        output, error = capsys.readouterr()
        assert error == ""
        texts.append(output)
    return texts[0], json.loads(texts[1])


def files(tmp_path: Path, name: str, count: int) -> tuple[list[Path], list[str]]:
    """Copies of a sample, and the options to read them."""
    copies = [tmp_path / f"{index}-{name}" for index in range(count)]
    options: list[str] = []
    for copy in copies:
        if name in CHOSEN:
            copy.write_text(CHOSEN[name][0])
            options = ["--columns", CHOSEN[name][1]]
        else:
            shutil.copy(SAMPLES / name, copy)
    return copies, options


def check(text: str, found: dict[str, Any], runs: int) -> None:
    expected = ["The test assumes this.", f"Not counted as requests: {3 * runs} rows that the test left out."]
    assert [note for note in expected if note not in found["assumptions"]] == []
    assert [note for note in expected if f"assumes: {note}" not in text] == []
    by_code = {warning["code"]: warning["message"] for warning in found["warnings"]}
    assert by_code["corrupt_lines"].startswith(f"{2 * runs} lines could not be read and are not counted")
    assert {"cut_off", "appended_runs"} <= by_code.keys()
    assert all(f"warning [{code}]: {by_code[code]}" in text for code in ("corrupt_lines", "cut_off", "appended_runs"))


@pytest.mark.parametrize("name", [*FORMAT_OF, *CHOSEN])
def test_summarize_prints_what_the_reader_says(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    (file,), options = files(tmp_path, name, 1)
    check(*answers(capsys, ["results", "summarize", "--file", str(file), *options]), 1)


@pytest.mark.parametrize("name", [*FORMAT_OF, *CHOSEN])
def test_compare_prints_what_the_reader_says(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    copies, options = files(tmp_path, name, 4)
    for each in (1, 2):
        sides = [",".join(map(str, side)) for side in (copies[:each], copies[2 : 2 + each])]
        words = ["results", "compare", "--baseline", sides[0], "--candidate", sides[1], *options]
        measure = ["--metric", METRIC.get(name, "p50")]
        check(*answers(capsys, words + measure), 2 * each)


#: Formats without a median.
METRIC = {"siege.json": "mean", "siege.txt": "mean", "siege.log": "mean"}


def test_summarize_of_several_runs_and_budget_check_print_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    copies, _ = files(tmp_path, "jmeter.jtl", 2)
    text, found = answers(capsys, ["results", "summarize", "--file", ",".join(map(str, copies))])
    assert "Not counted as requests: 6 rows that the test left out." in found["assumptions"]
    assert sum(warning["code"] == "corrupt_lines" for warning in found["warnings"]) == 2
    assert "assumes: The test assumes this." in text
    words = ["budget", "check", "--candidate", ",".join(map(str, copies)), *BUDGET]
    text, found = answers(capsys, words)
    assert "assumes: Not counted as requests: 6 rows that the test left out." in text
    assert "corrupt_lines" in {warning["code"] for warning in found["warnings"]}
