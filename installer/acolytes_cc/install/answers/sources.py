"""Read the answers from the command line, a file and the manifest, and check them against the questions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.answers.questions import Answers, TemplateQuestion, missing_command


class _GivenAnswer(NamedTuple):
    """One answer as a user gave it; ``where`` begins a message about it."""

    key: str
    value: Any
    where: str


class _ParsedYaml(NamedTuple):
    data: Any
    lines: dict[str, int]
    """key -> its line"""


def read_answers(
    questions: dict[str, TemplateQuestion], data: Iterable[str], file: str | None, remembered: Answers
) -> Answers:
    """Combine the answers: those of ``data`` replace those of the file, and these replace the remembered ones.

    A remembered answer is dropped when its question, or its choice, no longer exists.

    Args:
        questions: The questions by key.
        data: ``KEY=VALUE`` texts from the command line.
        file: A file of answers in YAML or JSON.
        remembered: The answers of the last install.

    Raises:
        UserError: An answer has no question, or not with that value. The exit code is CANNOT where only the program of
            a choice is missing.
    """
    answers = {key: value for key, value in remembered.items() if key in questions and _is_valid(questions[key], value)}
    sources = [*(_from_file(Path(file)) if file else ()), *map(_from_option, data)]
    for key, value, where in {answer.key: answer for answer in sources}.values():  # the last one of a key counts
        if key not in questions:
            raise UserError(f"{where}: there is no question {key!r}; the questions are {', '.join(questions)}")
        answers[key] = questions[key].checked(value, where)
        refuse_missing_commands(answers[key], where)
    return answers


def refuse_missing_commands(value: Any, where: str) -> None:
    """UserError for a choice, or a list of them, whose program is not on PATH."""
    for one in value if isinstance(value, list) else [value]:
        command = missing_command(one)
        if command:
            raise UserError(f"{where}: {one} needs the command {command}, which is not on PATH", Exit.CANNOT)


def _is_valid(question: TemplateQuestion, value: Any) -> bool:
    try:
        question.checked(value, "")
    except UserError:
        return False
    return True


def _from_option(item: str) -> _GivenAnswer:
    key, equals, value = item.partition("=")
    if not equals:
        raise UserError(f"--data {item}: write it as KEY=VALUE")
    return _GivenAnswer(key, value, f"--data {item}")


def _from_file(path: Path) -> list[_GivenAnswer]:
    """The answers of a file; keys that begin with ``_`` are copier's own notes."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"--answers {path}: the file is not UTF-8 text") from None
    except OSError as error:
        raise UserError(f"--answers {path}: {error.strerror}") from None
    try:
        parsed = _ParsedYaml(json.loads(text), {})
    except (ValueError, RecursionError):
        parsed = _parse_yaml(text, path)
    if not isinstance(parsed.data, dict):
        raise UserError(f"{path}: the file has no answers: write each on a line of its own, as `key: value`")
    return [
        _GivenAnswer(str(key), value, f"{path}:{parsed.lines[key]}" if key in parsed.lines else str(path))
        for key, value in parsed.data.items()
        if not str(key).startswith("_")
    ]


def _parse_yaml(text: str, path: Path) -> _ParsedYaml:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode

    try:
        # read twice: once for the positions of the keys, once for the values
        node = YAML(typ="safe", pure=True).compose(text)
        pairs = node.value if isinstance(node, MappingNode) else []
        lines = {key.value: key.start_mark.line + 1 for key, _ in pairs if isinstance(key.value, str)}
        return _ParsedYaml(YAML(typ="safe", pure=True).load(text), lines)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise UserError(f"{path}{f':{mark.line + 1}' if mark else ''}: {error.problem}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: neither YAML nor JSON: {' '.join(str(error).split())[:200]}") from None
