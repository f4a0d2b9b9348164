"""A result of one file as bytes: for the cache, and from one process to another."""

from __future__ import annotations

import json
from functools import lru_cache
from sys import intern
from typing import Any

from acolytes_cc.definitions.source import new_tuple
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.choices import Confidence, Severity
from acolytes_cc.lint.context.file_references import Reference
from acolytes_cc.lint.context.project import FileSummary, Mention
from acolytes_cc.lint.context.suppressions import Suppression
from acolytes_cc.lint.finding import FileResult, Finding

# `json.dumps` makes one for each call
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def encode(result: FileResult) -> bytes:
    """Return the result as JSON. What follows from the rule's code, or is the path, is left out."""
    findings = [(one.line, one.column, one.rule, one.message, one.fixable) for one in result.findings]
    value = (findings, result.summary[1:], result.suppressions)
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def decode(data: bytes, path: str) -> FileResult:
    """Return the result that ``encode`` was given; ``path`` is the file's.

    Raises:
        ValueError, TypeError, KeyError: ``encode`` did not make the data.
    """
    findings, summary, suppressions = json.loads(data.decode("utf-8", "surrogatepass"))
    metadata = _metadata()
    decoded = []
    for line, column, code, message, fixable in findings:
        rule, name, severity, confidence = metadata[code]
        # many files have the same message: it is kept once
        decoded.append(
            new_tuple(Finding, (path, line, column, rule, name, severity, intern(message), confidence, fixable))
        )
    return FileResult(
        tuple(decoded),
        _summary(path, *summary),
        tuple(Suppression(line, column, tuple(rules), tuple(lines)) for line, column, rules, lines in suppressions),
    )


@lru_cache(maxsize=1)
def _metadata() -> dict[str, tuple[str, str, Severity, Confidence]]:
    return {rule.CODE: (rule.CODE, rule.NAME, rule.SEVERITY, rule.CONFIDENCE) for rule in all_rules()}


def _summary(path: str, kind: Any, name: Any, listed: int, body: int, *rest: Any) -> FileSummary:
    *mentioned, own, isolation, references, declared = rest
    skills, servers, of_tools, denied = map(_mentions, mentioned)
    lists = skills, servers, of_tools, denied
    named = tuple(Reference(*reference) for reference in references)
    last = tuple(own), _mention(isolation), named, _mentions(declared)
    return FileSummary(path, kind, _mention(name), listed, body, *lists, *last)


def _mention(value: list[Any] | None) -> Mention | None:
    return Mention(*value) if value else None


def _mentions(values: list[Any]) -> tuple[Mention, ...]:
    return tuple(Mention(*value) for value in values)
