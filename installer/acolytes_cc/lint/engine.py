"""Runs every rule on a definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, get_args

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.files import Reason
from acolytes_cc.lint.neutral import neutral
from acolytes_cc.lint.rule import Context, Rule, Severity, context_of, load_rules

BODY_RULES = "ACO3"  # how the codes begin of the rules that read the body alone
# A file can be made to break a rule a hundred thousand times; nobody reads more than these.
FINDINGS_A_RULE = 100


@dataclass(frozen=True, order=True)
class Finding:
    """One problem in one file; line and column count from 1, columns in characters."""

    path: str
    line: int
    column: int
    rule: str
    name: str
    severity: Severity
    message: str


@dataclass(frozen=True)
class Report:
    """The findings, sorted, how many files were read, and how many Markdown files were not, and why."""

    findings: tuple[Finding, ...]
    files: int
    skipped: Counter[Reason] = field(default_factory=Counter)

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """The report as the JSON object that ``acolytes lint --json`` prints."""
        severities = Counter(finding.severity for finding in self.findings)
        return {
            "findings": [asdict(finding) for finding in self.findings],
            "summary": {
                "files": self.files,
                "skipped": {reason: self.skipped[reason] for reason in get_args(Reason)},
                "files_with_findings": len({finding.path for finding in self.findings}),
                "findings": len(self.findings),
                "by_severity": {severity: severities[severity] for severity in ("error", "warning", "info")},
                "by_rule": dict(sorted(Counter(finding.rule for finding in self.findings).items())),
            },
        }


@lru_cache(maxsize=1)
def all_rules() -> Sequence[Rule]:
    """Every rule, loaded once."""
    return load_rules()


def check_definition(definition: Definition, *, frontmatter_only: bool = False) -> list[Finding]:
    """All findings in one definition, sorted by place; the rules of the body can be left out."""
    context = context_of(definition)
    rules = (rule for rule in all_rules() if not (frontmatter_only and rule.CODE.startswith(BODY_RULES)))
    return sorted(finding for rule in rules for finding in _findings(rule, definition, context))


def _findings(rule: Rule, definition: Definition, context: Context) -> Iterator[Finding]:
    problems = list(islice(rule.check(definition, context), FINDINGS_A_RULE + 1))
    for number, (offset, message) in enumerate(problems[:FINDINGS_A_RULE], 1):
        line, column = definition.source.position(offset)
        cut = number == FINDINGS_A_RULE < len(problems)
        text = f"{message} (there are more: the first {FINDINGS_A_RULE} are listed)" if cut else message
        yield Finding(definition.path, line, column, rule.CODE, rule.NAME, rule.SEVERITY, neutral(text))


def make_report(definitions: Iterable[Definition], skipped: Iterable[Reason] = ()) -> Report:
    """Check definitions one after the other; ``skipped`` says why each of the other files is left out."""
    findings: list[Finding] = []
    files = 0
    for definition in definitions:
        findings += check_definition(definition)
        files += 1
    return Report(tuple(sorted(findings)), files, Counter(skipped))
