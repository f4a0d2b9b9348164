"""What the command line hands to ``acolytes lint`` from parts above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from acolytes_cc.lint.finding import Report


class Verify(Protocol):
    """Runs the client on what the paths stand for, prints what it did, and says whether it agrees with the report."""

    def __call__(self, paths: Sequence[str], report: Report, /, *, to_stderr: bool) -> bool: ...


@dataclass(frozen=True)
class Above:
    """How to ask the client, the call's own words, and the name that its answer may be remembered by."""

    verify: Verify
    arguments: list[str]
    answer_key: str | None = None

    def remember(self, code: int, text: bytes) -> None:
        """Keep the answer for the same call, unless a file changed meanwhile."""
        from acolytes_cc.lint.cache.answers import key_of, remember

        if self.answer_key and key_of(self.arguments) == self.answer_key:
            remember(self.answer_key, code, text)
