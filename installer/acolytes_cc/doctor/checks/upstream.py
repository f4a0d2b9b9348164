"""What the published package `acolytes` 2.1.2 of another project leaves in the client's folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.hook_registration import registered_hooks
from acolytes_cc.install.application.launchers import head
from acolytes_cc.install.disk.files import digest
from acolytes_cc.install.planning.upstream import HOOKS, files, is_command

_SCRIPT = "uv run --script"
_QUEST_CORE = "scripts/acolytes_quest/acolyte_quest_core.py"
_FIX = "run `acolytes install --replace-upstream`: it replaces what you did not change; a rollback undoes it"


def upstream(inspection: Inspection) -> Iterator[CheckResult]:
    """Its entries in the settings, its hook scripts, its quest scripts, and its command of our name."""
    commands: tuple[str, ...] = ()
    if not inspection.refuses_install:
        commands = (remedies.acolytes(inspection, "install --yes --replace-upstream"),)
    for file in inspection.settings:
        lines = [hook.command for hook in registered_hooks(file.effective)]
        status = file.effective.get("statusLine")
        lines += [str(status.get("command"))] if isinstance(status, dict) else []
        theirs = [command for command in lines if is_command(command)]
        if theirs:
            message = (
                f"{len(theirs)} entries of the package acolytes 2.1.2 run on tool calls, such as: {theirs[0][:80]}"
            )
            yield CheckFinding("upstream", "error", message, _FIX, str(file.path), commands)
    scripts = [inspection.config / "hooks" / f"{name}.py" for name in HOOKS]
    left = [path for path in scripts if path.is_file() and _SCRIPT in head(path).partition("\n")[0]]
    left += [path for path in [inspection.config / _QUEST_CORE] if path.is_file()]
    if left:
        message = f"{len(left)} scripts of the package acolytes 2.1.2 are still there"
        fix = f"{_FIX}. One that you changed may be a hook of yours: remove it yourself"
        published = set(files().values())
        can_go = commands if any(digest(path) in published for path in left) else ()
        yield CheckFinding("upstream", "warning", message, fix, str(left[0]), can_go)
    command = shutil.which("acolytes")
    if command and re.search(r"\bfrom acolytes(\.cli)? import", head(Path(command))):
        message = "`acolytes` on PATH is the command of the package acolytes 2.1.2"
        fix = f"{_FIX}; or remove it with the package manager that installed it (pip uninstall acolytes)"
        yield CheckFinding("upstream", "warning", message, fix, command)
