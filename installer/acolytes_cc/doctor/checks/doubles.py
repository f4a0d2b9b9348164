"""Nothing is there twice: no second installation, no second definition of a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor.finding import Finding, Result
from acolytes_cc.doctor.subject import Subject, agent_name
from acolytes_cc.install.places import MANIFEST


def installations(subject: Subject) -> Iterator[Result]:
    """One way in: the plugin or a direct installation, for the user or for the project."""
    if not subject.manifest:
        return
    for plugin in subject.plugins:
        message = f"the plugin {plugin} is enabled beside this installation: agents, tokens and hooks are doubled"
        fix = f"keep one: `claude plugin uninstall {plugin}` or `acolytes uninstall`"
        yield Finding("doubles", "error", message, fix, str(subject.places.target))
    if subject.other_target:
        message = "there is an installation for you and one for this project: their hooks run twice here"
        scope = "project" if subject.places.scope == "user" else "user"
        fix = f"keep one: `acolytes uninstall` or `acolytes uninstall --scope project` (the other is of scope {scope})"
        yield Finding("doubles", "warning", message, fix, str(subject.other_target / MANIFEST))


def names(subject: Subject) -> Iterator[Result]:
    """One definition a name: a project's beats the user's, and of two in one folder one wins without a word."""
    ours = {agent_name(definition): definition.path for definition in subject.agents}
    user = subject.config.resolve()
    places: defaultdict[str, list[str]] = defaultdict(list)
    for definition in subject.other_agents:
        name, path = agent_name(definition), Path(definition.path)
        of_user = user in path.resolve().parents
        if name in ours and not (subject.places.scope == "project" and of_user) and not _of_ours(subject, path):
            how = "one of the two wins without a word" if of_user else "the project's wins in this folder"
            message = f"{name} is defined a second time: {how}"
            yield Finding("names", "error", message, "rename or remove that one", definition.path)
        if name and of_user:
            places[name].append(definition.path)
    for name, paths in places.items():
        if len(paths) > 1 and name not in ours:
            message = f"{name}, one of your own agents, is defined {len(paths)} times: one wins without a word"
            yield Finding("names", "warning", message, f"keep one of {', '.join(sorted(paths))}", min(paths))


def _of_ours(subject: Subject, path: Path) -> bool:
    """Whether the file may belong to a second installation of ours, of which `installations` speaks."""
    return subject.other_target is not None and path.parent == subject.other_target / "agents"
