"""The answers to the template's questions: checked against ``copier.yml``, remembered in the manifest."""

from __future__ import annotations

import shutil
from typing import Any

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.resources import data_path

_COMMANDS = {"context7": "npx", "code-index": "code-index-mcp"}


def read_answers(given: tuple[str, ...], remembered: dict[str, Any]) -> dict[str, Any]:
    """The remembered answers with ``key=value`` ones in their place.

    A key of several choices takes them with commas between. Raises UserError for what the template does not ask.
    """
    if not given and not set(remembered) - {"only", "templates"}:
        return remembered  # nothing to check: spare the template's reading
    questions = _questions()
    answers = {key: value for key, value in remembered.items() if key in questions or key in ("only", "templates")}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or key not in questions:
            raise UserError(f"--data {item}: the template asks for {', '.join(questions)}; write KEY=VALUE")
        chosen = [part.strip() for part in value.split(",") if part.strip()]
        wrong = [part for part in chosen if part not in questions[key]]
        if wrong:
            raise UserError(f"--data {item}: {wrong[0]!r} is no choice; {key} takes {', '.join(questions[key])}")
        answers[key] = chosen
        for part in chosen:
            if part in _COMMANDS and not shutil.which(_COMMANDS[part]):
                command = _COMMANDS[part]
                raise UserError(f"--data {item}: {part} needs the command {command}, which is not on PATH", Exit.CANNOT)
    return answers


def _questions() -> dict[str, list[str]]:
    """The questions that a user may answer, with their choices."""
    from ruamel.yaml import YAML

    asked = YAML(typ="safe").load((data_path("agent_templates") / "copier.yml").read_text("utf-8"))
    return {
        key: list(question["choices"].values())
        for key, question in asked.items()
        if not key.startswith("_") and question.get("multiselect")
    }
