"""Compare what is to be installed with what is on disk and with what we rendered before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any, Literal

from acolytes_cc.errors import UserError
from acolytes_cc.install import settings
from acolytes_cc.install.manifest import Manifest, SettingsLedger, sha256
from acolytes_cc.install.places import BASELINE, DEFINITIONS, Places
from acolytes_cc.install.render import Rendered
from acolytes_cc.install.settings import Entry
from acolytes_cc.install.transaction import digest

Action = Literal["add", "update", "merge", "remove", "unchanged", "keep-user", "keep-deleted", "conflict", "foreign"]
WRITING = ("add", "update", "merge", "remove")


@dataclass(frozen=True)
class Step:
    """What happens to one file.

    ``rendered`` is None where the new version has the file no more; ``content`` is what will be written; ``disk`` is
    the SHA-256 of what stands there, None for nothing.
    """

    action: Action
    path: str
    disk: str | None
    rendered: Rendered | None
    content: bytes | None = None
    reason: str = ""

    def settled(self, old: Manifest | None) -> bool:
        """Whether the new version has arrived as ours, so that the next merge starts from it.

        A file that was there before us, with the same content, stays somebody else's.
        """
        ours = old is not None and self.path in old.files
        return self.action in ("add", "update", "merge") or (self.action == "unchanged" and ours)


@dataclass(frozen=True)
class SettingsStep:
    """The settings file before and after, as texts; None where there is none."""

    path: Path
    before: str | None
    after: str | None
    entries: list[Entry]
    original: str | None
    """what uninstall gives back as long as nobody else edits the file"""

    @property
    def action(self) -> Literal["add", "update", "remove", "unchanged"]:
        if self.before == self.after:
            return "unchanged"
        if self.after is None:
            return "remove"
        return "add" if self.before is None else "update"


@dataclass(frozen=True)
class Plan:
    """Everything that an install would do."""

    places: Places
    steps: list[Step]
    settings: SettingsStep

    @property
    def changes(self) -> bool:
        return self.settings.action != "unchanged" or any(step.action in WRITING for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        steps = [
            {"path": step.path, "action": step.action, **({"reason": step.reason} if step.reason else {})}
            for step in self.steps
        ]
        return {
            "scope": self.places.scope,
            "target": str(self.places.target),
            "files": [*steps, {"path": self.settings.path.name, "action": self.settings.action}],
            "changed": self.changes,
        }

    def diff(self) -> Iterator[str]:
        """The plan as a unified diff of texts, line by line; programs are left out."""
        for step in self.steps:
            if step.path.startswith(DEFINITIONS) and (step.action in WRITING or step.action == "conflict"):
                before = b"" if step.disk is None else (self.places.target / step.path).read_bytes()
                after = step.rendered.content if step.action == "conflict" and step.rendered else step.content or b""
                yield from _diff(step.path, before.decode("utf-8", "replace"), after.decode("utf-8", "replace"))
        yield from _diff(self.settings.path.name, self.settings.before or "", self.settings.after or "")


def make_plan(
    places: Places,
    files: list[Rendered],
    entries: list[Entry],
    old: Manifest | None,
    *,
    restore: bool = False,
    replace_upstream: bool = False,
) -> Plan:
    """The plan; with ``restore``, what the user deleted or took out of the settings is added again; with
    ``replace_upstream``, what the published package of our name left there, unmodified, is taken over.

    Raises UserError, naming every one, where files that are not ours stand in the way.
    """
    known = old.files if old else {}
    steps = [_step(places, file, known.get(file.path), restore) for file in files]
    new = {file.path for file in files}
    for path, written in known.items():
        disk = digest(places.target / path)
        if path not in new and disk is not None:
            steps.append(Step("remove" if disk == written else "keep-user", path, disk, None))
    if replace_upstream:
        steps = _taken_over(places.target, steps)
    foreign = [str(places.target / step.path) for step in steps if step.action == "foreign"]
    if foreign:
        raise UserError(
            "nothing was changed: these files are not ours and would be overwritten; move them away and run again: "
            + ", ".join(foreign)
        )
    ledger = old.settings if old else None
    step = _settings_step(places, entries, ledger, restore=restore, replace_upstream=replace_upstream)
    return Plan(places, steps, step)


def _taken_over(target: Path, steps: list[Step]) -> list[Step]:
    """The steps with every unmodified file of the published package replaced by ours, or removed where we have none."""
    from acolytes_cc.install import upstream

    theirs = {path: known for path, known in upstream.files().items() if digest(target / path) == known}
    taken = [
        replace(step, action="update", content=step.rendered.content)
        if step.action == "foreign" and step.path in theirs and step.rendered
        else step
        for step in steps
    ]
    known = {step.path for step in steps}
    return taken + [Step("remove", path, disk, None) for path, disk in theirs.items() if path not in known]


def _step(places: Places, file: Rendered, written: str | None, restore: bool) -> Step:
    path = file.path
    disk, new = digest(places.target / path), sha256(file.content)
    if disk == new:
        return Step("unchanged", path, disk, file)
    if disk is None and (written is None or restore or not path.startswith(DEFINITIONS)):
        return Step("add", path, disk, file, file.content)
    if written is None:
        if places.scope == "project" and path.startswith(DEFINITIONS):
            reason = "it came with the project; remove it first to get the new one"
            return Step("keep-user", path, disk, file, reason=reason)
        return Step("foreign", path, disk, file)
    if disk is None:
        return Step("keep-deleted", path, disk, file)
    if disk == written:
        return Step("update", path, disk, file, file.content)
    if new == written:
        return Step("keep-user", path, disk, file, reason="you changed it")
    return _merged(places, file, disk)


def _merged(places: Places, file: Rendered, disk: str) -> Step:
    """Both sides changed the file since we rendered it last."""
    baseline = places.state / BASELINE / file.path
    if not baseline.is_file():
        return Step("keep-user", file.path, disk, file, reason="you changed it")
    from acolytes_cc.install.merge import Taken, merge

    outcome = merge(baseline.read_bytes(), (places.target / file.path).read_bytes(), file.content)
    if isinstance(outcome, Taken):
        return Step("merge", file.path, disk, file, outcome.content)
    return Step(outcome.action, file.path, disk, file, reason=outcome.reason)


def _settings_step(
    places: Places, entries: list[Entry], ledger: SettingsLedger | None, *, restore: bool, replace_upstream: bool
) -> SettingsStep:
    path = places.settings
    before = settings.read_text(path)
    text = before
    if replace_upstream and text is not None:
        from acolytes_cc.install import upstream

        text = upstream.without_its_entries(path, text)
    original = text
    if not entries:
        after = settings.given_back(path, text, ledger) if ledger and text is not None else text
        return SettingsStep(path, before, after, [], original)
    wanted = entries
    if ledger and text is not None:
        if not restore:  # what the user took out, or changed, is theirs now
            theirs = {event for event, _ in settings.missing_entries(path, text, ledger.entries)}
            wanted = [(event, entry) for event, entry in entries if event not in theirs]
        stale = [entry for entry in ledger.entries if entry not in entries]
        text = settings.without_entries(path, text, stale, ledger.original)
    return SettingsStep(path, before, settings.with_entries(path, text, wanted), entries, original)


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    yield from unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
