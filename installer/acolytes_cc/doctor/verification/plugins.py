"""What the client does with plugins and marketplaces: they are installed in the scratch home, in an empty project."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.doctor.supervise import supervised_output
from acolytes_cc.doctor.verification.outcome import Outcome, dropped, loaded, unobserved
from acolytes_cc.doctor.verification.scratch_home import quiet_environment
from acolytes_cc.doctor.verification.session import Session, Surroundings, quiet_settings

MOST_INSTALLED = 30
"""More plugins of a marketplace than this are not installed: each takes about a second."""
_SERVERS = re.compile(r"^ *MCP servers \(\d+\) +(.*?)(?: {2}\(.*)?$", re.MULTILINE)
_NO_MODEL = "http://127.0.0.1:9"


@dataclass
class Installed:
    """What became of the plugins.

    Attributes:
        marketplaces: The outcome of each marketplace file, by its path.
        by_marketplace: The real paths of the folders of plugins that a marketplace installed.
        listed: What the client says of each plugin, by the real path of its folder.
    """

    marketplaces: dict[str, Outcome] = field(default_factory=dict)
    by_marketplace: set[str] = field(default_factory=set)
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def errors(self, root: Path) -> list[str]:
        """What the client says against the plugin."""
        errors = self.listed.get(os.path.realpath(root), {}).get("errors", [])
        return [str(error)[:300] for error in errors] if isinstance(errors, list) else []

    def servers(self, root: Path) -> set[str]:
        """The MCP servers that the client lists for the plugin."""
        servers = self.listed.get(os.path.realpath(root), {}).get("mcpServers", {})
        return set(servers) if isinstance(servers, dict) else set()


def install_plugins(surroundings: Surroundings, marketplaces: dict[Path, list[str]], cwd: Path) -> Installed:
    """Add the marketplaces and install their own plugins.

    Args:
        surroundings: What all runs have in common.
        marketplaces: The root of each marketplace, and its file.
        cwd: An empty project.
    """
    done = Installed()
    for root, files in marketplaces.items():
        outcome, folders = _add(surroundings, root, files[0], cwd)
        done.marketplaces.update({file: outcome._replace(path=file) for file in files})
        done.by_marketplace |= folders
    list_plugins(surroundings, done, (), cwd)
    return done


def list_plugins(surroundings: Surroundings, installed: Installed, folders: Iterable[Path], cwd: Path) -> None:
    """Ask the client what it makes of the installed plugins, and of those in these folders."""
    named = [argument for root in folders for argument in ("--plugin-dir", str(root))]
    for plugin in _plugin_list(_call(surroundings, cwd, *named, "plugin", "list", "--json")):
        place = plugin.get("readFromFolder") or plugin.get("installPath")
        if isinstance(place, str):
            installed.listed[os.path.realpath(place)] = plugin
            if os.path.isfile(os.path.join(place, ".mcp.json")):  # the list has only the servers in the manifest
                details = _call(surroundings, cwd, *named, "plugin", "details", str(plugin.get("id")))
                found = _SERVERS.search(details)
                plugin["mcpServers"] = dict.fromkeys(re.split(r",\s*", found[1]) if found else [])


def without_doubles(folders: Iterable[Path]) -> list[list[Path]]:
    """The folders in as many groups as are needed to have no two plugins of one name in a group."""
    groups: list[dict[str, Path]] = []
    for folder in folders:
        manifest = _read(folder / ".claude-plugin" / "plugin.json")
        name = str(manifest.get("name") if isinstance(manifest, dict) else None or folder.name)
        group = next((group for group in groups if name not in group), None)
        if group is None:
            groups.append(group := {})
        group[name] = folder
    return [list(group.values()) for group in groups]


def observe_manifest(path: str, root: Path, session: Session, installed: Installed) -> Outcome:
    """Whether the client loads the plugin with this manifest."""
    errors = installed.errors(root)
    return loaded(path, errors) if plugin_name(root, session, installed) else dropped(path, *errors)


def plugin_name(root: Path, session: Session, installed: Installed) -> str | None:
    """The name under which the client loaded the plugin in a folder; None if it did not."""
    plugin = installed.listed.get(os.path.realpath(root), {})
    places = {os.path.realpath(root), os.path.realpath(str(plugin.get("installPath", root)))}
    for one in session.init.get("plugins", []):
        if isinstance(one, dict) and os.path.realpath(str(one.get("path"))) in places:
            return str(one.get("name"))
    return None


def _add(surroundings: Surroundings, root: Path, file: str, cwd: Path) -> tuple[Outcome, set[str]]:
    """Add a marketplace; return its outcome, and the real paths of the plugins that it installed."""
    output = _call(surroundings, cwd, "plugin", "marketplace", "add", str(root))
    if "Successfully" not in output:
        return dropped(file, _complaint(output)), set()
    troubles: list[str] = []
    folders: set[str] = set()
    document = _read(Path(file))
    entries = list(_own_entries(document))
    for entry in entries[:MOST_INSTALLED]:
        said = _call(surroundings, cwd, "plugin", "install", f"{entry['name']}@{document['name']}")
        if "✔" in said:
            folders.add(os.path.realpath(root / entry["source"]))
        elif "invalid manifest file" not in said:  # that is the fault of another file
            troubles.append(f"{entry['name']} cannot be installed: {_complaint(said)}")
    untried = _count(document) - min(len(entries), MOST_INSTALLED)
    if untried and not troubles:
        return unobserved(file, f"it can be added, but {untried} of its plugins were not installed"), folders
    return loaded(file, troubles), folders


def _own_entries(document: Any) -> Iterator[dict[str, str]]:
    """The plugins that lie in the repository of the marketplace; others would be fetched."""
    plugins = document.get("plugins") if isinstance(document, dict) else None
    for entry in plugins if isinstance(plugins, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("source"), str) and isinstance(entry.get("name"), str):
            yield entry


def _count(document: Any) -> int:
    plugins = document.get("plugins") if isinstance(document, dict) else None
    return len(plugins) if isinstance(plugins, list) else 0


def _call(surroundings: Surroundings, cwd: Path, *arguments: str) -> str:
    command = [str(surroundings.client), "--settings", quiet_settings(surroundings, _NO_MODEL), *arguments]
    return supervised_output(command, cwd, quiet_environment(surroundings.home, _NO_MODEL), lambda: True)


def _plugin_list(output: str) -> list[dict[str, Any]]:
    start = output.find("[")
    try:
        listed, _ = json.JSONDecoder().raw_decode(output[start:]) if start >= 0 else ([], 0)
    except ValueError:
        return []
    return [one for one in listed if isinstance(one, dict)]


def _complaint(output: str) -> str:
    lines = [line.strip() for line in output.partition("✘")[2].splitlines() if line.strip()]
    return " ".join(lines)[:300] or (output.strip().splitlines() or ["nothing"])[-1][:300]


def _read(file: Path) -> Any:
    try:
        return json.loads(read_bytes(file, SIZE_LIMIT).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
