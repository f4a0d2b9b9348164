"""Outputs appear whole or not at all: on a full disk, in a folder without room, and where the writer is killed."""

import itertools
import os
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_perf.cli import main
from acolytes_perf.outputs import output_file

CALLS = [
    "slo budget --slo 99.9% --out out.json",
    "usl fit --points 1:100/s,2:190/s,4:350/s,8:600/s,16:900/s --out out/",
]
SCRIPTS = str(Path(__file__).parents[2] / "scripts")


@pytest.mark.parametrize("call", [*CALLS, "slo budget --slo 99.9% --save"])
@pytest.mark.parametrize("most", [0, 1, 700])
def test_a_file_that_does_not_fit_is_not_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, most: int
) -> None:
    """A limit of the size of files stands for a full disk: the write fails in the middle."""
    monkeypatch.chdir(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        code = main(shlex.split(call))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    output, error = capsys.readouterr()
    assert (code, output) == (2, "")
    assert "cannot be written: File too large" in error
    assert error.count("\n") == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not list(tmp_path.iterdir())


def test_the_earlier_files_stay_where_a_later_one_does_not_fit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(CALLS[1])) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(before) >= 3
    (tmp_path / "out/usl-fit.svg").unlink()
    capsys.readouterr()
    real, calls = os.replace, itertools.count(1)

    def fails_at_the_second(*places: object, **options: object) -> None:
        if next(calls) == 2:
            raise OSError(28, "No space left on device")
        real(*places, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", fails_at_the_second)
    assert main(shlex.split(CALLS[1])) == 2
    assert "cannot be written: No space left on device" in capsys.readouterr().err
    assert not (tmp_path / "out/usl-fit.svg").exists()
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}.items() <= before.items()


def test_an_interrupt_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    for call in CALLS:
        assert main(shlex.split(call)) == 130
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("call", CALLS)
def test_a_killed_writer_leaves_whole_files_or_none(tmp_path: Path, call: str) -> None:
    """It is killed at each system call that opens, writes or names a file, by a hook of the interpreter."""
    start = (
        "import os, sys; left = int(sys.argv.pop(1)); sys.path.insert(0, sys.argv.pop(1))\n"
        "def hook(event, args):\n"
        "    global left\n"
        "    names = ('os.link', 'os.rename', 'os.mkdir', 'os.remove')\n"
        "    if event in names or event == 'open' and '.tmp' in str(args[0]):\n"
        "        left -= 1\n"
        "        if left == 0: os.kill(os.getpid(), 9)\n"
        "sys.addaudithook(hook)\n"
        "from acolytes_perf.cli import main; sys.exit(main())"
    )
    for at in range(1, 20):
        folder = tmp_path / str(at)
        folder.mkdir()
        words = [sys.executable, "-B", "-c", start, str(at), SCRIPTS, *shlex.split(call)]
        done = subprocess.run(words, cwd=folder, capture_output=True, check=False)
        seen = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
        for path in seen:
            assert not output_file.is_edited(path.read_text()), "a file that is there is whole"
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    assert at > 2
    assert done.returncode == 0
    assert seen
