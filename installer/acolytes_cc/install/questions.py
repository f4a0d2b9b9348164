"""What a user may be asked: the questions of the template's ``copier.yml``, and which of its agents are wanted."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acolytes_cc.errors import UserError

ONLY = "only"
"""the key of the one question that is the installer's own: globs of agents' names with commas between"""

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
# the program without which an MCP server does not start
_COMMANDS = {"context7": "npx", "code-index": "code-index-mcp"}


@dataclass(frozen=True)
class Question:
    """One question: ``kind`` is copier's type, ``choices`` leads from what a person reads to the value."""

    key: str
    kind: str = "str"
    help: str = ""
    default: Any = None
    choices: dict[str, Any] | None = None
    several: bool = False

    def checked(self, value: Any, where: str) -> Any:
        """The value as the template takes it: a word from a command line may stand for a bool, or for a list.

        Raises UserError, whose message begins with ``where``, for a value that the template would refuse.
        """
        if self.key == ONLY and isinstance(value, list):  # how a file says several
            value = ",".join(map(str, value))
        if self.several:
            listed = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
            if not isinstance(listed, list):
                raise UserError(f"{where}: {value!r} is no list")
            return [self._chosen(one, where) for one in listed]
        if self.kind == "bool":
            found = _WORDS.get(value.lower()) if isinstance(value, str) else value
            if not isinstance(found, bool):
                raise UserError(f"{where}: {value!r} is neither true nor false")
            return found
        if self.kind == "str" and not isinstance(value, str):
            raise UserError(f"{where}: {value!r} is no text")
        return self._chosen(value, where)  # what has another type, copier judges

    def _chosen(self, value: Any, where: str) -> Any:
        if self.choices is not None and value not in self.choices.values():
            takes = ", ".join(map(str, self.choices.values()))
            raise UserError(f"{where}: {value!r} is no choice; {self.key} takes {takes}")
        return value


def questions(template: Path) -> dict[str, Question]:
    """The questions that a user may answer, by key, in the order in which they are asked.

    Raises UserError for a ``copier.yml`` that cannot be read.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = next((path for path in (template / "copier.yml", template / "copier.yaml") if path.is_file()), None)
    try:
        asked = YAML(typ="safe").load(path.read_bytes()) if path else {}
    except (YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {' '.join(str(error).split())}") from None
    found = {ONLY: Question(ONLY)}
    for key, text in asked.items() if isinstance(asked, dict) else ():
        told = text if isinstance(text, dict) else {"default": text}
        # what is computed is none of the user's, and a `when` that depends on other answers is copier's to decide
        if not str(key).startswith("_") and told.get("when") is not False:
            found[key] = _question(key, told)
    return found


def agent_names(template: Path) -> list[str]:
    """The agents of a template, sorted; none where a name is made while rendering, so that nobody knows it before."""
    folder = template / "agents"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.md*") if path.is_file()]
    if any(mark in name for name in names for mark in "{<[%"):
        return []
    return sorted({name.rpartition(".md")[0] for name in names})


def missing_command(value: Any) -> str | None:
    """The program that a choice needs and that is not on PATH, or None."""
    command = _COMMANDS.get(value) if isinstance(value, str) else None
    return command if command and not shutil.which(command) else None


def _question(key: str, told: dict[str, Any]) -> Question:
    default = told.get("default")
    usual = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(default), "yaml")
    choices = told.get("choices")
    if isinstance(choices, list):
        pairs = [one if isinstance(one, list) else (one, one) for one in choices]
        choices = {str(name): value for name, value in pairs}
    if isinstance(choices, dict):
        choices = {name: one["value"] if isinstance(one, dict) else one for name, one in choices.items()}
    else:
        choices = None  # none, or made while rendering
    several = bool(told.get("multiselect"))
    return Question(key, str(told.get("type", usual)), str(told.get("help", "")), default, choices, several)
