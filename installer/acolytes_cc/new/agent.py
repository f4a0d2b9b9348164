"""A definition from answers: rendered, and linted before anybody sees it."""

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


class Question(NamedTuple):
    """What is asked; without a default it must be answered."""

    key: str
    text: str
    default: str | None = None


QUESTIONS = (
    Question("description", "What does it do, and when is it to be used? (Use when ...)"),
    Question("task", "Its job, as a sentence that goes on from `You`"),
    Question("tools", "Its tools, with commas; none named is every tool", "Read, Grep, Glob"),
    Question("model", "Its model: inherit, sonnet, opus, haiku or a full name", "inherit"),
)
_PLAIN = re.compile(r"[A-Za-z](?:[^\n:#]|:(?! )|(?<! )#)*")
_YAML_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}


def checked(data: Mapping[str, str]) -> dict[str, str]:
    """The answers with the defaults; UserError (CANNOT) that names what is missing, or what nobody asks."""
    keys = [question.key for question in QUESTIONS]
    unknown = [key for key in data if key not in keys]
    if unknown:
        raise UserError(f"--data {unknown[0]}: there is no such question, only {', '.join(keys)}")
    answers = {question.key: question.default for question in QUESTIONS} | {
        k: " ".join(v.split()) for k, v in data.items()
    }
    missing = [question.key for question in QUESTIONS if question.default is None and not answers[question.key]]
    if missing:
        options = " ".join(f"--data {key}=..." for key in missing)
        raise UserError(f"missing: {', '.join(missing)}; say it with {options}", Exit.CANNOT)
    return {key: value or "" for key, value in answers.items()}


def rendered(name: str, answers: Mapping[str, str]) -> tuple[str, list[Finding]]:
    """The definition of ``name``, and the findings in it that are no errors.

    Raises UserError (FINDINGS) for a definition that the client would drop or change.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - it makes Markdown, no HTML
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
    text = environment.get_template("agent.md.jinja").render(
        **{**values, "task": answers["task"].rstrip("."), "name": _yaml(name), "title": name}
    )
    findings = lint_text(text, f"{name}.md")
    errors = [concise(finding) for finding in findings if finding.severity == "error"]
    if errors:
        raise UserError(f"nothing was written, for it would have errors: {'; '.join(errors)}", Exit.FINDINGS)
    return text, findings


def _yaml(value: str) -> str:
    """A value as it stands after a key: quoted when YAML could read it as something else."""
    if not value or (_PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS and value == value.strip()):
        return value
    return json.dumps(value, ensure_ascii=False)
