"""One call of ``acolytes lint``: its files, its settings, and what is done with them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.errors import UserError
from acolytes_cc.lint.api import Chosen, choose
from acolytes_cc.lint.atomic_write import replace_content
from acolytes_cc.lint.cache.client_version import version_on_path
from acolytes_cc.lint.cache.store import Cache, cache_folder
from acolytes_cc.lint.engine.run import File, run
from acolytes_cc.lint.finding import Report
from acolytes_cc.lint.fix.files import Change, changes, diff, mended, told, write
from acolytes_cc.lint.settings.baseline import baseline_text, without_known
from acolytes_cc.lint.settings.file import Config

STDIN = "-"
_STDIN_NAME = "stdin.md"


class Session:
    """What the paths stand for, or standard input, under the user's settings.

    ``given`` is the content that came by standard input, else None.
    """

    def __init__(self, paths: Sequence[str], settings: Config, stdin_filename: str | None, *, cached: bool) -> None:
        self._paths = paths
        self._settings = settings
        self._folder = cache_folder() if cached else None
        self._stdin_name = stdin_filename or _STDIN_NAME
        self.given = sys.stdin.buffer.read(SIZE_LIMIT + 1) if STDIN in paths else None

    @cached_property
    def _chosen(self) -> Chosen:
        return choose(self._paths)

    @cached_property
    def facts(self) -> Registry:
        """What the client knows by which files are judged."""
        return registry(self._settings.client_version or version_on_path(self._folder))

    def report(self) -> Report:
        """What is found now, without what the baseline holds."""
        report = self._all_findings()
        return without_known(report, self._settings.baseline) if self._settings.baseline else report

    def write_baseline(self, file: Path) -> str:
        """Make what is found now the baseline; returns a line that says so."""
        findings = self._all_findings().findings
        replace_content(file, baseline_text(findings, file).encode())
        return f"wrote {len(findings)} findings to {file}; use it with --baseline {file}"

    def fix(self, *, unsafe: bool) -> str:
        """Mend the files, or what was given; returns a line that says what was done."""
        fixed: Counter[str] = Counter()
        files = 0
        refused: list[UserError] = []
        for change in self._changes(unsafe=unsafe):
            try:
                if self.given is None:
                    write(change, self._paths)
                else:
                    self.given = change.new
            except UserError as error:
                refused.append(error)
                continue
            fixed += change.fixed
            files += 1
        return "\n".join([*(f"not fixed: {error}" for error in refused), told(fixed, files)])

    def diff(self, *, unsafe: bool) -> str:
        """What ``fix`` would change."""
        return "".join(diff(change) for change in self._changes(unsafe=unsafe))

    def _changes(self, *, unsafe: bool) -> Iterator[Change]:
        if self.given is not None:
            change = mended(self._stdin_name, self.given, self._settings.policy, self.facts, unsafe=unsafe)
            return iter([change] if change else [])
        return changes(self.report(), self._settings.policy, self.facts, unsafe=unsafe)

    def _all_findings(self) -> Report:
        if self.given is None:
            files = [File(path) for path in self._chosen.files]
            cache = Cache(self._folder)
            return run(files, self._settings.policy, self.facts, cache=cache, skipped=self._chosen.skipped)
        return run([File(self._stdin_name, self.given)], self._settings.policy, self.facts)
