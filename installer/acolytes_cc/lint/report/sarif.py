"""A report in the Static Analysis Results Interchange Format, SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

from acolytes_cc import __version__
from acolytes_cc.lint.catalogue import AnyRule, all_rules
from acolytes_cc.lint.choices import Confidence, Severity
from acolytes_cc.lint.finding import Finding, LintReport

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
"""GitHub refuses a report with more."""
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PRECISION: dict[Confidence, str] = {"high": "high", "medium": "medium", "low": "low"}


def sarif_report(report: LintReport) -> str:
    """Return the report as a SARIF log with one run; paths below the working folder are relative to it."""
    places = {rule.CODE: index for index, rule in enumerate(all_rules())}
    same: Counter[str] = Counter()
    findings = _most_severe(report.findings)
    run: dict[str, Any] = {
        "tool": {
            "driver": {"name": "acolytes", "version": __version__, "rules": [_rule(rule) for rule in all_rules()]}
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"uri": f"{Path.cwd().as_uri()}/"}},
        "results": [_result(finding, places[finding.rule], same) for finding in findings],
    }
    if len(findings) < len(report.findings):
        run["invocations"] = [_with_notice(len(report.findings))]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _most_severe(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """As many of the findings as GitHub takes, in their order: errors before warnings, and warnings before hints."""
    if len(findings) <= MOST_RESULTS:
        return findings
    by_severity = sorted(range(len(findings)), key=lambda number: _SEVERITIES.index(findings[number].severity))
    return tuple(findings[number] for number in sorted(by_severity[:MOST_RESULTS]))


def _with_notice(number: int) -> dict[str, Any]:
    left_out = f"{number - MOST_RESULTS:,} of {number:,} findings are left out"
    notice = {"level": "warning", "message": {"text": f"{left_out}: GitHub takes at most {MOST_RESULTS:,}."}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [notice]}


def _rule(rule: AnyRule) -> dict[str, Any]:
    summary, _, page = str(rule.__doc__).partition("\n")
    return {
        "id": rule.CODE,
        "name": rule.NAME,
        "shortDescription": {"text": summary},
        "help": {"text": page.strip(), "markdown": page.strip()},
        "defaultConfiguration": {"level": _LEVELS[rule.SEVERITY]},
        "properties": {"precision": _PRECISION[rule.CONFIDENCE], "tags": [rule.PERSONA]},
    }


def _result(finding: Finding, index: int, same: Counter[str]) -> dict[str, Any]:
    location = _location(finding.path)
    identity = f"{location['uri']} {finding.rule} {finding.message}"
    same[identity] += 1
    unique = f"{identity} {same[identity]}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": location,
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
        # without the line, so that an edit above it does not change it
        "partialFingerprints": {"acolytes/v1": hashlib.sha256(unique.encode("utf-8", "backslashreplace")).hexdigest()},
    }


def _location(path: str) -> dict[str, str]:
    relative = os.path.relpath(path)
    if relative.startswith(os.pardir):
        return {"uri": f"file://{quote(os.fsencode(os.path.abspath(path)))}"}
    return {"uri": quote(os.fsencode(relative)), "uriBaseId": "%SRCROOT%"}
