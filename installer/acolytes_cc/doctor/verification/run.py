"""Runs the client for all files, and says of each what the client did with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from acolytes_cc.client import client_version
from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.doctor.client_run import OLDEST_CLIENT, version_numbers
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.isolation import refuse_managed
from acolytes_cc.doctor.verification.json_files import observe_servers, observe_settings
from acolytes_cc.doctor.verification.look import ELSEWHERE, common, look, with_style
from acolytes_cc.doctor.verification.markdown import (
    observe_memory,
    observe_style,
)
from acolytes_cc.doctor.verification.outcome import Outcome, loaded, unobserved
from acolytes_cc.doctor.verification.plugin_files import observe_plugins
from acolytes_cc.doctor.verification.scratch_home import make_home
from acolytes_cc.doctor.verification.session import Surroundings
from acolytes_cc.doctor.verification.targets import Targets, find_targets
from acolytes_cc.install.disk.places import find_places
from acolytes_cc.signals import scratch_folder

MOST_PROJECTS = 8
"""The client is started in so many folders at most: it takes two to three seconds each."""
_TOO_MANY = f"the client was started in {MOST_PROJECTS} other folders; name this folder alone"


def observe_files(client: Path, files: Sequence[str], named: Sequence[str]) -> list[Outcome]:
    """Say what the client does with each file.

    Args:
        client: The client.
        files: The files, as the linter names them.
        named: The paths that the user named.

    Raises:
        UserError: The client calls no model, or the administrator's settings could let it call a real one.
    """
    places = find_places("user", None)
    inspection = Inspection(places, Path.cwd(), client)
    refuse_managed(inspection)
    targets = find_targets(files, named, places.target)
    with scratch_folder("acolytes-verify-") as scratch:
        folder = scratch.resolve()
        bare = make_home(folder / "bare", None)
        surroundings = Surroundings(client, make_home(folder / "home", places.target), bare, inspection)
        empty = folder / "project"
        empty.mkdir()
        outcomes = [
            *(unobserved(file, ELSEWHERE) for file in targets.elsewhere),
            *_in_user_files(surroundings, targets.user, empty),
            *(one for number, root in enumerate(targets.projects) for one in _in(surroundings, targets, root, number)),
        ]
        outcomes += observe_plugins(surroundings, targets, empty)
    by_path = {outcome.path: outcome for outcome in outcomes}
    return [by_path[file] for file in files]


def _in(surroundings: Surroundings, targets: Targets, root: Path, number: int) -> Iterator[Outcome]:
    files = targets.projects[root]
    if number >= MOST_PROJECTS:
        return (unobserved(file, _TOO_MANY) for file in files)
    return _in_folder(surroundings, files, root)


def _in_folder(surroundings: Surroundings, files: Sequence[str], root: Path) -> Iterator[Outcome]:
    """The outcomes of the files of a project."""
    seen = look(surroundings, files, root)
    session = seen.session
    for path in files:
        match placed_kind(path):
            case "mcp":
                yield _servers(path, surroundings)
            case "memory":
                yield observe_memory(path, session, root)
            case "output-style":
                yield observe_style(path, partial(with_style, surroundings, root, (), session))
            case _:
                yield common(path, seen, "")


def _in_user_files(surroundings: Surroundings, files: Sequence[str], empty: Path) -> Iterator[Outcome]:
    """The outcomes of the user's own files, as the client sees them in an empty project."""
    if not files:
        return
    seen = look(surroundings, files, empty)
    session = seen.session
    own = surroundings.home / ".claude"
    for path in files:
        match placed_kind(path):
            case "settings":
                yield observe_settings(path, session, own / Path(path).name)
            case "memory":
                is_shown = os.path.realpath(own / Path(path).name) in session.contents
                yield loaded(path) if is_shown else unobserved(path, "the client did not show it in an empty project")
            case "output-style":
                yield observe_style(path, partial(with_style, surroundings, empty, (), session))
            case _:
                yield common(path, seen, "")


def _servers(path: str, surroundings: Surroundings) -> Outcome:
    version = client_version(str(surroundings.client))
    if not version or version_numbers(version) < OLDEST_CLIENT:
        return unobserved(path, "an old client would start the servers")
    return observe_servers(path, surroundings)
