"""Compare what is to be installed with what is on disk and with what we wrote before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import settings
from acolytes_cc.install.manifest import Manifest, SettingsLedger, sha256
from acolytes_cc.install.places import Places
from acolytes_cc.install.render import Rendered
from acolytes_cc.install.settings import Entry

Action = Literal["add", "update", "unchanged", "keep-user", "keep-deleted", "remove", "foreign"]


@dataclass(frozen=True)
class Step:
    """What happens to one file; ``file`` is what we would write, None where the new version has it no more."""

    action: Action
    path: str
    file: Rendered | None


@dataclass(frozen=True)
class SettingsStep:
    """The settings file before and after, as texts; None for ``before`` where there is none."""

    path: Path
    before: str | None
    after: str
    entries: list[Entry]

    @property
    def action(self) -> Literal["add", "update", "unchanged"]:
        if self.before == self.after:
            return "unchanged"
        return "add" if self.before is None else "update"


@dataclass(frozen=True)
class Plan:
    """Everything that an install would do."""

    places: Places
    steps: list[Step]
    settings: SettingsStep

    @property
    def changes(self) -> bool:
        return self.settings.action != "unchanged" or any(s.action in ("add", "update", "remove") for s in self.steps)

    def to_json(self) -> dict[str, Any]:
        steps = [{"path": step.path, "action": step.action} for step in self.steps]
        name = self.settings.path.name
        return {
            "scope": self.places.scope,
            "target": str(self.places.target),
            "files": [*steps, {"path": name, "action": self.settings.action}],
            "changed": self.changes,
        }


def make_plan(places: Places, files: list[Rendered], entries: list[Entry], old: Manifest | None) -> Plan:
    """The plan; raises UserError, naming every one, where files that are not ours stand in the way."""
    known = old.files if old else {}
    steps = [_step(places.target, file, known.get(file.path)) for file in files]
    new = {file.path for file in files}
    steps += [
        Step("remove" if digest == _digest(places.target / path) else "keep-user", path, None)
        for path, digest in known.items()
        if path not in new and (places.target / path).is_file()
    ]
    foreign = [str(places.target / step.path) for step in steps if step.action == "foreign"]
    if foreign:
        raise UserError(
            "nothing was changed: these files are not ours and would be overwritten; move them away and run again: "
            + ", ".join(foreign)
        )
    return Plan(places, steps, _settings_step(places, entries, old.settings if old else None))


def _step(target: Path, file: Rendered, written: str | None) -> Step:
    disk = _digest(target / file.path)
    if written is None:
        return Step("add" if disk is None else "foreign", file.path, file)
    if disk is None:
        # a definition that the user deleted stays deleted; a program that is gone is only broken
        return Step("keep-deleted" if file.path.startswith(("agents/", "skills/")) else "add", file.path, file)
    if disk == sha256(file.content):
        return Step("unchanged", file.path, file)
    return Step("update" if disk == written else "keep-user", file.path, file)


def _digest(path: Path) -> str | None:
    """The file's SHA-256; None where there is nothing; anything but a readable file counts as somebody else's."""
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise UserError(
            f"{path} cannot be made: a file stands where a folder is needed; move it away", Exit.CANNOT
        ) from None
    except OSError:
        return ""


def _settings_step(places: Places, entries: list[Entry], ledger: SettingsLedger | None) -> SettingsStep:
    path = places.settings
    before = settings.read_text(path)
    text = before
    if ledger and text is not None:
        stale = [entry for entry in ledger.entries if entry not in entries]
        text = settings.without_entries(path, text, stale, ledger.before)
    return SettingsStep(path, before, settings.with_entries(path, text, entries), entries)
