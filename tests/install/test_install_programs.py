"""The programs that bootstrap.py starts end with it, and so does all that they have started."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from setting_up import programs
from support import ROOT

#: A program that starts another one, which writes a file again and again, and ignores what asks it to end.
WRITES_ON = """
import signal, subprocess, sys, time
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, __file__, sys.argv[1], "child"])
    time.sleep(60)
for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(stop, signal.SIG_IGN)
while True:
    open(sys.argv[1], "a").write("x")
    time.sleep(0.01)
"""
#: Ends by itself when it is asked to, and says so.
CLEANS_UP = """
import pathlib, signal, sys, time
def stop(*_):
    time.sleep(0.5)
    pathlib.Path(sys.argv[1]).write_text("clean")
    sys.exit(1)
signal.signal(signal.SIGTERM, stop)
pathlib.Path(sys.argv[1]).write_text("ready")
time.sleep(60)
"""


def started_by(function: str, program: Path, file: Path) -> subprocess.Popen[bytes]:
    """A process with the handlers of bootstrap.py that runs ``program`` by a function of `programs`."""
    body = "with programs.started(command): pass" if function == "started" else "programs.run(command)"
    code = (
        f"import signal, sys; sys.path.insert(0, {str(ROOT / 'installer')!r})\n"
        "from setting_up import programs\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"command = [sys.executable, {str(program)!r}, {str(file)!r}]\n"
        f"with programs.stops_raised():\n    {body}\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("stop", programs.STOPS)
def test_what_a_program_has_started_ends_with_it(stop: signal.Signals, tmp_path: Path) -> None:
    program, file = tmp_path / "program.py", tmp_path / "file"
    program.write_text(WRITES_ON)
    process = started_by("started", program, file)
    wait_for(file)
    process.send_signal(stop)
    process.wait()
    before = file.read_text()
    time.sleep(0.2)
    assert file.read_text() == before


def test_a_program_that_cleans_up_gets_the_time_for_it(tmp_path: Path) -> None:
    program, file = tmp_path / "program.py", tmp_path / "file"
    program.write_text(CLEANS_UP)
    process = started_by("run", program, file)
    wait_for(file)
    process.terminate()
    process.wait()
    assert file.read_text() == "clean"


def test_a_signal_that_comes_while_a_program_starts_ends_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(subprocess.Popen[bytes]):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload]
            held.append(self)
            signal.raise_signal(signal.SIGINT)

    held: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(subprocess, "Popen", Slow)
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), programs.started(["sleep", "60"]):  # a Python that starts may end with 1
            pass
    finally:
        signal.signal(signal.SIGINT, former)
    assert held[0].returncode == -signal.SIGINT
