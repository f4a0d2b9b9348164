"""Ctrl-C ends each wait, also where Python alone would lose it: in a callback, or in another thread."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from quest_support import PYTHON, SCRIPTS, Cli, create

PATIENCE_SECONDS = 40  # far less than each wait below would take
_CALL = """
import os, signal, sys, threading, time
from pathlib import Path

class Callback:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)  # Python prints this KeyboardInterrupt, and goes on

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "acolytes_quest.verbs.monitor":
            Callback()

def interrupt():
    while not any(Path(os.environ["BELLS"]).rglob("*1@*")):
        time.sleep(0.01)
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background would ignore it
if sys.argv[2] == "callback":
    sys.meta_path.insert(0, Finder())
else:
    threading.Thread(target=interrupt, daemon=True).start()
sys.path.insert(0, sys.argv[1])
from acolytes_quest.__main__ import main
sys.argv[:3] = ["acolytes-quest"]
sys.exit(main())
"""


def interrupted(where: str, *words: str, environ: dict[str, str]) -> tuple[int, str]:
    """Call a verb as a process that gets SIGINT there; return its exit code, and what it wrote to standard error."""
    process = subprocess.run(
        [PYTHON, "-I", "-c", _CALL, str(SCRIPTS.parent), where, *words],
        env={**os.environ, "ACOLYTES_QUEST_POLL": "600", "ACOLYTES_QUEST_PYTHON": sys.executable, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    return process.returncode, process.stderr


def test_a_wait_ends_for_a_signal_that_came_in_a_callback(engine: str, cli: Cli) -> None:
    create(cli)
    for role in (("worker", "--agent", "w1"), ("leader",)):
        code, complaint = interrupted("callback", "monitor", "--timeout", "600", "--role", *role, environ={})
        assert "Exception ignored in" in complaint
        assert code == 130


@pytest.mark.parametrize(
    "environ",
    [{}, {"ACOLYTES_QUEST_URL": "postgresql://a@127.0.0.1:9/b"}],
    ids=["there is no board", "the server is away"],
)
def test_so_does_a_wait_for_a_board(project: Path, environ: dict[str, str]) -> None:
    words = ("monitor", "--timeout", "600", "--role", "worker", "--agent", "w1")
    code, complaint = interrupted("callback", *words, environ=environ)
    assert "Exception ignored in" in complaint
    assert code == 130


def test_a_wait_ends_for_a_signal_that_another_thread_got(engine: str, cli: Cli, tmp_path: Path) -> None:
    create(cli)
    environ = {"XDG_RUNTIME_DIR": str(tmp_path), "BELLS": str(tmp_path)}
    words = ("monitor", "--timeout", "600", "--role", "worker", "--agent", "w1")
    assert interrupted("thread", *words, environ=environ) == (130, "")


def test_a_job_in_the_background_goes_on_ignoring_it(cli: Cli) -> None:
    create(cli)
    ignoring = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    words = [PYTHON, "-I", "-S", str(SCRIPTS), "monitor", "--timeout", "2", "--role", "worker", "--agent", "w1"]
    process = subprocess.Popen([PYTHON, "-c", ignoring, *words], stdout=subprocess.PIPE, text=True)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=1)
    process.send_signal(signal.SIGINT)
    assert "no turn is waiting" in process.communicate(timeout=PATIENCE_SECONDS)[0]
    assert process.returncode == 0
