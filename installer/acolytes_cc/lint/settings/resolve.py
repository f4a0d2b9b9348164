"""The settings of a call: the settings file, changed by the options."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from acolytes_cc.definitions.registry import parse_version
from acolytes_cc.errors import UserError
from acolytes_cc.lint.catalogue import select
from acolytes_cc.lint.options import LintOptions, split_rules
from acolytes_cc.lint.settings.file import LintSettings, find_settings, read_settings


def resolve_settings(options: LintOptions) -> LintSettings:
    """Return the settings of a call.

    ``--ignore`` adds to the ignored rules of the file; every other option replaces the setting.

    Raises:
        UserError: An option names an unknown rule, or something that is not a version.
    """
    file = None if options.isolated else options.config or find_settings(Path.cwd())
    settings = read_settings(file, is_named=options.config is not None) if file else LintSettings()
    selected, ignored = split_rules(options.select), split_rules(options.ignore)
    try:
        select([*selected, *ignored])
        if options.client_version:
            parse_version(options.client_version)
    except ValueError as error:
        raise UserError(str(error)) from None
    policy = replace(
        settings.policy,
        selected=selected or settings.policy.selected,
        ignored=(*settings.policy.ignored, *ignored),
        persona=options.chosen_persona or settings.policy.persona,
    )
    client_version = options.client_version or settings.client_version
    return LintSettings(policy, client_version, options.baseline or settings.baseline)
