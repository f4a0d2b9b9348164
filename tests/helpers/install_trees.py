"""Random installations: templates that change, a user who edits, and what must then be true of the whole tree.

Every piece of text that somebody writes holds a word of its own, ``ours7`` or ``user7``; so a three-way merge can be
foretold as one of sets of words, and a word of the user's that is missing afterwards is a loss.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from acolytes_cc.errors import UserError
from acolytes_cc.install.conflicts.files import read_conflicts, settle
from acolytes_cc.install.conflicts.resolution import with_markers, with_theirs
from acolytes_cc.install.disk.clashes import Clash
from acolytes_cc.install.disk.manifest import Manifest, SettingsEntry, read_manifest
from acolytes_cc.install.disk.places import Places
from acolytes_cc.install.going_back.command import go_over
from acolytes_cc.install.going_back.plan import plan_rollback
from acolytes_cc.install.planning.files import InstallPlan, make_plan
from acolytes_cc.install.removal.apply import remove
from acolytes_cc.install.transaction.journal import STACKS
from acolytes_cc.install.transaction.records import states
from acolytes_cc.install.updating.apply import apply
from acolytes_cc.install.updating.diff import diff_lines
from install_versions import (
    MARKERS,
    PROGRAMS,
    Templates,
    Tree,
    Writer,
    keys,
    words,
)
from support import read_tree


@dataclass(frozen=True)
class Known:
    """What the test knows of one moment."""

    files: Tree
    manifest: bytes | None
    arrived: Tree
    entries: list[SettingsEntry]
    settled: dict[str, list[tuple[str, bytes]]]


class Change(NamedTuple):
    """A change that rollback can undo, or forward can make again: from one moment to another."""

    start: Known
    end: Known
    left: frozenset[str] = frozenset()
    """the files that the user had changed when it was undone: they are the user's, and not made again"""

    @property
    def is_state(self) -> bool:
        return bool(self._replace(left=frozenset()).files)

    @property
    def files(self) -> dict[str, tuple[bytes | None, bytes | None]]:
        """Each file that changed, before and after."""
        paths = {*self.start.files, *self.end.files} - self.left
        both = {path: (self.start.files.get(path), self.end.files.get(path)) for path in paths}
        return {path: sides for path, sides in both.items() if sides[0] != sides[1]}


@dataclass
class Case:
    """One user's folder, and what the test knows about it without asking the installer."""

    places: Places
    writer: Writer
    templates: Templates
    arrived: Tree = field(default_factory=dict)
    """path -> the rendering of ours that the user's file goes back to"""
    entries: list[SettingsEntry] = field(default_factory=list)
    edited: bool = False
    settings_edited: bool = False
    actions: list[str] = field(default_factory=list)
    clashes: dict[str, tuple[Clash, ...]] = field(default_factory=dict)
    settled: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    """path -> the key and our text of each part that the user settled"""
    back: list[Change] = field(default_factory=list)
    """the changes that rollback can undo, oldest first"""
    ahead: list[Change] = field(default_factory=list)
    """the changes that forward can make again, the next one last"""

    @property
    def target(self) -> Path:
        return self.places.target

    @property
    def random(self) -> Random:
        return self.writer.random

    def files(self) -> Tree:
        """Every file outside our state."""
        return {
            name: content
            for name, (mode, content) in read_tree(self.target).items()
            if mode[0] == "-" and (name.startswith("acolytes/hooks/") or not name.startswith("acolytes/"))
        }

    def known(self) -> Known:
        manifest = self.target / "acolytes/manifest.json"
        settled = {path: [*parts] for path, parts in self.settled.items()}
        content = manifest.read_bytes() if manifest.exists() else None
        return Known(self.files(), content, dict(self.arrived), self.entries, settled)

    def remember(self, start: Known) -> None:
        """A command of ours went from ``start`` to now: if it changed anything, it is one more change to undo."""
        change = Change(start, self.known())
        if change.is_state or start.manifest != change.end.manifest:
            self.back.append(change)
            self.ahead.clear()
            states_made = [number for number, each in enumerate(self.back) if each.is_state]
            del self.back[: states_made[-5] if len(states_made) > 5 else 0]

    def go(self) -> None:
        """Back by one state, or ahead; what the user changed meanwhile stays."""
        stack = self.random.choice(STACKS)
        is_back = stack == STACKS[0]
        changes, others = (self.back, self.ahead) if is_back else (self.ahead, self.back)
        crossed = self._next_state(changes, is_back=is_back)
        count = len([change for change in changes if change.is_state])
        assert len(states(self.target, stack)) == min(count, 5)
        expected = self.files()
        gone_over = []
        for change in crossed:
            left = set(change.left)
            for path, sides in change.files.items():
                before, after = sides if is_back else sides[::-1]
                if expected.get(path) == after:
                    expected.pop(path, None)
                    expected |= {} if before is None else {path: before}
                elif path != "settings.json":
                    left.add(path)
            gone_over.append(change._replace(left=frozenset(left)))
        if not crossed or (is_back and count == 1):
            return
        assert go_over(self.places, plan_rollback(self.target, 1, stack)) is None
        self.actions.append("back" if is_back else "ahead")
        result = self.files()
        known = crossed[-1].start if is_back else crossed[-1].end
        if result.get("settings.json") != expected.get(
            "settings.json"
        ):  # the user edited it: only entries of ours went
            entries = [*self.entries, *known.entries]
            old, new = (read_settings(tree.get("settings.json")) for tree in (expected, result))
            assert _without(old, entries) == _without(new, entries)
            held = {(event, repr(row)) for event, rows in new.get("hooks", {}).items() for row in rows}
            assert not [each for each in self.entries if each not in known.entries and (each[0], repr(each[1])) in held]
            expected["settings.json"] = result["settings.json"]
        assert result == expected
        del changes[-len(crossed) :]
        others += gone_over
        assert (self.target / "acolytes/manifest.json").read_bytes() == known.manifest
        self.arrived, self.entries = dict(known.arrived), known.entries
        self.settled = {path: [*parts] for path, parts in known.settled.items()}
        self._check_settled()

    @staticmethod
    def _next_state(changes: list[Change], *, is_back: bool) -> list[Change]:
        """The changes to go over, in order: one of files, and those of our records alone that follow it."""
        crossed: list[Change] = []
        for change in reversed(changes):
            if not is_back and crossed and change.is_state:
                break
            crossed.append(change)
            if is_back and change.is_state:
                break
        return crossed

    def plan(self) -> tuple[InstallPlan, Manifest | None]:
        old = read_manifest(self.places)
        return make_plan(self.places, self.templates.files, self.templates.entries(self.places), old), old

    def update(self) -> None:
        """Install or update, check all of it, and once more: the second time changes nothing."""
        before, start = self.files(), self.known()
        try:
            plan, old = self.plan()
        except UserError as refusal:
            self._check_refusal(before, str(refusal))
            return
        apply(plan, {}, old)
        self.actions += [file.action for file in plan.files]
        self.clashes = {file.path: file.clashes for file in plan.files if file.clashes}
        after = self.files()
        self._check(before, after, {file.path: file.action for file in plan.files})
        check_settings(self, before.get("settings.json"), after["settings.json"])
        self.entries = self.templates.entries(self.places)
        self.remember(start)
        everything = read_tree(self.target)
        again, manifest = self.plan()
        assert not again.has_changes, [file for file in again.files if file.content]
        apply(again, {}, manifest)
        assert read_tree(self.target) == everything
        self._check_settled()

    def resolve(self) -> None:
        """Settle some parts of a file in one of three ways: the rest of it stays, and nothing is asked again."""
        manifest = read_manifest(self.places)
        assert manifest
        conflicts = read_conflicts(self.places, manifest)
        if not conflicts:
            return
        file = self.random.choice(conflicts)
        # while the user's frontmatter is broken, a newer version waits
        was_up_to_date = not list(diff_lines(self.plan()[0])) and self.arrived.get(file.path) == next(
            (rendered.content for rendered in self.templates.files if rendered.path == file.path), None
        )
        chosen = self.random.sample(file.clashes, self.random.randint(1, len(file.clashes)))
        choice = self.random.choice(["mine", "theirs", "edit"])
        content = file.users if choice == "mine" else with_theirs(file.users, file.theirs, chosen)
        replaced = {number for clash in chosen for number in range(*clash.lines)}
        rest = [line for number, line in enumerate(file.users.splitlines(keepends=True)) if number not in replaced]
        theirs = {word for clash in chosen for word in words(theirs_of(file.theirs, clash))}
        if choice == "edit":
            marked = with_markers(file.users, file.theirs, chosen)
            assert words(marked.content) == words(file.users) | theirs
            assert marked.left_marker(marked.content)
            marks = tuple(mark * marked.size for mark in (b"<", b"=", b">"))
            lines = marked.content.splitlines(keepends=True)
            content = b"".join(line for line in lines if not line.startswith(marks))
            assert words(content) == words(file.users) | theirs
        elif choice == "theirs":
            assert words(content) == words(b"".join(rest)) | theirs
        start = self.known()
        settle(self.places, manifest, file, chosen, content)
        self.actions.append(choice)
        assert (self.target / file.path).read_bytes() == content
        self.edited = True
        listed = self.settled.setdefault(file.path, [])
        listed += [(clash.key, theirs_of(file.theirs, clash)) for clash in chosen]
        self.remember(start)
        assert was_up_to_date <= (not list(diff_lines(self.plan()[0])))
        self._check_settled()

    def _check_settled(self) -> None:
        """What was settled is not open again. Words are never written twice, so a new clash has another text."""
        manifest = read_manifest(self.places)
        assert manifest
        for file in read_conflicts(self.places, manifest):
            still_open = {(clash.key, theirs_of(file.theirs, clash)) for clash in file.clashes}
            assert not [part for part in self.settled.get(file.path, ()) if part in still_open and words(part[1])]

    def _check_refusal(self, before: Tree, refusal: str) -> None:
        """A file of the user's stands where a new one of ours would go: named, and the user moves it away."""
        new = {file.path: file.content for file in self.templates.files}
        foreign = [path for path in new if path not in self.arrived and before.get(path, new[path]) != new[path]]
        assert foreign
        assert all(str(self.target / path) in refusal for path in foreign)
        assert self.files() == before
        for path in foreign:
            (self.target / path).rename(self.target / f"{path}.{self.writer.word('user')}")
        self.update()

    def _check(self, before: Tree, after: Tree, actions: dict[str, str]) -> None:
        new = {file.path: file.content for file in self.templates.files}
        for path in {*before, *after, *new, *self.arrived} - {"settings.json"}:
            base, users, ours, result = (tree.get(path) for tree in (self.arrived, before, new, after))
            self._check_file(path, base, users, ours, result, actions.get(path, ""))
            is_ours = path in self.arrived and actions.get(path) == "unchanged"
            if ours is not None and (is_ours or actions.get(path) in ("add", "update", "merge", "conflict")):
                self.arrived[path] = ours
            elif actions.get(path) == "remove" or (ours is None and users is None):
                self.arrived.pop(path, None)

    def _check_file(
        self, path: str, base: bytes | None, users: bytes | None, ours: bytes | None, result: bytes | None, action: str
    ) -> None:
        if base is None:
            assert result == (users if users is not None else ours), path
        elif users is None:  # deleted: of definitions that is the user's decision
            assert result == (ours if path in PROGRAMS else None), path
        elif users == base:
            assert result == ours, path
        else:
            assert result is not None, path
            assert not MARKERS.search(result), path
            if action in ("merge", "conflict"):
                assert ours is not None
                check_words(base, users, ours, result, self.clashes.get(path, ()))
                assert (action == "conflict") <= bool(self.clashes.get(path))
            else:
                assert result == users, path
                assert action == "keep-user" or ours in (base, users), (path, action)

    def uninstall(self, start: dict[str, tuple[str, bytes]]) -> None:
        before = self.files()
        manifest = read_manifest(self.places)
        assert manifest
        named = remove(self.places, manifest)
        after = self.files()
        stays = {path for path in before if path not in self.arrived or before[path] != self.arrived[path]}
        assert {path for path in after if path != "settings.json"} == stays - {"settings.json"}
        assert all(after[path] == before[path] for path in stays - {"settings.json"})
        assert {path for path in named if ":" not in path} == {path for path in stays if path in self.arrived}
        assert not (self.target / "acolytes").exists() or any(path.startswith("acolytes/") for path in after)
        check_settings(self, before.get("settings.json"), after.get("settings.json"), gone=True)
        if not self.edited and not self.settings_edited:
            assert read_tree(self.target) == start
        elif not self.settings_edited:
            assert after.get("settings.json") == start.get("settings.json", ("", None))[1]


def check_words(base: bytes, users: bytes, ours: bytes, result: bytes, clashes: Sequence[Clash]) -> None:
    """A word that one side brought is there, one that one side took is not, all others are as they were.

    But of a key that the user deleted, nothing comes back; a word of ours under another key is the user's now; and in a
    part that clashes, all words are the user's.
    """
    old, mine, new = map(words, (base, users, ours))
    known, there, wanted = map(keys, (base, users, ours))
    if known is None or there is None or wanted is None:  # then it is one side's as a whole
        sides = [side.replace(b"\r\n", b"\n").split(b"---")[1] for side in (users, ours, result)]
        assert sides[2] in sides[:2]
        known, there, wanted = {}, {}, {}
    deleted = {word for key in known if key not in there for word in wanted.get(key, ())}
    adopted = {word for key, held in there.items() for word in held - known.get(key, set())}
    refused = {word for clash in clashes for word in words(theirs_of(ours, clash)) - words(users_of(result, clash))}
    kept = {word for clash in clashes for word in words(users_of(result, clash))} & mine
    arriving = new - old - deleted - (refused - mine)
    expected = (old & mine & new) | (mine - old) | adopted | arriving | kept
    if "---" in [clash.key for clash in clashes]:  # with an older clash of all keys, single keys may arrive
        assert expected - old <= words(result) <= expected | refused
        return
    assert words(result) == expected
    if wanted:
        dropped = known.keys() - wanted - {clash.key for clash in clashes}
        assert set(keys(result) or {}) == {*there, *wanted} - (known.keys() - there) - dropped


def theirs_of(ours: bytes, clash: Clash) -> bytes:
    return b"".join(ours.splitlines(keepends=True)[slice(*clash.their_lines)])


def users_of(users: bytes, clash: Clash) -> bytes:
    return b"".join(users.splitlines(keepends=True)[slice(*clash.lines)])


def check_settings(case: Case, before: bytes | None, after: bytes | None, *, gone: bool = False) -> None:
    """Every member and entry of the user's is there as it was written; ours are in it, or none of them after all."""
    old, new = read_settings(before), read_settings(after)
    known = case.entries + case.templates.entries(case.places)
    assert _without(old, known) == _without(_with_their_hooks(new, old, case), known)
    for member in re.findall(rb'"user\d+": ?[^,\[\]{}\s]+', before or b""):
        assert member in (after or b""), member
    held = [(event, entry) for event, listed in new.get("hooks", {}).items() for entry in listed]
    ours = case.templates.entries(case.places)
    if gone:
        assert not [entry for entry in known if entry in held]
        return
    taken_out = {event for event, entry in case.entries if before is not None and entry not in _held(old, event)}
    assert [held.count(entry) for entry in ours] == [int(event not in taken_out) for event, _ in ours]
    assert len([entry for entry in known if entry in held and entry not in ours]) == 0


def _held(settings: dict[str, Any], event: str) -> list[Any]:
    listed: list[Any] = settings.get("hooks", {}).get(event, [])
    return listed


def read_settings(content: bytes | None) -> dict[str, Any]:
    text = (content or b"").decode("utf-8-sig")
    parsed: dict[str, Any] = json.loads(text) if text.strip() else {}
    return parsed


def _with_their_hooks(settings: dict[str, Any], old: dict[str, Any], case: Case) -> dict[str, Any]:
    """The settings as they would be if entries of ours that the user changed had not been changed by us, too.

    The user adds a member beside ``hooks``. So our new ``hooks`` arrive in such an entry.
    """
    before = {event: entry["hooks"] for event, entry in case.entries}
    after = {event: entry["hooks"] for event, entry in case.templates.entries(case.places)}
    rows = {}
    for event, listed in settings.get("hooks", {}).items():
        rows[event] = list(listed)
        for number, row in enumerate(listed):
            as_before = {**row, "hooks": before.get(event)}
            if row.get("hooks") == after.get(event) and as_before in _held(old, event) and row not in _held(old, event):
                rows[event][number] = as_before
    return {**settings, "hooks": rows} if "hooks" in settings else settings


def _without(settings: dict[str, Any], entries: list[SettingsEntry]) -> dict[str, Any]:
    """The settings but for these entries, and but for containers that stand empty."""
    hooks = {
        event: [entry for entry in listed if (event, entry) not in entries]
        for event, listed in settings.get("hooks", {}).items()
    }
    rest = {key: value for key, value in settings.items() if key != "hooks"}
    return {**rest, "hooks": {event: listed for event, listed in hooks.items() if listed}}
