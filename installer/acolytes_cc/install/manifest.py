"""What an installation wrote, so that it can be told from what is the user's and be taken away again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from acolytes_cc.errors import Exit, UserError


class SettingsLedger(BaseModel):
    """What we put into the client's settings file: enough to take exactly that out again."""

    model_config = ConfigDict(extra="forbid")

    entries: list[tuple[str, dict[str, Any]]]
    """(event, hook entry), as inserted"""
    after: str
    """SHA-256 of the file as we left it: while it matches, uninstall gives back the original bytes"""
    before: str | None
    """the original text (surrogate-escaped), or None when there was no file"""


class Manifest(BaseModel):
    """The state of one installation, kept in ``<target>/acolytes/manifest.json``."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["acolytes.manifest/1"] = "acolytes.manifest/1"
    version: str
    scope: Literal["user", "project"]
    answers: dict[str, Any] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    """path relative to the target -> SHA-256 of what we wrote"""
    folders: list[str] = Field(default_factory=list)
    """folders that we made, relative to the target, parents first; ``.`` is the target itself"""
    settings: SettingsLedger | None = None


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_manifest(path: Path) -> Manifest | None:
    """The manifest, or None where there is none; UserError for one that cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", Exit.CANNOT) from None
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{path} is damaged or newer than this version ({where}: {first['msg']}): restore it",
            Exit.CANNOT,
        ) from None
