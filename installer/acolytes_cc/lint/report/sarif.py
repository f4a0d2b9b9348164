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
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.rule import Confidence, Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PRECISION: dict[Confidence, str] = {"high": "high", "medium": "medium", "low": "low"}


def sarif_report(report: Report) -> str:
    """The report as a SARIF log with one run; paths below the current folder are relative to it."""
    places = {rule.CODE: index for index, rule in enumerate(all_rules())}
    same: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {"name": "acolytes", "version": __version__, "rules": [_rule(rule) for rule in all_rules()]}
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"uri": f"{Path.cwd().as_uri()}/"}},
        "results": [_result(found, places[found.rule], same) for found in report.findings],
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


def _result(found: Finding, index: int, same: Counter[str]) -> dict[str, Any]:
    location = _location(found.path)
    told = f"{location['uri']} {found.rule} {found.message}"
    same[told] += 1
    return {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": found.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": location,
                    "region": {"startLine": found.line, "startColumn": found.column},
                }
            }
        ],
        # not by line, so that an edit above does not make it another one
        "partialFingerprints": {
            "acolytes/v1": hashlib.sha256(f"{told} {same[told]}".encode("utf-8", "backslashreplace")).hexdigest()
        },
    }


def _location(path: str) -> dict[str, str]:
    relative = os.path.relpath(path)
    if relative.startswith(os.pardir):
        return {"uri": f"file://{quote(os.fsencode(os.path.abspath(path)))}"}
    return {"uri": quote(os.fsencode(relative)), "uriBaseId": "%SRCROOT%"}
