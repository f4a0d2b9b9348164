"""Every call that a calculator refuses is one line on standard error, and what it proposes runs."""

import re
import shlex
from pathlib import Path

import pytest

from acolytes_perf.cli import main
from perf_cases import REFUSED


@pytest.mark.parametrize(("call", "start"), REFUSED, ids=[call[:60] for call, _ in REFUSED])
def test_a_wrong_call_is_one_line_and_a_proposal_that_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, start: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = (3, start[2:]) if start.startswith("3 ") else (2, start)
    assert main(shlex.split(call)) == code
    output, error = capsys.readouterr()
    assert output == ""
    assert error.startswith(f"acolytes-perf: {text}"), f"the case expects {text!r}, but the message is {error!r}"
    assert error.count("\n") == 1
    assert error.isascii()
    assert len(error) < 900
    assert code == 2 or "missing: " in error
    assert not list(tmp_path.iterdir())
    proposal = re.search(r"; (?:try|for example): acolytes-perf (.*)\n", error)
    assert proposal, error
    assert main(shlex.split(proposal[1])) == 0, proposal[1]
