"""A wrong call of `acolytes` is one line on standard error: what is wrong, where, and what to do."""

import shlex
from pathlib import Path

import pytest

from acolytes_cc.cli import main

CALLS = {
    "instal": (2, "there is no command 'instal' (did you mean install?); see acolytes --help"),
    "perf": (2, "there is no command 'perf' (did you mean acolytes-perf?); see acolytes --help"),
    "zzz": (2, "there is no command 'zzz'; see acolytes --help"),
    "lint --zzz .": (2, "No such option '--zzz'; see acolytes lint --help"),
    "lint . --unsafe": (2, "--unsafe needs --fix or --diff; see acolytes lint --help"),
    "lint . --config none.toml": (2, "none.toml does not exist; name a settings file, or leave out --config"),
    "lint agent.md --output none/report": (3, "none/report: No such file or directory; check this path"),
    "rollback --target .": (3, "cannot go back 1 state in FOLDER: there is no earlier state"),
    "forward --target .": (3, "cannot go ahead 1 state in FOLDER: there is no later state"),
}


@pytest.mark.parametrize("call", CALLS)
def test_the_line_names_what_was_called(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("agent.md").write_text("---\nname: sample\ndescription: Use when sampling.\n---\n\nText.\n", "utf-8")
    code, line = CALLS[call]
    assert main(shlex.split(call)) == code
    output, error = capsys.readouterr()
    assert (output, error.replace(str(tmp_path), "FOLDER")) == ("", f"acolytes: {line}\n")
