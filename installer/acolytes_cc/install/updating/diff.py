"""Show an install plan as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from acolytes_cc.install.disk.places import DEFINITIONS
from acolytes_cc.install.planning.files import InstallPlan


def diff_lines(plan: InstallPlan) -> Iterator[str]:
    """The changes of texts that would be written, line by line; programs are left out."""
    for file in plan.files:
        if file.path.startswith(DEFINITIONS) and file.writes:
            before = b"" if file.disk is None else (plan.places.target / file.path).read_bytes()
            yield from _diff(
                file.path, before.decode("utf-8", "replace"), (file.content or b"").decode("utf-8", "replace")
            )
    yield from _diff(plan.settings.path.name, plan.settings.before or "", plan.settings.after or "")


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    yield from unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
