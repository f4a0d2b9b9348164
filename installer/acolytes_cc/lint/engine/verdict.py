"""What follows from one file's content alone, before the user's settings have their say; plain values only."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_cc.lint.finding import Fixable
from acolytes_cc.lint.support.project import Summary
from acolytes_cc.lint.support.suppressions import Suppression


class Found(NamedTuple):
    """A problem with its place in its file."""

    line: int
    column: int
    rule: str
    message: str
    fixable: Fixable = ""


class Verdict(NamedTuple):
    """What the rules found in a file, what project rules need of it, and what its comments switch off."""

    found: tuple[Found, ...]
    summary: Summary
    suppressions: tuple[Suppression, ...]
