"""What the options of ``acolytes lint`` and the settings file come to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from acolytes_cc.definitions.registry import parse_version
from acolytes_cc.errors import UserError
from acolytes_cc.lint.catalogue import select
from acolytes_cc.lint.rule import Persona
from acolytes_cc.lint.settings.file import Config, find_config, read_config


def configured(
    file: Path | None,
    *,
    isolated: bool,
    selected: Sequence[str],
    ignored: Sequence[str],
    persona: Persona | None,
    client_version: str | None,
    baseline: Path | None,
) -> Config:
    """The settings of ``file``, else of the file that counts here, changed by the options.

    What is ignored adds up; of everything else an option replaces the setting. Raises UserError for what names no rule
    or is no version.
    """
    found = None if isolated else file or find_config(Path.cwd())
    config = read_config(found) if found else Config()
    try:
        select([*selected, *ignored])
        if client_version:
            parse_version(client_version)
    except ValueError as error:
        raise UserError(str(error)) from None
    policy = replace(
        config.policy,
        selected=tuple(selected) or config.policy.selected,
        ignored=(*config.policy.ignored, *ignored),
        persona=persona or config.policy.persona,
    )
    return Config(policy, client_version or config.client_version, baseline or config.baseline)


def split(values: Sequence[str]) -> tuple[str, ...]:
    """The values of an option that can be given several times, each a list with commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())
