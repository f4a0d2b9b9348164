"""What the command line passes to ``acolytes lint`` from parts above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from acolytes_cc.lint.finding import LintReport


class Verification(Protocol):
    """How the files were compared with what the client does."""

    @property
    def agrees(self) -> bool:
        """Whether no verdict of the linter differs from what the client did."""

    def lines(self) -> Iterator[str]:
        """The comparison as text."""

    def to_json(self) -> dict[str, Any]:
        """The comparison as JSON."""


class Verify(Protocol):
    """Runs the client on the files that the paths stand for, and compares."""

    def __call__(self, paths: Sequence[str], /) -> Verification:
        """Return the comparison."""


@dataclass(frozen=True)
class CommandContext:
    """How to run the client, the arguments of this call, and the key under which its output may be kept."""

    verify: Verify
    arguments: list[str]
    output_key: bytes | None = None

    def keep_output(self, exit_code: int, text: bytes, report: LintReport) -> None:
        """Keep the output for the same call, unless a file changed meanwhile."""
        from acolytes_cc.lint.cache.keys import output_key
        from acolytes_cc.lint.cache.run_outputs import save_output
        from acolytes_cc.lint.cache.store import Cache, cache_folder

        if self.output_key and output_key(self.arguments) == self.output_key:
            save_output(Cache(cache_folder()), self.output_key, exit_code, text, report.surroundings)
