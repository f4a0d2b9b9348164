"""What the published package `acolytes` 2.1.2, another project's, leaves in the client's folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor.checks.commands import head
from acolytes_cc.doctor.finding import Finding, Result
from acolytes_cc.doctor.settings_files import hook_objects, hook_words
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.install.upstream import HOOKS, is_command

_SCRIPT = "uv run --script"
_QUEST_CORE = "scripts/acolytes_quest/acolyte_quest_core.py"
_FIX = "run `acolytes install --replace-upstream`: it takes over what you did not change, with a snapshot"


def upstream(subject: Subject) -> Iterator[Result]:
    """Its entries in the settings, its hook scripts, its quest scripts, and its command of our name."""
    for file in subject.settings:
        commands = [" ".join(hook_words(hook)) for _, _, hook in hook_objects(file.effective)]
        status = file.effective.get("statusLine")
        commands += [str(status.get("command"))] if isinstance(status, dict) else []
        found = [command for command in commands if is_command(command)]
        if found:
            message = f"{len(found)} entries of the package acolytes 2.1.2 run on tool calls, such as: {found[0][:80]}"
            yield Finding("upstream", "error", message, _FIX, str(file.path))
    scripts = [subject.config / "hooks" / f"{name}.py" for name in HOOKS]
    left = [path for path in scripts if path.is_file() and _SCRIPT in head(path).partition("\n")[0]]
    left += [path for path in [subject.config / _QUEST_CORE] if path.is_file()]
    if left:
        message = f"{len(left)} scripts of the package acolytes 2.1.2 are left"
        yield Finding("upstream", "warning", message, _FIX, str(left[0]))
    command = shutil.which("acolytes")
    if command and re.search(r"\bfrom acolytes(\.cli)? import", head(Path(command))):
        message = "`acolytes` on PATH is the command of the package acolytes 2.1.2"
        fix = f"{_FIX}; or remove it with the package manager that brought it (pip uninstall acolytes)"
        yield Finding("upstream", "warning", message, fix, command)
