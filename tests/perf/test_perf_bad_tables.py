"""Wrong calls as data: each file of `bad/` lists [call, start of the line on standard error] of one command.

The call is in words as a shell reads them, without the command's name. A start of `3 ` and a text means exit code 3;
any other is exit code 2. Every refusal is one line, and what it proposes runs.
"""

import json
import re
import shlex
from pathlib import Path

import pytest

from acolytes_perf.cli import main

FILES = sorted((Path(__file__).parent / "bad").glob("*.json"))
CASES = [
    (f"{file.stem.replace('_', ' ')} {call}", start)
    for file in FILES
    for call, start in json.loads(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("call", "start"), CASES, ids=[f"{call[:60]}" for call, _ in CASES])
def test_a_wrong_call_is_one_line_and_a_proposal_that_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, start: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = (3, start[2:]) if start.startswith("3 ") else (2, start)
    assert main(shlex.split(call)) == code
    output, error = capsys.readouterr()
    assert output == ""
    assert error.startswith(f"acolytes-perf: {text}"), error
    assert error.count("\n") == 1
    assert error.isascii()
    assert len(error) < 900
    assert code == 2 or "missing: " in error
    assert not list(tmp_path.iterdir())
    proposal = re.search(r"; (?:try|for example): acolytes-perf (.*)\n", error)
    assert proposal, error
    assert main(shlex.split(proposal[1])) == 0, proposal[1]
