"""The definition of a new agent: rendered from answers, and linted before it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.lint.api import lint_text
from acolytes_cc.lint.finding import Finding
from acolytes_cc.lint.report.text import concise
from acolytes_cc.resources import data_path

ALL_TOOLS = "all"
"""the answer for every tool, as an empty ``--data tools=`` is; on a terminal, Enter takes the default"""


class AgentQuestion(NamedTuple):
    """A question about the new agent; without a default it needs an answer."""

    key: str
    text: str
    example: str
    """an answer that is right whatever the others are"""
    default: str | None = None


QUESTIONS = (
    AgentQuestion(
        "description",
        "What does it do, and when should Claude use it? Claude reads this to choose an agent. "
        "For example: Reviews SQL. Use when a query is slow.",
        "Use when it is named.",
    ),
    AgentQuestion(
        "task",
        "What is its task? Write the rest of a sentence that begins with `You`. For example: review SQL and measure it",
        "answer",
    ),
    AgentQuestion(
        "tools",
        f"Which tools may it use? Write their names with commas between, or {ALL_TOOLS} for every tool.",
        "Read",
        "Read, Grep, Glob",
    ),
    AgentQuestion(
        "model",
        "Which model does it use: inherit, sonnet, opus, haiku, or a full name? inherit is the model of the session.",
        "inherit",
        "inherit",
    ),
)
_PLAIN = re.compile(r"[A-Za-z](?:[^\n:#]|:(?! )|(?<! )#)*")
_YAML_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}


def completed(data: Mapping[str, str]) -> dict[str, str]:
    """Return the answers, with the default where there is none.

    Raises:
        UserError: An answer is missing (CANNOT), or belongs to no question.
    """
    keys = [question.key for question in QUESTIONS]
    unknown = [key for key in data if key not in keys]
    if unknown:
        raise UserError(f"--data {unknown[0]}: unknown key; the keys are {', '.join(keys)}")
    defaults = {question.key: question.default for question in QUESTIONS}
    answers = defaults | {key: plain(key, value) for key, value in data.items()}
    missing = [question.key for question in QUESTIONS if question.default is None and not answers[question.key]]
    if missing:
        options = " ".join(f"--data {key}=..." for key in missing)
        raise UserError(f"no answer for {', '.join(missing)}: add {options}", Exit.CANNOT)
    return {key: value or "" for key, value in answers.items()}


def plain(key: str, value: str) -> str:
    """An answer on one line, as the template takes it."""
    answer = " ".join(value.split())
    return "" if key == "tools" and answer.lower() == ALL_TOOLS else answer


def errors_of(name: str, key: str, value: str) -> list[Finding]:
    """The errors that one answer would bring into the definition."""
    answers = {question.key: question.example for question in QUESTIONS} | {key: value}
    return [finding for finding in lint_text(_text(name, answers), f"{name}.md") if finding.severity == "error"]


def rendered(name: str, answers: Mapping[str, str]) -> tuple[str, list[Finding]]:
    """Return the definition of ``name``, and its findings below error level.

    Raises:
        UserError: The definition would have errors (FINDINGS): the client would drop or change it.
    """
    text = _text(name, answers)
    findings = lint_text(text, f"{name}.md")
    errors = [concise(finding) for finding in findings if finding.severity == "error"]
    if errors:
        raise UserError(f"the definition would have errors, so it was not written: {'; '.join(errors)}", Exit.FINDINGS)
    return text, findings


def _text(name: str, answers: Mapping[str, str]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - it makes Markdown, not HTML
        loader=FileSystemLoader(data_path("agent_templates") / "new"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        # as in agent_templates/copier.yml
        block_start_string="<@%",
        block_end_string="%@>",
        variable_start_string="<@",
        variable_end_string="@>",
        comment_start_string="<@#",
        comment_end_string="#@>",
    )
    values = {key: _yaml(value) for key, value in answers.items()}
    return environment.get_template("agent.md.jinja").render(
        **{**values, "task": answers["task"].rstrip("."), "name": _yaml(name), "title": name}
    )


def _yaml(value: str) -> str:
    """Return a value as YAML after a key: quoted when YAML could read it as something else."""
    if not value or (_PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS and value == value.strip()):
        return value
    return json.dumps(value, ensure_ascii=False)
