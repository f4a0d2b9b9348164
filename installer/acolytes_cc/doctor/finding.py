"""What a check yields: a finding with its remedy, or a fact worth a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, and how to mend it."""

    check: str
    severity: Severity
    message: str
    fix: str
    path: str | None = None


@dataclass(frozen=True)
class Fact:
    """One line about something that is as it should be."""

    check: str
    text: str


Result: TypeAlias = Finding | Fact
