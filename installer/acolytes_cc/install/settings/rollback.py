"""Going over a change in the client's settings file after somebody else edited it: only our entries are exchanged.

The client itself writes into this file often. Kept as a whole, it would keep entries that no manifest knows any more.
"""

from __future__ import annotations

from pathlib import Path

from acolytes_cc.errors import UserError
from acolytes_cc.install.disk.manifest import Manifest, SettingsEntry
from acolytes_cc.install.settings import editing


def with_entries_of(path: Path, content: bytes, now: Manifest, then: Manifest | None) -> bytes | None:
    """The settings file with our entries as ``then`` has them, None for no file.

    An entry of ours that the user changed or removed stays as it is. A file that the client could not read either
    stays, too.
    """
    text = content.decode("utf-8", "surrogateescape")
    record = now.settings
    if record is None:
        return content
    try:
        if then is None or then.settings is None:
            rest = editing.restored(path, text, record)
            return None if rest is None else editing.to_bytes(rest)
        users = {entry.event for entry in editing.missing_entries(path, text, record.entries)}
        before, after = (_without(entries, users) for entries in (record.entries, then.settings.entries))
        stale = [entry for entry in before if entry not in after]
        text = editing.without_entries(path, text, stale, record.original)
        return editing.to_bytes(editing.with_entries(path, text, after))
    except UserError:
        return content


def _without(entries: list[SettingsEntry], events: set[str]) -> list[SettingsEntry]:
    return [entry for entry in entries if entry.event not in events]
