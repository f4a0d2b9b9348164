"""``--fix`` and ``--diff``: mends the files that a report names, and nothing outside the paths that were named."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.lint.atomic_write import replace_content
from acolytes_cc.lint.finding import Report
from acolytes_cc.lint.fix.content import mend
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.settings.policy import Policy


class Change(NamedTuple):
    """A file's content before and after, and how many problems of each rule it is rid of."""

    path: str
    old: bytes
    new: bytes
    fixed: Counter[str]


def changes(report: Report, policy: Policy, facts: Registry, *, unsafe: bool) -> Iterator[Change]:
    """What the fixes would make of the files that have a finding which can be fixed."""
    wanted = ("safe", "unsafe") if unsafe else ("safe",)
    for path in dict.fromkeys(found.path for found in report.findings if found.fixable in wanted):
        change = mended(path, read_bytes(Path(path), SIZE_LIMIT + 1), policy, facts, unsafe=unsafe)
        if change:
            yield change


def mended(path: str, old: bytes, policy: Policy, facts: Registry, *, unsafe: bool) -> Change | None:
    """What the fixes would make of one content; None when nothing."""
    codes = policy.codes - policy.switched_off(path)
    new, fixed = mend(old, path, facts, codes, unsafe=unsafe)
    return Change(path, old, new, fixed) if new != old else None


def write(change: Change, named: Sequence[str]) -> None:
    """Put a change into its file; UserError where the file is elsewhere or has changed meanwhile."""
    if not _is_inside(change.path, named):
        raise UserError(
            f"{printable(change.path)} leads out of the paths that were named; name the file itself to fix it"
        )
    if read_bytes(Path(change.path), SIZE_LIMIT + 1) != change.old:
        raise UserError(f"{printable(change.path)} was changed just now and is left alone; run it again", Exit.CANNOT)
    replace_content(Path(change.path), change.new)


def diff(change: Change) -> str:
    """A change as a unified diff."""
    old, new = (_lines(data) for data in (change.old, change.new))
    name = printable(change.path)
    lines = unified_diff(old, new, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(data: bytes) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "backslashreplace"))


def told(fixed: Counter[str], files: int) -> str:
    """One line about what was fixed."""
    if not fixed:
        return "nothing was fixed"
    rules = ", ".join(f"{count} {rule}" for rule, count in sorted(fixed.items()))
    return f"fixed {fixed.total()} in {files} file{'' if files == 1 else 's'}: {rules}"


def _is_inside(path: str, named: Sequence[str]) -> bool:
    if path in named:
        return True
    real = os.path.realpath(path)
    return any(real.startswith(os.path.join(os.path.realpath(folder), "")) for folder in named)
