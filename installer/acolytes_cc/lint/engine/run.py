"""Checks all files of a run and makes the report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from acolytes_cc.definitions.files import SkipReason
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.cache.store import Cache
from acolytes_cc.lint.catalogue import project_rules
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.engine.apply_policy import apply_policy
from acolytes_cc.lint.engine.file_results import InputFile, file_results
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.garbage import without_collection
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.settings.policy import Policy


@without_collection()
def run(
    files: Sequence[InputFile],
    policy: Policy,
    registry: Registry,
    *,
    cache: Cache | None = None,
    skipped: Iterable[SkipReason] = (),
    in_processes: bool = False,
) -> LintReport:
    """Check files and report on them in their order.

    Args:
        files: The files.
        policy: The user's settings.
        registry: What the client knows.
        cache: Where results of earlier runs are; they are not used if None.
        skipped: Why other files are left out, for the counts of the report.
        in_processes: Whether to start other processes for many files. A program that calls this may not expect them.
    """
    results = file_results(files, registry, policy.codes, cache or Cache(None), in_processes=in_processes)
    named = frozenset(file.path for file in files if file.is_named)
    project = Project(tuple(result.summary for result in results), named)
    project_findings = check_project(project, registry, policy)
    findings: list[Finding] = []
    suppressed = 0
    for file, result in zip(files, results, strict=True):
        of_file = apply_policy(file.path, result, project_findings.get(file.path, ()), policy)
        is_certain = file.kind is not None or file.path not in project.unplaced
        findings += of_file.findings if is_certain else _without_fixes(of_file.findings)
        suppressed += of_file.suppressed
    return LintReport(
        tuple(findings),
        len(files),
        Counter(skipped),
        suppressed,
        listed_tokens=sum(summary.listed_tokens for summary in project.files),
        body_tokens=sum(summary.body_tokens for summary in project.files),
        surroundings=project.surroundings,
    )


def _without_fixes(findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a file of which it is not certain what it is: nothing is fixed there."""
    return [finding._replace(fixable="") for finding in findings]


def check_project(project: Project, registry: Registry, policy: Policy) -> dict[str, list[Finding]]:
    """The findings of the rules that see all files together, by path."""
    findings: dict[str, list[Finding]] = defaultdict(list)
    for rule in project_rules():
        if rule.CODE in policy.codes:
            for path, line, column, message in rule.check(project, registry):
                findings[path].append(
                    Finding(
                        path, line, column, rule.CODE, rule.NAME, rule.SEVERITY, printable(message), rule.CONFIDENCE
                    )
                )
    return findings
