"""Looks at the files of a folder in sessions of the client, where projects and plugins are the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.doctor.verification.agents import agents_to_start, declared_names, observe_agent
from acolytes_cc.doctor.verification.json_files import observe_settings
from acolytes_cc.doctor.verification.markdown import (
    observe_command,
    observe_rule,
    observe_skill,
)
from acolytes_cc.doctor.verification.outcome import Outcome, unobserved
from acolytes_cc.doctor.verification.session import Session, Surroundings, run_session

ELSEWHERE = "the client reads no file at this place"
_TERMINAL = "the client reads it only in a terminal"


class Seen(NamedTuple):
    """A session in a folder, one in which agents were started, and the names that the agents there declare."""

    session: Session
    started: Session
    names: frozenset[str]


def look(surroundings: Surroundings, files: Sequence[str], folder: Path, plugins: Sequence[Path] = ()) -> Seen:
    """Start the client in a folder, and once more with the agents that the files define."""
    session = run_session(surroundings, folder, plugins=plugins)
    agents = [file for file in files if placed_kind(file) in ("agent", "plugin-agent")]
    names = agents_to_start(agents, session.names("agents"))
    started = run_session(surroundings, folder, agents=names, plugins=plugins) if names else Session()
    return Seen(session, started, declared_names(agents))


def with_style(
    surroundings: Surroundings, folder: Path, plugins: Sequence[Path], session: Session, style: str
) -> Session:
    """A session with an output style: the one that there is, where the settings choose the style."""
    if session.init.get("output_style") == style:
        return session
    return run_session(surroundings, folder, plugins=plugins, style=style)


def common(path: str, seen: Seen, prefix: str) -> Outcome:
    """The outcome of a file that is observed in the same way in a project and in a plugin."""
    session = seen.session
    match placed_kind(path):
        case "agent" | "plugin-agent":
            return observe_agent(path, session, seen.started, prefix, seen.names)
        case "skill":
            return observe_skill(path, session, prefix)
        case "command":
            return observe_command(path, session, prefix)
        case "rule":
            return observe_rule(path, session)
        case "settings":
            return observe_settings(path, session)
        case "keybindings":
            return unobserved(path, _TERMINAL)
    return unobserved(path, ELSEWHERE)
