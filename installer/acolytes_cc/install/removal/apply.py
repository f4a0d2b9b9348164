"""Turn an installation into its removal: one transaction that takes away what the manifest names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from acolytes_cc.hook_registration import registered_hooks
from acolytes_cc.install.application import registry
from acolytes_cc.install.disk.files import digest, sha256
from acolytes_cc.install.disk.manifest import Manifest, SettingsRecord
from acolytes_cc.install.disk.places import BASELINE, BOARD, CONFLICTS, IGNORE, MANIFEST, Places
from acolytes_cc.install.disk.shared import SHARED
from acolytes_cc.install.settings import editing
from acolytes_cc.install.transaction.commit import FileChange, commit
from acolytes_cc.install.transaction.journal import STATE
from acolytes_cc.install.transaction.recovery import remove_state


def files_to_keep(places: Places, manifest: Manifest) -> list[str]:
    """The files that stay at uninstall because the user changed them, relative to the target."""
    return [path for path, written in manifest.files.items() if digest(places.target / path) not in (None, written)]


def remove(
    places: Places, manifest: Manifest, board: Sequence[str] = (), tidy: Callable[[], object] = lambda: None
) -> list[str]:
    """Remove what the manifest names.

    Args:
        places: Where the installation is.
        manifest: What it wrote.
        board: The files of the quest board in our state folder, relative to the target, if they are to be removed too.
        tidy: What else is to be removed when nothing can be undone any more.

    Returns:
        What stays because the user changed it.
    """
    target = places.target
    kept = files_to_keep(places, manifest)
    stays = {*kept, IGNORE} if has_board(places) and not board else set(kept)
    paths = list(dict.fromkeys([*(path for path in manifest.files if path not in stays), *board]))
    paths += [f"{STATE}/{part}/{path}" for part in (BASELINE, CONFLICTS) for path in manifest.files]
    on_disk = [(path, digest(target / path)) for path in paths]
    changes = [FileChange(path, None, disk) for path, disk in on_disk if disk is not None]
    if manifest.settings:
        change = _settings_change(places, manifest.settings)
        if change:
            changes.append(change)
        if changes and (events := _left_entries(places, manifest.settings, change)):
            what = f"our entry of {', '.join(events)}, which does nothing now: remove it by hand"
            kept.append(f"{places.settings.name}: {what}")
    ends = [(path, digest(target / path)) for path in (SHARED, MANIFEST)]
    changes += [FileChange(path, None, disk) for path, disk in ends if disk is not None]
    folders = [STATE, *manifest.folders] if board else manifest.folders

    def all_else() -> None:
        remove_state(target, registry)
        tidy()

    commit(target, changes, registry, folders_to_remove=folders, tidy=all_else)
    return kept


def has_board(places: Places) -> bool:
    """Whether a quest board is in our state folder: the file that hides it from git stays as long as the board does."""
    return (places.target / BOARD).exists()


def _settings_change(places: Places, record: SettingsRecord) -> FileChange | None:
    text = editing.read_text(places.settings)
    if text is None:
        return None
    rest = editing.restored(places.settings, text, record)
    if rest == text:
        return None
    content = None if rest is None else editing.to_bytes(rest)
    return FileChange(places.settings.name, content, sha256(editing.to_bytes(text)))


def _left_entries(places: Places, record: SettingsRecord, change: FileChange | None) -> list[str]:
    """The events whose entry stays because the user changed it, although its script goes."""
    text = editing.read_text(places.settings) or ""
    if change:
        text = (change.content or b"").decode("utf-8", "replace")
    hooks = [
        (entry.event, hook.script)
        for entry in record.entries
        for hook in registered_hooks({"hooks": {entry.event: [entry.entry]}})
    ]
    return list(dict.fromkeys(event for event, script in hooks if script in text))
