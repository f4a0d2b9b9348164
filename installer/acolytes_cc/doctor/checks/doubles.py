"""Nothing is installed or defined twice."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.inspection import Inspection, agent_name
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.doctor.settings_files import SettingsFile
from acolytes_cc.install.launchers import launchers_folder
from acolytes_cc.install.places import MANIFEST, Places, Scope, location_arguments


def installations(inspection: Inspection) -> Iterator[CheckResult]:
    """There is one installation: the plugin or a direct one, for the user or for the project."""
    if not inspection.manifest:
        return
    for plugin in inspection.plugins:
        message = f"the plugin {plugin} is enabled beside this installation: agents, tokens and hooks count twice"
        fix = f"keep one: `claude plugin uninstall {plugin}` or `acolytes uninstall`"
        enabled = re.escape(plugin).replace("/", r"\/")
        commands = tuple(
            remedies.edit(f's/"{enabled}": *true/"{plugin}": false/', file.path)
            for file in inspection.settings
            if _enables(file, plugin)
        )
        yield CheckFinding("doubles", "error", message, fix, str(inspection.places.target), commands)
    if inspection.other_target:
        message = "there is one installation for you and one for this project: their hooks run twice here"
        scope: Scope = "project" if inspection.places.scope == "user" else "user"
        fix = f"keep one: `acolytes uninstall` or `acolytes uninstall --scope project` (the other has {scope} scope)"
        other = location_arguments(Places(scope, inspection.other_target))
        command = f"{shlex.quote(str(launchers_folder() / 'acolytes'))} uninstall --yes{other}"
        path = str(inspection.other_target / MANIFEST)
        yield CheckFinding("doubles", "warning", message, fix, path, (command,))


def names(inspection: Inspection) -> Iterator[CheckResult]:
    """Each name has one definition: a project's beats the user's, and of two in one folder one wins silently."""
    ours = {agent_name(definition): definition.path for definition in inspection.agents}
    user = inspection.config.resolve()
    places: defaultdict[str, list[str]] = defaultdict(list)
    for definition in inspection.other_agents:
        name, path = agent_name(definition), Path(definition.path)
        of_user = user in path.resolve().parents
        if (
            name in ours
            and not (inspection.places.scope == "project" and of_user)
            and not _is_of_other_installation(inspection, path)
        ):
            how = "one of the two wins silently" if of_user else "the project's wins in this folder"
            message = f"{name} is defined a second time: {how}"
            yield CheckFinding(
                "names", "error", message, "rename or remove that one", definition.path, (remedies.move_away(path),)
            )
        if name and of_user:
            places[name].append(definition.path)
    for name, paths in places.items():
        if len(paths) > 1 and name not in ours:
            message = f"{name}, one of your own agents, is defined {len(paths)} times: one wins silently"
            fix = f"keep one of {', '.join(sorted(paths))}"
            commands = tuple(remedies.move_away(each) for each in sorted(paths)[1:])
            yield CheckFinding("names", "warning", message, fix, min(paths), commands)


def _enables(file: SettingsFile, plugin: str) -> bool:
    enabled = file.effective.get("enabledPlugins")
    return isinstance(enabled, dict) and enabled.get(plugin) is True


def _is_of_other_installation(inspection: Inspection, path: Path) -> bool:
    """Whether the file may belong to the second installation, which `installations` reports."""
    return inspection.other_target is not None and path.parent == inspection.other_target / "agents"
