"""Two versions: of the files that are installed, and of the application that is running."""

from __future__ import annotations

import sys

from acolytes_cc import __version__
from acolytes_cc.errors import UserError
from acolytes_cc.install.application.origin import find_origin
from acolytes_cc.install.disk.places import Places, location_arguments
from acolytes_cc.install.transaction.records import AHEAD, states


def is_newer(version: str, other: str) -> bool:
    """Whether ``version`` comes after ``other`` (PEP 440). A text that is not a version is newer than none."""
    if version == other:
        return False
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) > Version(other)
    except InvalidVersion:
        return False


def difference(places: Places, installed: str) -> str:
    """One line when the files are not of the application's version, with what to do; else an empty text."""
    if installed == __version__:
        return ""
    arguments = location_arguments(places)
    both = f"the files in {places.target} are version {installed}, and this application is {__version__}"
    if is_newer(installed, __version__):
        return f"{both}: to get a newer application, run: {find_origin().upgrade(arguments)}"
    if _has_gone_back(places):
        return f"{both}, after a rollback: to go ahead again, run: acolytes forward{arguments}"
    return f"{both}: to bring the files up to date, run: acolytes update{arguments}"


def _has_gone_back(places: Places) -> bool:
    try:
        return bool(states(places.target, AHEAD))
    except UserError:  # a damaged record is reported where it is used
        return False


def note_difference(places: Places, installed: str) -> None:
    """Print that line on standard error: what the verb itself prints may be JSON."""
    if line := difference(places, installed):
        print(f"acolytes: note: {line}", file=sys.stderr)


def application_lines(places: Places) -> list[str]:
    """Where the application comes from, and how to get a newer one."""
    origin = find_origin()
    there = origin.source_version()
    other = []
    if there not in (None, __version__):
        call = origin.from_source(location_arguments(places))
        other = [f"  that folder has version {there} now; to install it, run: {call}"]
    return [
        f"application  {__version__}, from {origin.text()}",
        *other,
        f"  for a newer version, run: {origin.upgrade(location_arguments(places))}",
        "  (nothing was looked up on a network, so whether there is one is unknown)",
    ]


def application_json(places: Places) -> dict[str, str | None]:
    """The same for ``--json``."""
    origin = find_origin()
    source = None if origin.source is None else str(origin.source)
    upgrade = origin.upgrade(location_arguments(places))
    return {
        "version": __version__,
        "tool": origin.tool,
        "source": source,
        "source_version": origin.source_version(),
        "upgrade": upgrade,
    }
