"""A bug is one line and a log; where no file can be written, the line says where the bug came up."""

from pathlib import Path

import pytest

from acolytes_cc.errors import Exit, guarded
from acolytes_perf import cli


def fail(*_: object) -> int:
    raise KeyError("x")


def reported(command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The line that a bug in the command prints."""
    if command == "acolytes":
        assert guarded(command, fail) == Exit.BUG
    else:
        monkeypatch.setattr(cli, "_output", fail)
        assert cli.main(["slo", "budget"]) == Exit.BUG
    line = capsys.readouterr().err
    assert line.startswith(f"{command}: ")
    assert line.count("\n") == 1
    return line.strip()


@pytest.mark.parametrize("command", ["acolytes", "acolytes-perf"])
def test_a_bug_leaves_a_private_log(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    log = Path(reported(command, capsys, monkeypatch).rpartition(" ")[2])
    assert "KeyError: 'x'" in log.read_text("utf-8")
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("command", ["acolytes", "acolytes-perf"])
def test_without_a_place_for_a_log_the_line_says_where_the_bug_came_up(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    line = reported(command, capsys, monkeypatch)
    assert "KeyError; please" in line or "(KeyError): please" in line
    assert "report it with its place, test_terminal_bugs.py, line " in line
    assert line.endswith("for a log set TMPDIR to a folder with room")
