"""Lint from Python, for the other parts of the application."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import Subject, parse_subject
from acolytes_cc.lint.engine.apply_policy import apply_policy
from acolytes_cc.lint.engine.check_file import check_file
from acolytes_cc.lint.engine.file_results import InputFile
from acolytes_cc.lint.engine.run import run
from acolytes_cc.lint.file_selection import select_files
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.settings.policy import Policy

BODY_RULES = "ACO3"
"""How the codes begin of the rules that read the body alone."""


def lint_text(content: str | bytes, path: str) -> list[Finding]:
    """Return the findings in one definition that need not be on disk; ``path`` is only named in them."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return lint_subject(parse_subject(data, path))


def lint_frontmatter(content: bytes, path: str) -> list[Finding]:
    """Return the findings in one definition without those of the rules for its body."""
    return lint_subject(parse_subject(content, path), frontmatter_only=True)


def lint_subject(subject: Subject, *, frontmatter_only: bool = False) -> list[Finding]:
    """Return the findings in one file that is read already, sorted by place."""
    policy = Policy()
    left_out = {code for code in policy.codes if frontmatter_only and code.startswith(BODY_RULES)}
    codes = policy.codes - left_out
    result = check_file(subject, registry(), codes)
    return list(apply_policy(subject.path, result, (), policy, codes).findings)


def lint_paths(paths: Iterable[str | Path]) -> LintReport:
    """Return the report on the files that the paths stand for, as the newest client in the registry reads them."""
    selected = select_files(paths)
    return run(
        [InputFile(path, is_named=path in selected.named) for path in selected.files],
        Policy(),
        registry(),
        skipped=selected.skipped,
    )
