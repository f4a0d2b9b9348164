"""Compare the files to install with the files on disk and with what we rendered before."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from acolytes_cc.errors import UserError
from acolytes_cc.install.disk.clashes import Clash
from acolytes_cc.install.disk.files import digest, sha256
from acolytes_cc.install.disk.manifest import Manifest, SettingsEntry
from acolytes_cc.install.disk.places import BASELINE, DEFINITIONS, Places
from acolytes_cc.install.planning.render import RenderedFile
from acolytes_cc.install.planning.settings import PlannedSettings, PlanOptions, plan_settings

FileAction = Literal[
    "add", "update", "merge", "remove", "unchanged", "keep-user", "keep-deleted", "conflict", "foreign"
]
INSTALLED_ACTIONS = ("add", "update", "merge", "conflict")


class PlannedFile(NamedTuple):
    """What an install does to one file."""

    action: FileAction
    path: str
    disk: str | None
    """SHA-256 of the file on disk, None for no file"""
    rendered: RenderedFile | None
    """the file as the new version has it, None where it has the file no longer"""
    content: bytes | None = None
    """what will be written"""
    reason: str = ""
    clashes: tuple[Clash, ...] = ()
    """what is open in it afterwards"""
    left: bytes | None = None
    """the file afterwards, where something is open in it; None where our record of it does not change"""

    @property
    def writes(self) -> bool:
        """Whether the file on disk changes."""
        return self.action == "remove" or self.content is not None

    def is_installed(self, old: Manifest | None) -> bool:
        """Whether the new version is on disk as ours afterwards, so that the next merge starts from it.

        A file that was there before us, with the same content, stays somebody else's.
        """
        ours = old is not None and self.path in old.files
        return self.action in INSTALLED_ACTIONS or (self.action == "unchanged" and ours)


class InstallPlan(NamedTuple):
    """Everything that an install would do."""

    places: Places
    files: list[PlannedFile]
    settings: PlannedSettings

    @property
    def has_changes(self) -> bool:
        """Whether anything on disk would change."""
        return self.settings.action != "unchanged" or any(file.writes for file in self.files)


def make_plan(
    places: Places,
    rendered: list[RenderedFile],
    entries: list[SettingsEntry],
    old: Manifest | None,
    options: PlanOptions | None = None,
) -> InstallPlan:
    """Plan an install or an update.

    Args:
        places: Where to install.
        rendered: The files of the new version.
        entries: The hook entries that belong in the client's settings.
        old: The manifest of the installed version, None for a first install.
        options: What the user allows beyond a plain install.

    Raises:
        UserError: Files that are not ours are in the way; the message names each.
    """
    options = options or PlanOptions()
    written = old.files if old else {}
    clashes = old.clashes if old else {}
    files = [_plan_file(places, file, written.get(file.path), clashes.get(file.path, []), options) for file in rendered]
    rendered_paths = {file.path for file in rendered}
    for path, old_digest in written.items():
        disk = digest(places.target / path)
        if path not in rendered_paths and disk is not None:
            files.append(PlannedFile("remove" if disk == old_digest else "keep-user", path, disk, None))
    if options.replace_upstream:
        files = _replace_upstream(places.target, files)
    foreign = [str(places.target / file.path) for file in files if file.action == "foreign"]
    if foreign:
        raise UserError(
            "nothing was changed, because these files are not ours, or you changed them and an uninstall kept them; "
            "move them away and run this again: " + ", ".join(foreign)
        )
    return InstallPlan(places, files, plan_settings(places, entries, old.settings if old else None, options))


def _replace_upstream(target: Path, files: list[PlannedFile]) -> list[PlannedFile]:
    """Replace every unmodified file of the published package by ours, or remove it where we have none."""
    from acolytes_cc.install.planning import upstream

    unmodified = {path: sha for path, sha in upstream.files().items() if digest(target / path) == sha}
    replaced = [
        file._replace(action="update", content=file.rendered.content)
        if file.action == "foreign" and file.path in unmodified and file.rendered
        else file
        for file in files
    ]
    planned = {file.path for file in files}
    return replaced + [
        PlannedFile("remove", path, sha, None) for path, sha in unmodified.items() if path not in planned
    ]


def _plan_file(
    places: Places, file: RenderedFile, written: str | None, clashes: list[Clash], options: PlanOptions
) -> PlannedFile:
    """``written`` is the SHA-256 of what we wrote last, None for a file that we never wrote."""
    path = file.path
    is_definition = path.startswith(DEFINITIONS)
    disk, new = digest(places.target / path), sha256(file.content)
    if disk == new:
        return PlannedFile("unchanged", path, disk, file)
    if disk is None and (written is None or options.restore or not is_definition):
        return PlannedFile("add", path, disk, file, file.content)
    if written is None:
        if places.scope == "project" and is_definition:
            reason = "it came with the project; remove it first to get the new one"
            return PlannedFile("keep-user", path, disk, file, reason=reason)
        return PlannedFile("foreign", path, disk, file)
    if disk is None:
        return PlannedFile("keep-deleted", path, disk, file)
    if disk == written:
        return PlannedFile("update", path, disk, file, file.content)
    kept = PlannedFile("keep-user", path, disk, file, reason="you changed it", clashes=tuple(clashes))
    if not is_definition:  # the scripts belong together, so the user's edit of one is not merged into another version
        return kept
    if new == written:
        return _with_open_clashes(places, kept) if clashes else kept
    return _plan_merge(places, file, kept, written)


def _with_open_clashes(places: Places, kept: PlannedFile) -> PlannedFile:
    from acolytes_cc.install.conflicts.open_clashes import located

    users = (places.target / kept.path).read_bytes()
    still_open = located(places, kept.path, kept.clashes, users)
    return kept._replace(reason=_reason(kept.reason, still_open), clashes=still_open, left=users)


def _plan_merge(places: Places, file: RenderedFile, kept: PlannedFile, written: str) -> PlannedFile:
    """Both sides changed the file since it was rendered last; ``kept`` is the plan where it cannot be merged."""
    from acolytes_cc.install.merging.file import NotMerged, merge
    from acolytes_cc.install.merging.without_base import assumed_base

    users = (places.target / file.path).read_bytes()
    known = last_rendered(places, file.path, written)
    baseline = assumed_base(users, file.content) if known is None else known
    result = merge(baseline, users, file.content)
    if isinstance(result, NotMerged):
        return kept._replace(reason=result.reason)
    clashes, reason = result.clashes, result.reason
    if known is None:
        reason = f"the text of the last version is lost, so each difference is a conflict: {_names(clashes)}"
    if kept.clashes:
        from acolytes_cc.install.conflicts.open_clashes import carried, located

        still_open = located(places, file.path, kept.clashes, users)
        clashes = carried(still_open, clashes, users, result.content, baseline, file.content)
        reason = reason or _reason("", clashes)
    content = None if result.content == users else result.content
    action: FileAction = "conflict" if result.clashes else "merge"
    return PlannedFile(action, file.path, kept.disk, file, content, reason, clashes, result.content)


def last_rendered(places: Places, path: str, written: str) -> bytes | None:
    """The definition as it was rendered last, by us or by a colleague; None where nobody has it any more."""
    try:
        content = (places.state / BASELINE / path).read_bytes()
    except OSError:
        content = None
    if places.scope != "project" or (content is not None and sha256(content) == written):
        return content
    from acolytes_cc.install.disk.shared import shared_text

    return shared_text(places, path, written)


def _reason(reason: str, still_open: tuple[Clash, ...]) -> str:
    names = _names(still_open)
    return "; ".join(filter(None, [reason, names and f"in conflict since an earlier update: {names}"]))


def _names(clashes: tuple[Clash, ...]) -> str:
    return ", ".join(clash.name for clash in clashes)
