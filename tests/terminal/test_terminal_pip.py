"""While packages are installed, a terminal shows which one. What pip says about an error comes after the line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support import ROOT
from terminal_user import Terminal, screen

_PIP = """
import sys, time
if "--quiet" in sys.argv:
    sys.exit("pip: quiet")
print("Processing /tmp/acolytes", flush=True)
time.sleep(1.2)
for name in ("click>=8", "copier"):
    print("Collecting", name, flush=True)
    time.sleep(0.5)
print("Installing collected packages: click, copier, acolytes-cc", flush=True)
time.sleep(0.5)
print("pip: no more", file=sys.stderr)
sys.exit(3)
"""
_RUN = f"""
import sys
sys.path.insert(0, {str(ROOT / "installer")!r})
from setting_up.pip_progress import run_pip
sys.exit(run_pip([sys.executable, "-c", {_PIP!r}]))
"""


def test_a_terminal_shows_the_packages_and_then_the_error() -> None:
    with Terminal(program=("-c", _RUN)) as terminal:
        assert terminal.ends() == 3
    for part in ("click>=8, package 1", "copier, package 2", "copying 3 packages"):
        assert f"bootstrap: installing packages: {part}, " in terminal.shown
    assert screen(terminal.shown) == ["pip: no more", ""]


def test_elsewhere_pip_is_quiet() -> None:
    done = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "pip: quiet\n")


@pytest.mark.parametrize("shown", ["processing /tmp/acolytes", "package 1"])
def test_an_interrupt_ends_pip_and_leaves_no_line(shown: str) -> None:
    code = f"try:\n exec({_RUN!r})\nexcept KeyboardInterrupt:\n print('interrupted')"
    with Terminal(program=("-c", code)) as terminal:
        terminal.sees(shown)
        terminal.interrupts()
    assert screen(terminal.shown)[-2:] == ["interrupted", ""]
