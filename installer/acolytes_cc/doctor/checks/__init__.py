"""The doctor's checks, one module for each area: a check takes the inspection and yields findings and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from acolytes_cc.doctor.checks import (
    access,
    board,
    client,
    commands,
    definitions,
    doubles,
    files,
    hooks,
    settings,
    upstream,
)
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckResult

Check: TypeAlias = Callable[[Inspection], Iterable[CheckResult]]

CHECKS: tuple[Check, ...] = (
    files.installation,
    files.files,
    files.state,
    files.conflicts,
    files.leftovers,
    files.baseline,
    files.templates,
    commands.launchers,
    commands.record,
    commands.path,
    client.version,
    client.trust,
    settings.ignored,
    settings.entries,
    settings.strangers,
    settings.hooks_off,
    settings.quest_rules,
    settings.rewriting,
    hooks.programs,
    hooks.runs,
    definitions.lint,
    definitions.skills,
    doubles.installations,
    doubles.names,
    board.board,
    upstream.upstream,
)


# what may be wrong also where nothing is installed: it could keep an installation from working
WITHOUT_INSTALLATION: tuple[Check, ...] = (
    client.version,
    settings.ignored,
    settings.hooks_off,
    settings.rewriting,
    board.board,
    upstream.upstream,
)


def run_checks(inspection: Inspection) -> list[CheckResult]:
    """The results of all checks, in the order of the checks.

    What the user may not read, or a missing installation, makes other checks fail: these wait.
    """
    denied = list(access.access(inspection))
    if any(map(access.hides_something, denied)):
        return denied
    checks = CHECKS
    if not (inspection.manifest or inspection.plugins):
        checks = (files.installation, *WITHOUT_INSTALLATION)
    return denied + [result for check in checks for result in check(inspection)]
