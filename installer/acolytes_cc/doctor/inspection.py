"""What the doctor inspects: one installation, and the settings and definitions of the client around it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc import __version__
from acolytes_cc.client import client_version
from acolytes_cc.definitions.definition import Definition, load_definition
from acolytes_cc.definitions.files import find_definitions
from acolytes_cc.doctor.client_run import version_numbers
from acolytes_cc.doctor.settings_files import SettingsFile, managed_files, read_settings
from acolytes_cc.errors import UserError
from acolytes_cc.hook_registration import RegisteredHook, registered_hooks
from acolytes_cc.install.application.launchers import hook_launcher
from acolytes_cc.install.application.versions import is_newer
from acolytes_cc.install.disk.manifest import Manifest, read_manifest
from acolytes_cc.install.disk.places import DEFINITIONS, MANIFEST, Places, find_places, location_arguments
from acolytes_cc.install.settings.hooks import has_hooks, is_hook_script
from acolytes_cc.resources import data_path


class OwnHook(NamedTuple):
    """A hook command of ours, and the file that it is registered in."""

    registered: RegisteredHook
    file: Path


@dataclass(frozen=True)
class Inspection:
    """An installation at ``places``, inspected from the folder ``cwd``. Everything is read once, when it is needed."""

    places: Places
    cwd: Path
    client: Path | None = None

    @cached_property
    def manifest(self) -> Manifest | None:
        """None where nothing is installed, or the manifest cannot be read (the checks report that).

        In a project, a colleague's installation is none of this user's.
        """
        try:
            return read_manifest(self.places) if self.manifest_path.exists() else None
        except (UserError, PermissionError):
            return None

    @property
    def manifest_path(self) -> Path:
        """Where the manifest is, or would be."""
        return self.places.target / MANIFEST

    @property
    def install_command(self) -> str:
        """The command that installs here again."""
        return f"acolytes install{location_arguments(self.places)}"

    @cached_property
    def refuses_install(self) -> bool:
        """Whether `acolytes install` is refused here: the files are newer, or the settings are not JSON."""
        try:
            manifest = read_manifest(self.places)
        except (UserError, PermissionError):
            manifest = None
        if manifest and is_newer(manifest.version, __version__):
            return True
        faults = [fault for file in self.settings if file.path == self.places.settings for fault in file.faults]
        return any(fault.scope == "file" for fault in faults)

    @cached_property
    def deleted_definitions(self) -> tuple[str, ...]:
        """Our agents and skills that are no longer there: the user deleted them."""
        names = self.manifest.files if self.manifest else ()
        return tuple(
            name for name in names if name.startswith(DEFINITIONS) and not os.path.lexists(self.places.target / name)
        )

    @cached_property
    def config(self) -> Path:
        """The user's own configuration folder of the client; it is used in project scope too."""
        return self.places.target if self.places.scope == "user" else find_places("user", None).target

    @cached_property
    def project(self) -> Path:
        """The root of the project: of the installation, else the nearest folder with ``.git`` at or above ``cwd``."""
        if self.places.scope == "project":
            return self.places.target.parent
        return next((folder for folder in (self.cwd, *self.cwd.parents) if (folder / ".git").exists()), self.cwd)

    @cached_property
    def project_config(self) -> Path | None:
        """The project's ``.claude``; None where that is the user's own."""
        folder = self.places.target if self.places.scope == "project" else self.project / ".claude"
        return None if folder.resolve() == self.config.resolve() else folder

    @cached_property
    def other_target(self) -> Path | None:
        """The target of an installation in the other scope; None where there is none."""
        other = self.project_config if self.places.scope == "user" else self.config
        return other if other and (other / MANIFEST).is_file() else None

    @cached_property
    def settings(self) -> tuple[SettingsFile, ...]:
        """Every settings file that the client reads here, except the administrator's."""
        files = [read_settings(self.config / "settings.json", "user")]
        if self.project_config:
            files.append(read_settings(self.project_config / "settings.json", "project"))
            files.append(read_settings(self.project_config / "settings.local.json", "local"))
        return tuple(file for file in files if file)

    @cached_property
    def client_version(self) -> tuple[int, ...] | None:
        """The version of the client; None where there is no client, or where it prints none."""
        version = client_version(str(self.client), timeout=60) if self.client else None
        return version_numbers(version) if version else None

    @cached_property
    def managed(self) -> tuple[SettingsFile, ...]:
        """The administrator's settings."""
        return tuple(managed_files(self.config))

    @cached_property
    def plugins(self) -> tuple[str, ...]:
        """Our plugin's full names (``acolytes@marketplace``) where a settings file enables it."""
        names: set[str] = set()
        for file in (*self.settings, *self.managed):
            enabled = file.effective.get("enabledPlugins")
            for name, on in enabled.items() if isinstance(enabled, dict) else ():
                if on and name.startswith("acolytes@"):
                    names.add(name)
        return tuple(sorted(names))

    @cached_property
    def agents(self) -> tuple[Definition, ...]:
        """Our installed definitions that are on disk."""
        return tuple(
            load_definition(self.places.target / path)
            for path in (self.manifest.files if self.manifest else ())
            if path.startswith("agents/") and (self.places.target / path).exists()
        )

    @property
    def wants_hooks(self) -> bool:
        """Whether the user chose to have hooks; that is the default."""
        return self.manifest is None or has_hooks(self.manifest.answers)

    @cached_property
    def other_agents(self) -> tuple[Definition, ...]:
        """All other definitions: the user's and the project's."""
        ours = {Path(definition.path).resolve() for definition in self.agents}
        folders = [self.config / "agents", *([self.project_config / "agents"] if self.project_config else [])]
        paths = [path for folder in folders if folder.is_dir() for path in find_definitions(folder)]
        return tuple(load_definition(path) for path in paths if path.exists() and path.resolve() not in ours)

    @cached_property
    def hooks(self) -> tuple[OwnHook, ...]:
        """Our hook commands as they are registered now: in the settings, and in our definitions' frontmatter."""
        hooks = [OwnHook(hook, file.path) for file in self.settings for hook in registered_hooks(file.effective)]
        for agent in self.agents:
            field = agent.field("hooks")
            document: dict[str, Any] = {"hooks": field.value.plain()} if field else {}
            hooks += [OwnHook(hook, Path(agent.path)) for hook in registered_hooks(document)]
        return tuple(dict.fromkeys(hook for hook in hooks if self.is_ours(hook.registered)))

    def is_ours(self, hook: RegisteredHook) -> bool:
        """Whether a hook starts one of our scripts, of whatever machine or version, or our launcher of hooks."""
        return self.names_ours(hook.command) or any(map(is_hook_script, hook.words))

    def names_ours(self, command: str) -> bool:
        """Whether a command line names one of our scripts where they are now, or our launcher of hooks."""
        marks = (str(self.places.state / "hooks"), str(data_path("hooks")), str(hook_launcher()))
        return any(mark in command for mark in (*marks, "/acolytes/hook"))


def agent_name(definition: Definition) -> str:
    """The name that the client lists it by; empty for a definition that it does not list."""
    field = definition.field("name")
    return str(field.value.data) if field and isinstance(field.value.data, str) else ""
