"""The answers to the questions: checked against ``copier.yml``, remembered in the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.questions import Question, missing_command


def read_answers(
    asked: dict[str, Question], data: Iterable[str], file: str | None, remembered: dict[str, Any]
) -> dict[str, Any]:
    """The remembered answers, with those of ``file`` in their place, and with ``key=value`` ones in place of both.

    What is remembered and asked no more, or not with that choice, is forgotten. Raises UserError for what is not asked,
    or not with that value; with the exit code CANNOT for a choice whose program is missing.
    """
    answers = {key: value for key, value in remembered.items() if key in asked and _is_taken(asked[key], value)}
    told = [*(_from_file(Path(file)) if file else ()), *map(_from_option, data)]
    given = {key: (value, where) for key, value, where in told}  # what is said last is what counts
    for key, (value, where) in given.items():
        if key not in asked:
            raise UserError(f"{where}: there is no question {key!r}, only {', '.join(asked)}")
        answers[key] = asked[key].checked(value, where)
        refuse_missing_commands(answers[key], where)
    return answers


def refuse_missing_commands(value: Any, where: str) -> None:
    """UserError for a choice, or a list of them, whose program is not on PATH."""
    for one in value if isinstance(value, list) else [value]:
        command = missing_command(one)
        if command:
            raise UserError(f"{where}: {one} needs the command {command}, which is not on PATH", Exit.CANNOT)


def _is_taken(question: Question, value: Any) -> bool:
    try:
        question.checked(value, "")
    except UserError:
        return False
    return True


def _from_option(item: str) -> tuple[str, Any, str]:
    key, equals, value = item.partition("=")
    if not equals:
        raise UserError(f"--data {item}: write KEY=VALUE")
    return key, value, f"--data {item}"


def _from_file(path: Path) -> list[tuple[str, Any, str]]:
    """(key, value, where it stands) of each answer; keys that begin with ``_`` are copier's own notes."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"--answers {path}: it is no UTF-8 text") from None
    except OSError as error:
        raise UserError(f"--answers {path}: {error.strerror}") from None
    lines: dict[str, int] = {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found, lines = _yaml(text, path)
    if not isinstance(found, dict):
        raise UserError(f"{path}: it holds no answers: write a line `key: value` for each")
    return [
        (str(key), value, f"{path}:{lines[key]}" if key in lines else str(path))
        for key, value in found.items()
        if not str(key).startswith("_")
    ]


def _yaml(text: str, path: Path) -> tuple[Any, dict[str, int]]:
    """What a YAML text holds, and on which line each of its keys stands."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode

    try:
        # read twice: the values, and where their keys stand
        node = YAML(typ="safe", pure=True).compose(text)
        pairs = node.value if isinstance(node, MappingNode) else []
        lines = {key.value: key.start_mark.line + 1 for key, _ in pairs if isinstance(key.value, str)}
        return YAML(typ="safe", pure=True).load(text), lines
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise UserError(f"{path}{f':{mark.line + 1}' if mark else ''}: {error.problem}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: it is neither YAML nor JSON: {' '.join(str(error).split())[:200]}") from None
