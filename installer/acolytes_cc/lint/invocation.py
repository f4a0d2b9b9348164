"""One call of ``acolytes lint``: its files, its settings, and what is done with them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from acolytes_cc.definitions.definition import JSON_LIMIT
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.errors import UserError
from acolytes_cc.lint.atomic_write import replace_content
from acolytes_cc.lint.cache.client_version import version_on_path
from acolytes_cc.lint.cache.store import Cache, cache_folder
from acolytes_cc.lint.catalogue import select
from acolytes_cc.lint.engine.file_results import InputFile
from acolytes_cc.lint.engine.run import run
from acolytes_cc.lint.file_selection import SelectedFiles, select_files
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.fix.files import (
    FileChange,
    change_of,
    changes,
    fixed_text,
    is_fixable,
    refusals,
    unified,
    write_change,
)
from acolytes_cc.lint.options import LintOptions, split_rules
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.settings.baseline import baseline_text, without_baseline
from acolytes_cc.lint.settings.file import LintSettings

_STDIN_NAME = "stdin.md"


class Invocation:
    """What the paths stand for, or standard input, under the user's settings.

    Attributes:
        options: The arguments of the call.
        settings: The settings file and the options together.
        stdin: The content of standard input, fixed when ``fix`` was called; None if files are checked.
    """

    def __init__(self, options: LintOptions, settings: LintSettings) -> None:
        self.options = options
        self.settings = settings
        self.stdin = sys.stdin.buffer.read(JSON_LIMIT + 1) if options.reads_stdin else None
        if self.stdin is not None and not (options.stdin_filename or options.as_kind):
            _refuse_unnamed(self.stdin)
        self._stdin_name = options.stdin_filename or _STDIN_NAME
        self._refused: set[tuple[str, str]] = set()
        self._cache = Cache(None if options.no_cache else cache_folder())

    @cached_property
    def registry(self) -> Registry:
        """What the client knows by which the files are judged."""
        return registry(self.settings.client_version or version_on_path(self._cache))

    @property
    def only_prints(self) -> bool:
        """Whether the call prints what follows from its files, and does nothing else."""
        options = self.options
        return not (options.fix or options.output or options.verify_with_client or self.settings.baseline)

    def report(self) -> LintReport:
        """Return the present findings, without those in the baseline; what could not be fixed is not fixable."""
        report = self._all_findings()
        if self._refused:
            findings = (
                one._replace(fixable="") if (one.path, one.rule) in self._refused else one for one in report.findings
            )
            report = replace(report, findings=tuple(findings))
        return without_baseline(report, self.settings.baseline) if self.settings.baseline else report

    def write_baseline(self, file: Path) -> str:
        """Make the present findings the baseline; return a line about it."""
        findings = self._all_findings().findings
        replace_content(file, baseline_text(findings, file).encode())
        return f"wrote {len(findings)} findings to {file}; use it with --baseline {file}"

    def fix(self) -> str:
        """Fix the files, or standard input; return lines about what was done."""
        fixed: Counter[str] = Counter()
        files = 0
        lines: list[str] = []
        for change in self._changes():
            lines += refusals(change)
            self._refused.update((change.path, rule) for rule in change.refused)
            if change.new == change.old:
                continue
            try:
                if self.stdin is None:
                    write_change(change, self.options.paths)
                else:
                    self.stdin = change.new
            except UserError as error:
                lines.append(f"not fixed: {error}")
                continue
            fixed += change.fixed
            files += 1
        return "\n".join([*lines, *self._left_alone(), fixed_text(fixed, files)])

    def diff(self) -> tuple[str, list[str]]:
        """Return what ``fix`` would change, and a line about each fix that it would not make."""
        changed = list(self._changes())
        return "".join(map(unified, changed)), [line for change in changed for line in refusals(change)]

    def _left_alone(self) -> Iterator[str]:
        """A line about the files with findings of which it is not certain what they are."""
        paths = dict.fromkeys(finding.path for finding in self.report().findings)
        uncertain = [path for path in paths if not is_fixable(path, self._kind)]
        if uncertain:
            others = f" and {len(uncertain) - 1} more" if len(uncertain) > 1 else ""
            yield (
                f"not fixed: {printable(uncertain[0])}{others}, because the client reads no file at that place; "
                "name the file, and say with --as what it is"
            )

    @cached_property
    def _unsafe(self) -> frozenset[str]:
        """The codes of the rules whose unsafe fixes are applied."""
        named = split_rules(self.options.unsafe)
        if self.options.unsafe and not named:
            offered = {f"{one.name}" for one in self.report().findings if one.fixable == "unsafe"}
            there = f"such fixes here: {', '.join(sorted(offered))}" if offered else "there are no such fixes here"
            raise UserError(f"--unsafe needs the rules whose unsafe fixes to apply; {there}")
        try:
            selected = select(named)
        except ValueError as error:
            raise UserError(f"--unsafe: {error}") from None
        if selected.by_prefix:
            raise UserError("--unsafe takes codes and names of rules, not beginnings of codes")
        return selected.named

    def _changes(self) -> Iterator[FileChange]:
        unsafe = self._unsafe
        if self.stdin is None:
            return changes(self.report(), self.settings.policy, self.registry, self._kind, unsafe=unsafe)
        change = change_of(self._stdin_name, self.stdin, self.settings.policy, self.registry, self._kind, unsafe=unsafe)
        return iter([change] if change else [])

    @cached_property
    def _selected(self) -> SelectedFiles:
        return select_files(self.options.paths, self._kind)

    @property
    def _kind(self) -> Kind | None:
        """What the user says that the files are."""
        return self.options.as_kind

    def _all_findings(self) -> LintReport:
        policy = self.settings.policy
        if self.stdin is not None:
            return run([InputFile(self._stdin_name, self.stdin, self._kind, is_named=True)], policy, self.registry)
        files = [InputFile(path, None, self._kind, path in self._selected.named) for path in self._selected.files]
        return run(
            files,
            policy,
            self.registry,
            cache=self._cache,
            skipped=self._selected.skipped,
            in_processes=True,
        )


def _refuse_unnamed(content: bytes) -> None:
    """Refuse standard input that has no name and cannot be a definition, for which it would be taken."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    what = "empty" if not start else "JSON" if start == b"{" else ""
    if what:
        raise UserError(
            f"standard input is {what}, and nothing says what it is; add --as KIND or --stdin-filename NAME, "
            "such as --stdin-filename .claude/settings.json"
        )
