"""What an installation wrote, so that it can be told from what is the user's and be taken away again.

Checked by hand: a schema library would take longer to import than everything else that an update without news does.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import MANIFEST, Places, Scope

OURS = ("acolytes/", "agents/", "scripts/acolytes_quest/", "skills/")
FORMAT = "acolytes.manifest/1"


@dataclass
class SettingsLedger:
    """What we put into the client's settings file: enough to take exactly that out again."""

    entries: list[tuple[str, dict[str, Any]]]
    """(event, hook entry), as inserted"""
    after: str
    """SHA-256 of the file as we left it: while it matches, uninstall gives back the original bytes"""
    before: str | None
    """the original bytes in base64, or None when there was no file"""

    @property
    def original(self) -> str | None:
        """The original text, every byte kept (surrogate-escaped)."""
        return None if self.before is None else b64decode(self.before).decode("utf-8", "surrogateescape")


@dataclass
class Manifest:
    """The state of one installation, kept in ``<target>/acolytes/manifest.json``."""

    version: str
    scope: Scope
    answers: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    """hash of what the definitions were rendered from; empty while not all of it has arrived"""
    files: dict[str, str] = field(default_factory=dict)
    """path relative to the target -> SHA-256 of what we wrote"""
    folders: list[str] = field(default_factory=list)
    """folders that we made, relative to the target, parents first; ``.`` is the target itself"""
    settings: SettingsLedger | None = None

    def to_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode() + b"\n"


def encoded(text: str | None) -> str | None:
    """A settings text as a ledger keeps it."""
    return None if text is None else b64encode(text.encode("utf-8", "surrogateescape")).decode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_manifest(places: Places) -> Manifest | None:
    """The manifest, or None where there is none; UserError for one that cannot be read."""
    path = places.target / MANIFEST
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", Exit.CANNOT) from None
    try:
        return _manifest(json.loads(content))
    except (ValueError, KeyError, RecursionError) as error:
        raise UserError(
            f"{path} is damaged or newer than this version ({_reason(error)}): restore it", Exit.CANNOT
        ) from None


def _manifest(data: Any) -> Manifest:
    """A manifest may come with somebody else's project: whatever it names must be in places of ours."""
    if _get(data, "format", str) != FORMAT:
        raise ValueError(f"format is not {FORMAT}")
    scope = _get(data, "scope", str)
    if scope not in get_args(Scope):
        raise ValueError(f"there is no scope {scope!r}")
    files = _get(data, "files", dict)
    for path, known in files.items():
        if not path.startswith(OURS) or ".." in path.split("/") or "\0" in path:
            raise ValueError(f"{path!r} is no path of ours")
        _check(known, "files", str)
    folders = _get(data, "folders", list)
    for folder in folders:
        _check(folder, "folders", str)
    return Manifest(
        version=_get(data, "version", str),
        scope=scope,
        answers=_get(data, "answers", dict),
        source=_get(data, "source", str),
        files=files,
        folders=folders,
        settings=None if data["settings"] is None else _ledger(data["settings"]),
    )


def _ledger(data: Any) -> SettingsLedger:
    before = None if data["before"] is None else _get(data, "before", str)
    if before is not None:
        b64decode(before, validate=True)
    entries = []
    for entry in _get(data, "entries", list):
        _check(entry, "entries", list)
        event, hooks = entry
        _check(event, "entries", str)
        _check(hooks, "entries", dict)
        entries.append((event, hooks))
    return SettingsLedger(entries, _get(data, "after", str), before)


def _get(data: Any, key: str, kind: type) -> Any:
    _check(data, "it", dict)
    return _check(data[key], key, kind)


def _check(value: Any, what: str, kind: type) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{what}: {type(value).__name__} where {kind.__name__} is due")
    return value


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
