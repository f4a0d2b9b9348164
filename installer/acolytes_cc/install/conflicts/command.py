"""The verb resolve: list the conflicts of earlier updates, and settle them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.application.versions import note_difference
from acolytes_cc.install.confirmation import Dialog
from acolytes_cc.install.disk.places import Places, Scope, find_places, location_arguments
from acolytes_cc.install.options import OutputFormat, location_hint, location_options
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.show import show

if TYPE_CHECKING:
    from acolytes_cc.install.conflicts.files import FileConflicts
    from acolytes_cc.install.conflicts.report import SettledReport
    from acolytes_cc.install.disk.manifest import Manifest

Choice = Literal["mine", "theirs", "edit"]


@click.command(short_help="Settle conflicts of an update.", cls=OneChoice)
@click.argument("file", required=False)
@click.option("--mine", "choice", flag_value="mine", help="Your text stays.")
@click.option("--theirs", "choice", flag_value="theirs", help="The new version's text replaces yours.")
@click.option(
    "--edit",
    "choice",
    flag_value="edit",
    help="Open both texts in your editor ($VISUAL or $EDITOR). The file changes when you have saved and closed.",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="PART",
    help="Only this part: a key, or lines as the list names them.  [default: all parts of FILE]",
)
@location_options
def resolve(
    file: str | None,
    choice: Choice | None,
    parts: tuple[str, ...],
    scope: Scope,
    target: str | None,
    output: OutputFormat,
) -> int:
    """Settle conflicts of an update, or list those that are open.

    A conflict is a part of FILE that both you and a new version changed. Your text is in the file. Without an option,
    this shows both texts. What you settle here is asked again only when a new version changes the same part again.
    """
    places = find_places(scope, target)
    if file is None and (choice or parts):
        option = f"--{choice}" if choice else "--part"
        call = f"acolytes resolve{location_arguments(places)}"
        raise UserError(f"{option} needs a FILE: `{call}` lists the files that have a conflict")
    if parts and not choice:
        raise UserError("--part needs --mine, --theirs or --edit")
    from acolytes_cc.install.conflicts.report import ConflictReport

    report: ConflictReport | SettledReport
    if choice is None:
        listed = _read(places, file)
        report = ConflictReport(places, listed, has_texts=file is not None)
    else:
        report = _settle(places, str(file), choice, parts, is_interactive=Dialog(output, yes=False).is_interactive)
    show(output, report.to_json(), report.lines())
    return Exit.FINE


def _open(places: Places) -> tuple[Manifest, list[FileConflicts]]:
    from acolytes_cc.install.conflicts.files import read_conflicts
    from acolytes_cc.install.disk.manifest import read_manifest

    manifest = read_manifest(places)
    if manifest is None:
        raise UserError(f"acolytes is not installed in {places.target}{location_hint(places)}")
    note_difference(places, manifest.version)
    return manifest, read_conflicts(places, manifest)


def _read(places: Places, name: str | None) -> list[FileConflicts]:
    from acolytes_cc.install.conflicts.files import find_file
    from acolytes_cc.install.exclusive import exclusive

    with exclusive(places.target):
        manifest, conflicts = _open(places)
    return conflicts if name is None else [find_file(places, manifest, conflicts, name)]


def _settle(
    places: Places, name: str, choice: Choice, parts: tuple[str, ...], *, is_interactive: bool
) -> SettledReport:
    from acolytes_cc.install.conflicts.files import find_file, settle
    from acolytes_cc.install.conflicts.report import SettledReport
    from acolytes_cc.install.conflicts.resolution import with_theirs
    from acolytes_cc.install.exclusive import exclusive
    from acolytes_cc.install.transaction.records import AHEAD, states

    with exclusive(places.target):
        manifest, conflicts = _open(places)
        file = find_file(places, manifest, conflicts, name)
        chosen = file.chosen(parts)
        ahead = len(states(places.target, AHEAD))
        if choice != "edit":
            content = file.users if choice == "mine" else with_theirs(file.users, file.theirs, chosen)
            still_open = settle(places, manifest, file, chosen, content)
            return SettledReport(file.path, choice, chosen, still_open, content != file.users, ahead)
    from acolytes_cc.install.conflicts.editor import edited

    # An editor may be open for long, so the target is not locked meanwhile.
    with edited(file, chosen, is_interactive=is_interactive) as content, exclusive(places.target):
        if _open(places) != (manifest, conflicts):
            raise UserError(f"{places.target} was changed while you edited", Exit.CANNOT)
        still_open = settle(places, manifest, file, chosen, content)
    return SettledReport(file.path, choice, chosen, still_open, content != file.users, ahead)
