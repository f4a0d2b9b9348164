"""What an installation wrote, so that it can be distinguished from the user's own files and removed again.

Checked by hand: a schema library takes longer to import than an update without news takes as a whole.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from acolytes_cc.errors import Exit, UserError, cannot_read
from acolytes_cc.install.answers.questions import TEMPLATES, Answers
from acolytes_cc.install.disk.clashes import Clash, Lines
from acolytes_cc.install.disk.places import DEFINITIONS, MANIFEST, Places, Scope
from acolytes_cc.install.disk.shared import read_shared

OWN_FOLDERS = ("acolytes/", "agents/", "scripts/acolytes_quest/", "skills/")
FORMAT = "acolytes.manifest/1"

_Kind = TypeVar("_Kind")


class SettingsEntry(NamedTuple):
    """One entry of a hook event's list in the client's settings file."""

    event: str
    entry: dict[str, Any]


class SettingsRecord(NamedTuple):
    """What we put into the client's settings file: enough to remove exactly that again."""

    entries: list[SettingsEntry]
    """the entries as they were inserted"""
    after: str
    """SHA-256 of the file as we left it: while the file has it, uninstall restores the original bytes"""
    before: str | None
    """the original bytes in base64, or None when there was no file"""
    left_out: tuple[str, ...] = ()
    """the events whose entry the user had removed or changed when we last left the file: it stays as it is"""

    @property
    def original(self) -> str | None:
        """The original text; bytes that are not UTF-8 are kept as surrogates."""
        return None if self.before is None else b64decode(self.before).decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of one installation, kept in ``<target>/acolytes/manifest.json``."""

    version: str
    scope: Scope
    answers: Answers = field(default_factory=dict)
    source: str = ""
    """hash of what the definitions were rendered from; empty while some of it was not installed"""
    files: dict[str, str] = field(default_factory=dict)
    """path relative to the target -> SHA-256 of what we wrote"""
    folders: list[str] = field(default_factory=list)
    """folders that we made, relative to the target, parents first; ``.`` is the target itself"""
    settings: SettingsRecord | None = None
    clashes: dict[str, list[Clash]] = field(default_factory=dict)
    """path of a definition -> what is open in it"""

    def to_json(self) -> bytes:
        """The bytes of the manifest's file."""
        row = {
            "format": FORMAT,
            "version": self.version,
            "scope": self.scope,
            "answers": self.answers,
            "source": self.source,
            "files": self.files,
            "folders": self.folders,
            "settings": self.settings._asdict() if self.settings else None,
            "clashes": {path: [clash._asdict() for clash in clashes] for path, clashes in self.clashes.items()},
        }
        return json.dumps(row, indent=1).encode() + b"\n"


def encode_settings(text: str | None) -> str | None:
    """A settings text in the form of ``SettingsRecord.before``."""
    return None if text is None else b64encode(text.encode("utf-8", "surrogateescape")).decode()


def read_manifest(places: Places) -> Manifest | None:
    """The manifest, or None where there is none; UserError for one that cannot be read.

    In project scope, the part that is shared with colleagues is right about the definitions: somebody else may have
    updated them. Who has not installed anything yet has this part alone.
    """
    shared, local = read_shared(places), _read_local(places)
    if shared is None:
        return local
    answers = shared.answers
    if local is None:
        return Manifest(shared.version, "project", answers, files=shared.files)
    if TEMPLATES in answers and TEMPLATES in local.answers:
        answers = answers | {TEMPLATES: local.answers[TEMPLATES]}
    programs = {path: written for path, written in local.files.items() if not path.startswith(DEFINITIONS)}
    files = dict(sorted((programs | shared.files).items()))
    clashes = {path: listed for path, listed in local.clashes.items() if files.get(path) == local.files[path]}
    return replace(local, version=shared.version, answers=answers, files=files, clashes=clashes)


def _read_local(places: Places) -> Manifest | None:
    path = places.target / MANIFEST
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_read(path, error) from None
    return decode_manifest(path, content)


def decode_manifest(path: Path, content: bytes) -> Manifest:
    """The manifest that ``to_json`` encoded; UserError, naming ``path``, for any other content."""
    try:
        return _manifest(json.loads(content))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        message = (
            f"{path} is damaged, or a newer version of acolytes wrote it ({reason}): restore it from a backup, or move "
            "it away and run `acolytes install`"
        )
        raise UserError(message, Exit.CANNOT) from None


def _manifest(data: object) -> Manifest:
    """A manifest may come with somebody else's project: every path in it must be one that we could have written."""
    row = _typed(data, "the manifest", dict)
    if _value(row, "format", str) != FORMAT:
        raise ValueError(f"format is not {FORMAT}")
    scope = next((scope for scope in get_args(Scope) if scope == row["scope"]), None)
    if scope is None:
        raise ValueError(f"unknown scope {row['scope']!r}")
    files = _value(row, "files", dict)
    for path, written in files.items():
        if not path.startswith(OWN_FOLDERS) or ".." in path.split("/") or "\0" in path:
            raise ValueError(f"acolytes never writes a file at {path!r}")
        _typed(written, "files", str)
    folders = _value(row, "folders", list)
    for folder in folders:
        _typed(folder, "folders", str)
    return Manifest(
        version=_value(row, "version", str),
        scope=scope,
        answers=_value(row, "answers", dict),
        source=_value(row, "source", str),
        files=files,
        folders=folders,
        settings=None if row["settings"] is None else _settings_record(row["settings"]),
        clashes=_clashes(row.get("clashes", {}), files),
    )


def _settings_record(data: object) -> SettingsRecord:
    row = _typed(data, "settings", dict)
    before = None if row["before"] is None else _value(row, "before", str)
    if before is not None:
        b64decode(before, validate=True)
    entries = []
    for pair in _value(row, "entries", list):
        event, entry = _typed(pair, "entries", list)
        entries.append(SettingsEntry(_typed(event, "entries", str), _typed(entry, "entries", dict)))
    left_out = _typed(row.get("left_out", []), "left_out", list)
    return SettingsRecord(
        entries, _value(row, "after", str), before, tuple(_typed(event, "left_out", str) for event in left_out)
    )


def _clashes(data: object, files: dict[str, str]) -> dict[str, list[Clash]]:
    clashes = {}
    for path, rows in _typed(data, "clashes", dict).items():
        if path not in files:
            raise ValueError(f"clashes name {path!r}, which is not one of the files")
        clashes[path] = [_clash(row) for row in _typed(rows, "clashes", list)]
    return clashes


def _clash(data: object) -> Clash:
    row = _typed(data, "clashes", dict)
    base, theirs = (None if row[key] is None else _value(row, key, str) for key in ("base", "theirs"))
    lines, their_lines = (
        Lines(*(_typed(line, key, int) for line in _value(row, key, list))) for key in ("lines", "their_lines")
    )
    if not all(0 <= start <= end for start, end in (lines, their_lines)):
        raise ValueError("clashes name lines that no file has")
    return Clash(_value(row, "key", str), base, theirs, lines, their_lines)


def _value(row: dict[str, Any], key: str, kind: type[_Kind]) -> _Kind:
    return _typed(row[key], key, kind)


def _typed(value: object, name: str, kind: type[_Kind]) -> _Kind:
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
    return value
