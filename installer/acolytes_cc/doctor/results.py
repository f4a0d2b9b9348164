"""What a check of the doctor yields: a finding with its fix, or a fact that is worth a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

CheckSeverity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that is wrong, and how to fix it."""

    check: str
    severity: CheckSeverity
    message: str
    fix: str
    path: str | None = None
    commands: tuple[str, ...] = ()
    """what mends it when a shell runs it as it is; empty where only a person can decide, or where others must act"""


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One line about something that is right."""

    check: str
    text: str


CheckResult: TypeAlias = CheckFinding | CheckFact
