"""Where a folder lies, as the client sees it: in a `.claude` folder, in a plugin, or in neither."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

CLAUDE = ".claude"
MANIFESTS = ".claude-plugin"
_MANIFEST_BYTES = 1_048_576
_PATH_KEYS = ("agents", "commands", "skills", "hooks", "mcpServers", "outputStyles")
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Place(NamedTuple):
    """A folder, as the client sees it.

    Attributes:
        kind: What is around the folder. Of a `.claude` and a plugin, the nearer one counts.
        root: The path of the `.claude` folder or of the plugin.
        inside: The names of the folders from there to this one.
        declared: The files and folders that the plugin's manifest names, by key, relative to the plugin.
    """

    kind: Literal["claude", "plugin", "other"]
    root: str = ""
    inside: tuple[str, ...] = ()
    declared: Mapping[str, tuple[str, ...]] = _NOTHING


@lru_cache(maxsize=8192)
def place_of(folder: str) -> Place:
    """Return where the folder at an absolute path lies. The answer is kept until `forget_places`."""
    parent, name = os.path.split(folder)
    if name == CLAUDE:
        # the client looks for no `.claude` in a `.claude`, unless it starts there, as people do in that of their home
        is_nested = os.path.basename(parent) == CLAUDE and os.path.dirname(parent) != os.path.expanduser("~")
        return Place("other") if is_nested else Place("claude", folder)
    if (declared := _declared_by_plugin(folder)) is not None:
        return Place("plugin", folder, (), declared)
    if parent == folder:
        return Place("other")
    around = place_of(parent)
    return around if around.kind == "other" else around._replace(inside=(*around.inside, name))


def split_absolute(path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return the absolute folder and the name of a path: as os.path does, but a folder is made absolute only once."""
    folder, name = os.path.split(path)
    if name in ("", os.curdir, os.pardir):
        return os.path.split(os.path.abspath(path))
    return _absolute(folder, os.getcwd()), name


def is_of_project(path: str) -> bool:
    """Return whether a file lies in the `.claude` of a project, and not in the user's.

    >>> is_of_project("shop/.claude/settings.json"), is_of_project("/etc/claude-code/managed-settings.json")
    (True, False)
    """
    folder, _ = split_absolute(path)
    return os.path.basename(folder) == CLAUDE and os.path.dirname(folder) != os.path.expanduser("~")


def is_managed(path: str) -> bool:
    """Return whether a file has the settings of the administrator, which the client reads value by value.

    >>> is_managed("/etc/claude-code/managed-settings.d/10-shop.json"), is_managed("shop/.claude/settings.json")
    (True, False)
    """
    folder, name = os.path.split(path)
    return name == "managed-settings.json" or os.path.basename(folder) == "managed-settings.d"


@lru_cache(maxsize=8192)
def holds_file(folder: str, name: str) -> bool:
    """Return whether the folder has such a file. The answer is kept until `forget_places`."""
    return os.path.isfile(os.path.join(folder, name))


@lru_cache(maxsize=8192)
def _absolute(folder: str, cwd: str) -> str:
    return os.path.abspath(os.path.join(cwd, folder))


def forget_places() -> None:
    """Forget what was seen on the disk: a program that runs for long calls this when files changed."""
    place_of.cache_clear()
    _listed_plugins.cache_clear()
    holds_file.cache_clear()


def _declared_by_plugin(folder: str) -> Mapping[str, tuple[str, ...]] | None:
    """What the manifest of the plugin in ``folder`` declares; None when the folder is no plugin."""
    manifest = os.path.join(folder, MANIFESTS, "plugin.json")
    entry = _entry_in_marketplace(folder)
    if not os.path.isfile(manifest) and entry is None:
        return None
    return _declared_paths(folder, _read_json(manifest), entry)


def _entry_in_marketplace(folder: str) -> Any:
    """The entry that a marketplace in this folder, or above it, has for a plugin without a manifest of its own."""
    above = folder
    while True:
        plugins = _listed_plugins(above)
        if folder in plugins:
            return plugins[folder]
        parent = os.path.dirname(above)
        if parent == above or os.path.basename(above) == CLAUDE:
            return None
        above = parent


@lru_cache(maxsize=8192)
def _listed_plugins(folder: str) -> dict[str, Any]:
    """The plugins that the marketplace in ``folder`` has in this repository, by their absolute path."""
    marketplace = _read_json(os.path.join(folder, MANIFESTS, "marketplace.json"))
    plugins = marketplace.get("plugins") if isinstance(marketplace, dict) else None
    entries = [entry for entry in plugins if isinstance(entry, dict)] if isinstance(plugins, list) else []
    listed: dict[str, Any] = {}
    for entry in entries:
        source = entry.get("source")
        if isinstance(source, str) and source.startswith("./") and "\0" not in source:
            path = os.path.normpath(os.path.join(folder, source))
            # several entries may share a folder, each with some of its skills
            listed[path] = [*listed.get(path, []), entry]
    return listed


def _declared_paths(folder: str, *documents: Any) -> Mapping[str, tuple[str, ...]]:
    """The relative paths under each key that may name files, of a manifest and of marketplace entries."""
    declared: dict[str, tuple[str, ...]] = {}
    for document in _flat(documents):
        if isinstance(document, dict):
            for key in _PATH_KEYS:
                value = document.get(key)
                if key == "commands" and isinstance(value, dict):
                    value = [command.get("source") for command in value.values() if isinstance(command, dict)]
                paths = [path for path in _flat(value) if isinstance(path, str)]
                cleaned = tuple(
                    os.path.relpath(os.path.join(folder, path), folder)
                    for path in paths
                    if path == "." or path.startswith("./")
                )
                if cleaned:
                    declared[key] = (*declared.get(key, ()), *cleaned)
    return declared or _NOTHING


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _read_json(path: str) -> Any:
    """The value of a JSON file; None when it is not there or not valid."""
    if not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            return json.loads(file.read(_MANIFEST_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
