"""Bad files, places and options, in tables: the exact line on standard error, and nothing written."""

import re
import shlex
from pathlib import Path

import pytest

from acolytes_perf.cli import main
from perf_bad_files import REFUSED, TABLES, make_files


@pytest.mark.parametrize(
    ("topic", "call", "line"), REFUSED, ids=[f"{topic}: {call[:80]}" for topic, call, _ in REFUSED]
)
def test_a_bad_file_is_refused_in_one_exact_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    topic: str,
    call: str,
    line: str,
) -> None:
    make_files(TABLES[topic]["files"], tmp_path)
    monkeypatch.chdir(tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    found = re.match(r"([13]) ", line)
    code, text = (int(found[1]), line[2:]) if found else (2, line)
    assert main(shlex.split(call)) == code
    output, error = capsys.readouterr()
    assert output == ""
    message, way_out, proposal = re.split(r"(; (?:try|for example): acolytes-perf )", error, maxsplit=1)
    assert message == f"acolytes-perf: {text}"
    assert way_out
    assert proposal.count("\n") == 1
    assert before == {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
