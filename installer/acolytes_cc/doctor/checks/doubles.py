"""Nothing is installed or defined twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor.inspection import Inspection, agent_name
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.install.disk.places import MANIFEST, Scope


def installations(inspection: Inspection) -> Iterator[CheckResult]:
    """There is one installation: the plugin or a direct one, for the user or for the project."""
    if not inspection.manifest:
        return
    for plugin in inspection.plugins:
        message = f"the plugin {plugin} is enabled beside this installation: agents, tokens and hooks count twice"
        fix = f"keep one: `claude plugin uninstall {plugin}` or `acolytes uninstall`"
        yield CheckFinding("doubles", "error", message, fix, str(inspection.places.target))
    if inspection.other_target:
        message = "there is one installation for you and one for this project: their hooks run twice here"
        scope: Scope = "project" if inspection.places.scope == "user" else "user"
        fix = f"keep one: `acolytes uninstall` or `acolytes uninstall --scope project` (the other has {scope} scope)"
        yield CheckFinding("doubles", "warning", message, fix, str(inspection.other_target / MANIFEST))


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
            yield CheckFinding("names", "error", message, "rename or remove that one", definition.path)
        if name and of_user:
            places[name].append(definition.path)
    for name, paths in places.items():
        if len(paths) > 1 and name not in ours:
            message = f"{name}, one of your own agents, is defined {len(paths)} times: one wins silently"
            fix = f"keep one of {', '.join(sorted(paths))}"
            yield CheckFinding("names", "warning", message, fix, min(paths))


def _is_of_other_installation(inspection: Inspection, path: Path) -> bool:
    """Whether the file may belong to the second installation, which `installations` reports."""
    return inspection.other_target is not None and path.parent == inspection.other_target / "agents"
