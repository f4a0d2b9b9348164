"""The result of ``acolytes lint --verify-with-client``, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

from acolytes_cc.client import bundled_client, client_on_path, client_version
from acolytes_cc.doctor.verification.comparison import Comparison, compare
from acolytes_cc.doctor.verification.run import observe_files
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.lint.api import lint_paths
from acolytes_cc.lint.file_selection import select_files
from acolytes_cc.lint.printable import printable

_SHOWN_CHARACTERS = 160
_WORDS = {
    "loaded": "the client loads it",
    "partly": "the client loads it, but",
    "not loaded": "the client does not load it",
    "not observed": "not observed:",
}
NOT_OBSERVED = (
    "hooks, MCP servers and the commands of skills were not started: whether they work was not observed",
    "agents with `isolation`, `memory`, `skills` or `initialPrompt` were not started, because they would change files",
    "colours, key bindings and status lines show only in a terminal, permission rules only when a tool is used",
    "servers and plugins from the network, and those in `~/.claude.json`, are not there in this run",
)
"""What no run shows, one line each."""


class Verification(NamedTuple):
    """The comparison of all files with the client at ``program``."""

    program: str
    version: str
    comparisons: list[Comparison]

    @property
    def agrees(self) -> bool:
        """Whether no verdict of the linter differs from what the client did."""
        return all(one.agree is not False for one in self.comparisons)

    def lines(self) -> Iterator[str]:
        """The result as text: a line for each file, what was not observed, and the counts."""
        for one in self.comparisons:
            word = {True: "agree", False: "DISAGREE", None: "-"}[one.agree]
            yield f"{word:<10}{printable(one.outcome.path)}: {printable(_said(one))}"
        yield from (f"not observed: {line}" for line in NOT_OBSERVED)
        disagree = sum(one.agree is False for one in self.comparisons)
        unseen = sum(one.agree is None for one in self.comparisons)
        compared = len(self.comparisons) - unseen
        yield f"{compared} compared with client {self.version}, {disagree} disagree; {unseen} not observed"

    def to_json(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            "client": {"program": self.program, "version": self.version},
            "agrees": self.agrees,
            "files": [one.to_json() for one in self.comparisons],
            "not_observed": list(NOT_OBSERVED),
        }


def verify(paths: Sequence[str]) -> Verification:
    """Run the client on the files that the paths stand for, and compare.

    Raises:
        UserError: There is no client, or it cannot be run.
    """
    program = client_on_path() or bundled_client()
    if program is None:
        raise UserError("--verify-with-client needs the client: put `claude` on PATH", Exit.CANNOT)
    files = select_files(paths).files
    # the user's settings for the linter must not hide a difference
    report = lint_paths(paths)
    outcomes = observe_files(Path(program), files, paths)
    return Verification(program, client_version(program) or "of unknown version", compare(outcomes, report))


def _said(one: Comparison) -> str:
    state = one.outcome.state
    details = "; ".join(shorten(detail, _SHOWN_CHARACTERS, placeholder=" …") for detail in one.outcome.details)
    client = f"{_WORDS[state]}: {details}" if state == "not loaded" and details else f"{_WORDS[state]} {details}"
    titles = [f"{finding.severity} {finding.name}" for finding in one.findings]
    return f"{client.rstrip()}; lint finds {', '.join(dict.fromkeys(titles)) or 'nothing'}"
