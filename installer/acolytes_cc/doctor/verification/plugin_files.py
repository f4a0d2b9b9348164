"""What the client does with the files of plugins and marketplaces."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.doctor.verification.json_files import compare_servers
from acolytes_cc.doctor.verification.look import common, look, with_style
from acolytes_cc.doctor.verification.markdown import (
    observe_style,
)
from acolytes_cc.doctor.verification.outcome import Outcome, dropped, loaded, unobserved
from acolytes_cc.doctor.verification.plugins import (
    Installed,
    install_plugins,
    list_plugins,
    observe_manifest,
    plugin_name,
    without_doubles,
)
from acolytes_cc.doctor.verification.scratch_home import make_home
from acolytes_cc.doctor.verification.session import Surroundings
from acolytes_cc.doctor.verification.targets import Targets


def observe_plugins(surroundings: Surroundings, targets: Targets, empty: Path) -> Iterator[Outcome]:
    """The outcomes of marketplaces, and of the files of plugins."""
    for_marketplaces = surroundings._replace(home=make_home(surroundings.home.parent / "marketplaces", None))
    installed = Installed()
    if targets.marketplaces:
        installed = install_plugins(for_marketplaces, targets.marketplaces, empty)
        yield from installed.marketplaces.values()
    there = [root for root in targets.plugins if os.path.realpath(root) in installed.by_marketplace]
    if there:
        yield from _of_plugins(for_marketplaces, targets, there, installed, (), empty)
    for folders in without_doubles(root for root in targets.plugins if root not in there):
        by_folder = surroundings._replace(home=surroundings.bare)
        list_plugins(by_folder, installed, folders, empty)
        yield from _of_plugins(by_folder, targets, folders, installed, folders, empty)


def _of_plugins(
    surroundings: Surroundings,
    targets: Targets,
    roots: Sequence[Path],
    installed: Installed,
    folders: Sequence[Path],
    empty: Path,
) -> Iterator[Outcome]:
    """The outcomes of the files of the plugins at ``roots``, of which ``folders`` are named to the client."""
    seen = look(surroundings, [file for root in roots for file in targets.plugins[root]], empty, folders)
    run_with = partial(with_style, surroundings, empty, folders, seen.session)
    for root in roots:
        name = plugin_name(root, seen.session, installed)
        for path in targets.plugins[root]:
            kind = placed_kind(path)
            if kind == "plugin":
                yield observe_manifest(path, root, seen.session, installed)
            elif name is None:
                yield unobserved(path, "the client does not load its plugin")
            elif kind == "hooks":
                said = [error for error in installed.errors(root) if "hook" in error]
                yield dropped(path, *said) if said else loaded(path)
            elif kind == "mcp":
                yield compare_servers(path, installed.servers(root))
            elif kind == "output-style":
                yield observe_style(path, run_with, f"{name}:")
            else:
                yield common(path, seen, f"{name}:")
