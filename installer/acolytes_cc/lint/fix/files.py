"""``--fix`` and ``--diff``: changes the files that a report names, and no file outside the named paths."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition, load_definition, parse_definition, size_limit
from acolytes_cc.definitions.files import find_definitions, read_bytes
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.definitions.places import place_of
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.lint.atomic_write import replace_content
from acolytes_cc.lint.catalogue import rules_by_code
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.fix.content import fix_content
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.settings.policy import Policy


class FileChange(NamedTuple):
    """What the fixes do to a file.

    Attributes:
        path: The file.
        old: Its content before.
        new: Its content after.
        fixed: How many problems of each rule were fixed.
        refused: What speaks against fixes that were not made, by their rules.
    """

    path: str
    old: bytes
    new: bytes
    fixed: Counter[str]
    refused: Mapping[str, str] = MappingProxyType({})


def changes(
    report: LintReport, policy: Policy, registry: Registry, kind: Kind | None = None, *, unsafe: Collection[str]
) -> Iterator[FileChange]:
    """Yield what the fixes do to the files of a report: a change, or why there is none.

    Args:
        report: The report.
        policy: The user's settings.
        registry: What the client knows.
        kind: What the user says that the files are.
        unsafe: The rules whose unsafe fixes are applied, too.
    """
    applied = [finding for finding in report.findings if finding.fixable == "safe" or finding.rule in unsafe]
    for path in dict.fromkeys(finding.path for finding in applied if finding.fixable):
        change = change_of(path, read_bytes(Path(path), size_limit(path) + 1), policy, registry, kind, unsafe=unsafe)
        if change:
            yield change


def change_of(
    path: str, old: bytes, policy: Policy, registry: Registry, kind: Kind | None = None, *, unsafe: Collection[str]
) -> FileChange | None:
    """Return what the fixes do to one content; None if there is nothing that they could do."""
    if not is_fixable(path, kind):
        return None
    codes = policy.codes - policy.switched_off(path)
    new, fixed, refused = fix_content(old, path, registry, codes, kind, unsafe=unsafe)
    if new != old and _takes_a_name(path, old, new):
        taken = "then another agent there would have the same name"
        return FileChange(path, old, old, Counter(), refused | dict.fromkeys(fixed, taken))
    return FileChange(path, old, new, fixed, refused) if new != old or refused else None


def write_change(change: FileChange, named: Sequence[str]) -> None:
    """Write a change into its file.

    Raises:
        UserError: The file is outside the named paths, or changed meanwhile.
    """
    if not _is_inside(change.path, named):
        raise UserError(f"{printable(change.path)} is outside the named paths; name the file itself to fix it")
    if read_bytes(Path(change.path), size_limit(change.path) + 1) != change.old:
        raise UserError(
            f"{printable(change.path)} was changed meanwhile by another program and is not touched; run it again",
            Exit.CANNOT,
        )
    replace_content(Path(change.path), change.new)


def _takes_a_name(path: str, old: bytes, new: bytes) -> bool:
    """Whether a change gives an agent the name of another one in its folder, which the client then would not load."""
    before, after = (_name(parse_definition(data, path)) for data in (old, new))
    if before == after or placed_kind(path) not in ("agent", "plugin-agent"):
        return False
    folder = Path(place_of(os.path.dirname(os.path.abspath(path))).root)
    agents = (other for other in find_definitions(folder) if placed_kind(other) in ("agent", "plugin-agent"))
    others = (other for other in agents if os.path.realpath(other) != os.path.realpath(path))
    return any(_name(load_definition(other)) == after for other in others)


def _name(definition: Definition) -> str | None:
    field = definition.field("name")
    return field.value.data if field and isinstance(field.value.data, str) else None


def is_fixable(path: str, kind: Kind | None) -> bool:
    """Whether it is certain what the file is: from the place where the client reads it, or from the user."""
    return kind is not None or placed_kind(path) is not None


def refusals(change: FileChange) -> Iterator[str]:
    """Yield a line about the fixes of each rule that were not made."""
    for rule, objection in change.refused.items():
        yield f"not fixed: {_name_of(rule)} in {printable(change.path)}, because {objection}"


def unified(change: FileChange) -> str:
    """Return a change as a unified diff."""
    old, new = (_lines(data) for data in (change.old, change.new))
    name = printable(change.path)
    lines = unified_diff(old, new, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(data: bytes) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "backslashreplace"))


def fixed_text(fixed: Counter[str], files: int) -> str:
    """Return one line about what was fixed."""
    if not fixed:
        return "nothing was fixed"
    rules = ", ".join(f"{count} {_name_of(rule)}" for rule, count in sorted(fixed.items()))
    return f"fixed {fixed.total()} in {files} file{'' if files == 1 else 's'}: {rules}"


def _name_of(code: str) -> str:
    return rules_by_code()[code].NAME


def _is_inside(path: str, named: Sequence[str]) -> bool:
    if path in named:
        return True
    real = os.path.realpath(path)
    return any(real.startswith(os.path.join(os.path.realpath(folder), "")) for folder in named)
