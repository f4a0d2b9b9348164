"""The commands of bootstrap.py."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import NoReturn

from setting_up import application
from setting_up.development import ROOT, set_up_tests, test
from setting_up.errors import SetupError, TerminatedError
from setting_up.report import report


def run(arguments: list[str]) -> int:
    """Install, test or set up; the exit code is that of the last command."""
    # pip and the environment are then removed on the way out
    signal.signal(signal.SIGTERM, _stop)
    try:
        return _run(arguments)
    except SetupError as error:
        report(str(error))
        return error.code
    except KeyboardInterrupt:
        report("interrupted: nothing was changed")
        return 130
    except TerminatedError:
        report("terminated: nothing was changed")
        return 143


def _run(arguments: list[str]) -> int:
    if shutil.which("git") is None:
        raise SetupError("git is needed, but it is not on PATH")
    if arguments[:1] == ["test"]:
        return test(arguments[1:])
    if arguments == ["setup"]:
        set_up_tests()
        return 0
    options = arguments[1:] if arguments[:1] == ["install"] else arguments
    if options and not options[0].startswith("-"):
        raise SetupError(f"unknown command {options[0]!r}: use install, test, setup or none; see --help", 2)
    refuse_home_of_another()
    report(f"setting up {application.data_home() / 'venv'} (this takes about a minute)")
    return application.install(str(ROOT), options)


def refuse_home_of_another() -> None:
    """Refuse to write as root into a user's home, where nothing would be that user's afterwards.

    Raises:
        SetupError: The user is root, and HOME is somebody else's; acolytes_cc/install/places.py refuses the same.
    """
    home = Path.home()
    if os.geteuid() == 0 and home.exists() and home.stat().st_uid != 0:
        raise SetupError(f"you are root, but {home} belongs to another user: run this as that user, without sudo")


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise TerminatedError
