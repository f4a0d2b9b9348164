"""The commands of bootstrap.py."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
from pathlib import Path

from setting_up import application, programs, wheelhouse
from setting_up.broken_settings import refuse_broken_settings
from setting_up.development import ROOT, set_up_tests, test
from setting_up.errors import SetupError, TerminatedError
from setting_up.report import report


def run(arguments: list[str]) -> int:
    """Install, test or set up; the exit code is that of the last command."""
    try:
        with programs.stops_raised():
            return _run(arguments)
    except SetupError as error:
        report(str(error))
        return error.code
    except KeyboardInterrupt:
        report("interrupted: nothing was changed")
        return 130
    except TerminatedError as error:
        report("terminated: nothing was changed")
        return error.code


def _run(arguments: list[str]) -> int:
    if shutil.which("git") is None:
        raise SetupError("git is needed, but it is not on PATH; on Debian, run: apt install git")
    if arguments[:1] == ["test"]:
        return test(arguments[1:])
    if arguments == ["setup"]:
        set_up_tests()
        return 0
    if arguments[:1] == ["wheelhouse"]:
        return _make_wheelhouse(arguments[1:])
    options, folder = _without_wheelhouse(arguments[1:] if arguments[:1] == ["install"] else arguments)
    if options[:1] == ["uninstall"]:
        raise SetupError(
            f"to leave, run: {application.data_home()}/bin/acolytes uninstall; without it, install first", 2
        )
    if options and not options[0].startswith("-"):
        raise SetupError(f"unknown command {options[0]!r}: use install, wheelhouse, test, setup or none; see --help", 2)
    refuse_home_of_another()
    refuse_broken_settings(options)
    source = [str(ROOT)] if folder is None else wheelhouse.pip_arguments(folder)
    report(f"setting up {application.data_home() / 'venv'} (this takes about a minute)")
    return application.install(source, options)


def _make_wheelhouse(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise SetupError("wheelhouse needs one folder: bootstrap.py wheelhouse DIR", 2)
    folder = Path(arguments[0])
    count = wheelhouse.make(folder, str(ROOT))
    option = f"--wheelhouse {shlex.quote(str(folder))}"
    report(f"{count} wheels are in {folder}; to install from them, run: bootstrap.py {option}")
    return 0


def _without_wheelhouse(options: list[str]) -> tuple[list[str], Path | None]:
    """The options for `acolytes install`, and the folder of `--wheelhouse`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--wheelhouse", type=Path)
    try:
        parsed, rest = parser.parse_known_args(options)
    except argparse.ArgumentError:
        raise SetupError("--wheelhouse needs a folder: make one with `bootstrap.py wheelhouse DIR`", 2) from None
    return rest, parsed.wheelhouse


def refuse_home_of_another() -> None:
    """Refuse to write as root into a user's home, where nothing would be that user's afterwards.

    Raises:
        SetupError: The user is root, and HOME is somebody else's; acolytes_cc/install/disk/places.py refuses the same.
    """
    home = Path.home()
    if os.geteuid() == 0 and home.exists() and home.stat().st_uid != 0:
        raise SetupError(f"you are root, but {home} belongs to another user: run this as that user, without sudo")
