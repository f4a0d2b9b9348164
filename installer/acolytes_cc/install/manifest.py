"""What an installation wrote, so that it can be told from what is the user's and be taken away again."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import MANIFEST, Places

OURS = ("acolytes/", "agents/", "scripts/acolytes_quest/", "skills/")


def _inside(path: str) -> str:
    """A manifest may come with somebody else's project: it must not be able to name any other file."""
    if not path.startswith(OURS) or ".." in path.split("/") or "\0" in path:
        raise ValueError(f"{path!r} is no path of ours")
    return path


OurPath = Annotated[str, AfterValidator(_inside)]


class SettingsLedger(BaseModel):
    """What we put into the client's settings file: enough to take exactly that out again."""

    model_config = ConfigDict(extra="forbid")

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


class Manifest(BaseModel):
    """The state of one installation, kept in ``<target>/acolytes/manifest.json``."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["acolytes.manifest/1"] = "acolytes.manifest/1"
    version: str
    scope: Literal["user", "project"]
    answers: dict[str, Any] = Field(default_factory=dict)
    source: str = ""
    """hash of what the definitions were rendered from; empty while not all of it has arrived"""
    files: dict[OurPath, str] = Field(default_factory=dict)
    """path relative to the target -> SHA-256 of what we wrote"""
    folders: list[str] = Field(default_factory=list)
    """folders that we made, relative to the target, parents first; ``.`` is the target itself"""
    settings: SettingsLedger | None = None


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
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{path} is damaged or newer than this version ({where}: {first['msg']}): restore it",
            Exit.CANNOT,
        ) from None
