"""A report in the Static Analysis Results Interchange Format, SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from acolytes_cc import __version__
from acolytes_cc.lint.catalogue import AnyRule, all_rules
from acolytes_cc.lint.choices import Confidence, Severity
from acolytes_cc.lint.finding import Finding, LintReport

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PRECISION: dict[Confidence, str] = {"high": "high", "medium": "medium", "low": "low"}


def sarif_report(report: LintReport) -> str:
    """Return the report as a SARIF log with one run; paths below the working folder are relative to it."""
    places = {rule.CODE: index for index, rule in enumerate(all_rules())}
    same: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {"name": "acolytes", "version": __version__, "rules": [_rule(rule) for rule in all_rules()]}
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"uri": f"{Path.cwd().as_uri()}/"}},
        "results": [_result(finding, places[finding.rule], same) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


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
