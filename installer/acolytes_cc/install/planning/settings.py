"""Plan what an install does to the client's settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from acolytes_cc.install.disk.manifest import SettingsEntry, SettingsRecord
from acolytes_cc.install.disk.places import Places
from acolytes_cc.install.settings import editing

SettingsAction = Literal["add", "update", "remove", "unchanged"]


class PlanOptions(NamedTuple):
    """What the user allows beyond a plain install."""

    restore: bool = False
    """add again what the user deleted, or took out of the settings"""
    replace_upstream: bool = False
    """take over the files that the published package of our name left, as far as they are unmodified"""


class PlannedSettings(NamedTuple):
    """The settings file before and after, as texts; None for no file."""

    path: Path
    before: str | None
    after: str | None
    entries: list[SettingsEntry]
    original: str | None
    """what uninstall restores as long as nobody else edits the file"""
    has_merged: bool = False
    """whether an entry that the user changed is changed, too"""
    left_out: tuple[str, ...] = ()
    """the events whose entry the user removed or changed, so that it is not added again"""

    @property
    def action(self) -> SettingsAction:
        """What happens to the file."""
        if self.before == self.after:
            return "unchanged"
        if self.after is None:
            return "remove"
        return "add" if self.before is None else "update"


def plan_settings(
    places: Places, entries: list[SettingsEntry], record: SettingsRecord | None, options: PlanOptions
) -> PlannedSettings:
    """Plan the edit of the client's settings file; ``record`` is what we put into it last, None for nothing."""
    path = places.settings
    before = editing.read_text(path)
    text = before
    if options.replace_upstream and text is not None:
        from acolytes_cc.install.planning import upstream

        text = upstream.without_its_entries(path, text)
    # what a lost installation left is not the user's
    original = text if record or text is None else editing.without_stray_entries(path, text, [])
    if not entries:
        after = editing.restored(path, text, record) if record and text is not None else text
        return PlannedSettings(path, before, after, [], original)
    to_add, has_merged = entries, False
    users: set[str] = set()
    if options.restore and text is not None:
        text = editing.without_stray_entries(path, text, entries)
    if record and text is not None:
        if not options.restore:  # an entry that the user removed or changed is not added again
            users = {entry.event for entry in editing.missing_entries(path, text, record.entries)}
            to_add = [entry for entry in entries if entry.event not in users]
            if users:
                from acolytes_cc.install.settings.merging import with_changed_entries

                merged = with_changed_entries(path, text, record.entries, entries)
                text, has_merged = merged, merged != text
        stale = [entry for entry in record.entries if entry not in entries]
        text = editing.without_entries(path, text, stale, record.original)
    after = editing.with_entries(path, text, to_add)
    left_out = tuple(entry.event for entry in entries if entry.event in users)
    return PlannedSettings(path, before, after, entries, original, has_merged, left_out)
