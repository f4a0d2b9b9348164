"""The doctor's checks, one module a part: each takes the subject and yields findings and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from acolytes_cc.doctor.checks import board, client, commands, definitions, doubles, files, hooks, settings, upstream
from acolytes_cc.doctor.finding import Result
from acolytes_cc.doctor.subject import Subject

Check = Callable[[Subject], Iterable[Result]]

CHECKS: tuple[Check, ...] = (
    files.installation,
    files.files,
    files.state,
    commands.launchers,
    commands.path,
    client.version,
    client.trust,
    settings.ignored,
    settings.entries,
    settings.hooks_off,
    settings.quest_rules,
    settings.rewriting,
    hooks.programs,
    hooks.runs,
    definitions.lint,
    doubles.installations,
    doubles.names,
    board.board,
    upstream.upstream,
)


def run_checks(subject: Subject) -> list[Result]:
    """Everything that all checks yield, in their order."""
    return [result for check in CHECKS for result in check(subject)]
