"""What the client does with skills, commands, rules, CLAUDE.md and output styles."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from acolytes_cc.definitions.definition import Definition, load_definition
from acolytes_cc.definitions.kinds import COMMANDS, SKILL, SKILLS
from acolytes_cc.definitions.places import place_of
from acolytes_cc.doctor.verification.agents import log_lines
from acolytes_cc.doctor.verification.outcome import Outcome, dropped, loaded, unobserved
from acolytes_cc.doctor.verification.session import Session

_COMPARED_CHARACTERS = 60


def observe_skill(path: str, session: Session, prefix: str = "") -> Outcome:
    """Whether the client lists the skill, and how it describes it."""
    folder = Path(path).absolute().parent.name
    names = [prefix + folder, *([prefix + name] if prefix and (name := _text(path, "name")) else [])]
    return _entry(path, names, session, session.lines_about(*(f"Skill '{name}'" for name in names)))


def observe_command(path: str, session: Session, prefix: str = "") -> Outcome:
    """Whether the client lists the command, and how it describes it."""
    file = Path(path).absolute()
    inside = place_of(str(file.parent)).inside
    folders = inside[inside.index(COMMANDS) + 1 :] if COMMANDS in inside else ()
    names = [prefix + file.stem, prefix + ":".join((*folders, file.stem))]
    return _entry(path, names, session, session.lines_about(*(f"Command '{name}'" for name in names)))


def observe_rule(path: str, session: Session) -> Outcome:
    """Whether the text of the rule is in the context."""
    if os.path.realpath(path) in session.contents:
        return loaded(path, log_lines(session, path))
    definition = load_definition(Path(path))
    if re.search("paths|globs", definition.text[: definition.body_start]):
        return unobserved(path, "the client reads it when it works on a file that it is for")
    return _absent(path, definition, session)


def observe_memory(path: str, session: Session, folder: Path) -> Outcome:
    """Whether the text of a CLAUDE.md is in the context; ``folder`` is the one in which the client was started."""
    if os.path.realpath(path) in session.contents:
        return loaded(path, log_lines(session, path))
    place = Path(path).absolute().parent
    if place not in (folder, folder / ".claude", *folder.parents):
        return unobserved(path, "the client reads it when it works on a file of that folder")
    return _absent(path, load_definition(Path(path)), session)


def observe_style(path: str, run_with: Callable[[str], Session], prefix: str = "") -> Outcome:
    """Whether the client can be set to the style; ``run_with`` starts it with a style."""
    definition = load_definition(Path(path))
    name = prefix + (_text(path, "name") or Path(path).stem)
    session = run_with(name)
    if f"# Output Style: {name}" not in session.context:
        return dropped(path, f"it has no output style `{name}`", *log_lines(session, path))
    body = definition.body.strip()[:_COMPARED_CHARACTERS]
    other = [] if body in session.context else [f"the output style `{name}` has another text"]
    return loaded(path, [*other, *log_lines(session, path)])


def _entry(path: str, names: list[str], session: Session, complaints: list[str]) -> Outcome:
    """A skill or a command among those that the client lists."""
    folder, stem = Path(path).parent, Path(path).stem
    if folder.name == COMMANDS and (folder.parent / SKILLS / stem / SKILL).is_file():
        return unobserved(path, "a skill has the same name")
    told = [*log_lines(session, path), *(line.partition("] ")[2][:300] for line in complaints)]
    # a skill that only the model can use is in its listing alone
    seen = {*session.names("slash_commands"), *session.listing}
    name = next((name for name in names if name in seen), None)
    definition = load_definition(Path(path))
    head = definition.text[: definition.body_start]
    if name is None:
        if "user-invocable" in head and not told:
            return unobserved(path, "no list of this run shows it")
        return dropped(path, *told)
    declared, shown = _text(path, "description"), session.listing.get(name)
    # what the model cannot call is in no list: a line with its name is that of an agent
    is_listed = "disable-model-invocation" not in head
    if declared and shown is not None and is_listed and not _begins_alike(declared, shown):
        told.insert(0, f"the client describes it as `{shown[:_COMPARED_CHARACTERS]}`")
    return loaded(path, told)


def _begins_alike(declared: str, shown: str) -> bool:
    one, other = (re.sub(r"\s+", " ", text).strip() for text in (declared, shown))
    length = min(len(one), len(other.rstrip("…")), _COMPARED_CHARACTERS)
    return one[:length] == other[:length]


def _absent(path: str, definition: Definition, session: Session) -> Outcome:
    if not definition.text.strip():
        return unobserved(path, "it is empty")
    return dropped(path, *log_lines(session, path))


def _text(path: str, key: str) -> str:
    field = load_definition(Path(path)).field(key)
    return field.value.data if field and isinstance(field.value.data, str) else ""
