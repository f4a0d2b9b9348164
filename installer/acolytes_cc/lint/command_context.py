"""What the command line passes to ``acolytes lint`` from parts above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

    def kept(self, pieces: Iterable[bytes], exit_code: int, report: LintReport) -> Iterator[bytes]:
        """Yield the pieces of the output; then keep them for the same call, unless a file changed meanwhile."""
        if self.output_key is None:
            yield from pieces
            return
        from acolytes_cc.lint.cache.keys import is_still
        from acolytes_cc.lint.cache.run_outputs import OutputCopy, save_output
        from acolytes_cc.lint.cache.store import Cache, cache_folder

        with OutputCopy(cache_folder()) as copy:
            for piece in pieces:
                copy.add(piece)
                yield piece
            if copy.is_whole and is_still(self.output_key, self.arguments):
                save_output(Cache(cache_folder()), self.output_key, exit_code, copy.parts(), report.surroundings)
