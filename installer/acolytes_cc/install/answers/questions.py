"""The questions that a user may answer: those of the template's ``copier.yml``, and which agents to install."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from acolytes_cc.errors import UserError

ONLY = "only"
"""key of the one question that is the installer's own: globs of agent names, separated by commas"""
TEMPLATES = "templates"
"""key of the template folder that is remembered with the answers; it is not a question"""

Answers: TypeAlias = dict[str, Any]
"""question -> value; the template decides which questions there are, and which types their values have"""

_TRUTH_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
# the program without which an MCP server does not start
_COMMANDS = {"context7": "npx", "code-index": "code-index-mcp"}


class TemplateQuestion(NamedTuple):
    """One question: ``kind`` is copier's type, ``choices`` maps what a person reads to the value."""

    key: str
    kind: str = "str"
    help: str = ""
    default: Any = None
    choices: dict[str, Any] | None = None
    multiple: bool = False

    def checked(self, value: Any, where: str) -> Any:
        """The value as the template takes it: a word from a command line may stand for a bool, or for a list.

        Raises:
            UserError: The template would refuse the value; the message begins with ``where``.
        """
        if self.key == ONLY and isinstance(value, list):  # a file may list the globs
            value = ",".join(map(str, value))
        if self.multiple:
            values = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
            if not isinstance(values, list):
                raise UserError(f"{where}: {value!r} is not a list")
            return [self._checked_choice(one, where) for one in values]
        if self.kind == "bool":
            answer = _TRUTH_WORDS.get(value.lower()) if isinstance(value, str) else value
            if not isinstance(answer, bool):
                raise UserError(f"{where}: {value!r} is neither true nor false")
            return answer
        if self.kind == "str" and not isinstance(value, str):
            raise UserError(f"{where}: {value!r} is not a text")
        return self._checked_choice(value, where)  # values of other types are checked by copier

    def _checked_choice(self, value: Any, where: str) -> Any:
        if self.choices is not None and value not in self.choices.values():
            choices = ", ".join(map(str, self.choices.values()))
            raise UserError(f"{where}: {self.key} cannot be {value!r}; choose from {choices}")
        return value


def read_questions(template: Path) -> dict[str, TemplateQuestion]:
    """The questions that a user may answer, by key, in the order in which they are asked.

    Raises:
        UserError: The template's ``copier.yml`` cannot be read.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = next((path for path in (template / "copier.yml", template / "copier.yaml") if path.is_file()), None)
    try:
        data = YAML(typ="safe").load(path.read_bytes()) if path else {}
    except (YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {' '.join(str(error).split())}") from None
    questions = {ONLY: TemplateQuestion(ONLY)}
    for key, value in data.items() if isinstance(data, dict) else ():
        details = value if isinstance(value, dict) else {"default": value}
        # A computed value is never asked for. Where `when` depends on other answers, copier decides.
        if not str(key).startswith("_") and details.get("when") is not False:
            questions[key] = _question(key, details)
    return questions


def agent_names(template: Path) -> list[str]:
    """The agents of a template, sorted; empty where a file name is made while rendering, so that nothing is certain."""
    folder = template / "agents"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.md*") if path.is_file()]
    if any(mark in name for name in names for mark in "{<[%"):
        return []
    return sorted({name.rpartition(".md")[0] for name in names})


def missing_templates(answers: Answers) -> str | None:
    """The folder of the user's own templates, when it is gone."""
    folder = answers.get(TEMPLATES)
    return str(folder) if folder and not Path(folder).is_dir() else None


def missing_command(value: Any) -> str | None:
    """The program that a choice needs and that is not on PATH, or None."""
    command = _COMMANDS.get(value) if isinstance(value, str) else None
    return command if command and not shutil.which(command) else None


def _question(key: str, details: dict[str, Any]) -> TemplateQuestion:
    default = details.get("default")
    kind = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(default), "yaml")
    choices = details.get("choices")
    if isinstance(choices, list):
        pairs = [one if isinstance(one, list) else (one, one) for one in choices]
        choices = {str(name): value for name, value in pairs}
    if isinstance(choices, dict):
        choices = {name: one["value"] if isinstance(one, dict) else one for name, one in choices.items()}
    else:
        choices = None  # there are none, or they are made while rendering
    multiple = bool(details.get("multiselect"))
    kind, help_text = str(details.get("type", kind)), str(details.get("help", ""))
    return TemplateQuestion(key, kind, help_text, default, choices, multiple)
