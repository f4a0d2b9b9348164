"""The installations that the application's record and the usual folders lead to, and what their manifests say."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from pathlib import Path
from typing import Any

OWN_FOLDERS = ("acolytes/", "agents/", "scripts/acolytes_quest/", "skills/")
"""Where we write files, as acolytes_cc.install.disk.manifest has it; a test compares them."""


class RescueError(Exception):
    """A problem that the user can fix, in one line."""


class Installation:
    """One configuration folder that has a manifest of ours."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.manifest_path = target / "acolytes" / "manifest.json"
        try:
            data = json.loads(self.manifest_path.read_text("utf-8"))
            self.scope = str(data["scope"])
            self.version = str(data["version"])
            self.files = {str(path): str(written) for path, written in data["files"].items() if _is_ours(path)}
            self.folders = [str(folder) for folder in data["folders"]]
            self.settings: dict[str, Any] | None = data["settings"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RescueError(f"{self.manifest_path} cannot be read ({error}): restore it from a backup") from None

    @property
    def settings_path(self) -> Path:
        """The settings file that has our entries."""
        return self.target / ("settings.json" if self.scope == "user" else "settings.local.json")

    @property
    def options(self) -> str:
        """The options that name this installation to a command."""
        return f"--scope {self.scope} --target {shlex.quote(str(self.target))}"

    def is_changed(self, path: str) -> bool:
        """Whether a file of ours is there, and not as it was installed."""
        found = digest(self.target / path)
        return found is not None and found != self.files[path]


def digest(path: Path) -> str | None:
    """The SHA-256 of a file, or None where there is none; empty for what is no readable file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "" if path.is_symlink() else None
    except OSError:
        return ""


def usual_target(scope: str) -> Path:
    """The folder of an installation that no option names."""
    if scope == "user":
        return Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path.home() / ".claude").absolute()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here) / ".claude"


def recorded_targets(data_home: Path) -> list[Path]:
    """The folders in the application's record, ``users.json``, that still have a manifest."""
    try:
        listed = json.loads((data_home / "users.json").read_text("utf-8"))["targets"]
        found = [Path(target) for target in listed]
    except (OSError, ValueError, KeyError, TypeError):
        found = []
    for scope in ("user", "project"):
        if usual_target(scope) not in found:
            found.append(usual_target(scope))
    return [target for target in found if (target / "acolytes" / "manifest.json").is_file()]


def _is_ours(path: object) -> bool:
    return isinstance(path, str) and path.startswith(OWN_FOLDERS) and ".." not in path.split("/")
