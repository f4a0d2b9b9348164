"""The page of one rule, the list of all rules, and the findings counted by rule."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import get_args

from acolytes_cc.errors import UserError
from acolytes_cc.lint.catalogue import AnyRule, all_rules, find_rule, rules_by_code, unknown_rule
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.report.text import last_lines


def rule_page(text: str, *, as_json: bool = False) -> str:
    """Return the page of the rule with that code or name; raises UserError if there is none."""
    rule = find_rule(text)
    if rule is None:
        raise UserError(unknown_rule(text))
    page = str(rule.__doc__).rstrip()
    if as_json:
        return _json({**_described(rule), "page": page})
    about = f"{rule.SEVERITY}, confidence {rule.CONFIDENCE}, persona {rule.PERSONA}"
    return f"{rule.CODE} {rule.NAME} ({about})\n\n{page}\n"


def rule_list(*, as_json: bool = False) -> str:
    """Return one line for each rule."""
    if as_json:
        return _json([_described(rule) for rule in all_rules()])
    rows = ((rule.CODE, rule.NAME, rule.SEVERITY, rule.PERSONA, _summary(rule)) for rule in all_rules())
    return "".join(
        f"{code:<8}{name:<26}{severity:<9}{persona:<9}{what}\n" for code, name, severity, persona, what in rows
    )


def statistics(report: LintReport) -> str:
    """Return one line for each rule with findings, errors and the most frequent first, and the tokens of the files."""
    listed, bodies = report.listed_tokens, report.body_tokens
    tokens = f"about {listed:,} tokens of descriptions, in every request; {bodies:,} tokens of bodies"
    return "\n".join([*_counts(report), tokens, *last_lines(report)]) + "\n"


def _counts(report: LintReport) -> Iterator[str]:
    counts = Counter((finding.severity, finding.rule) for finding in report.findings)
    order = get_args(Severity)
    for severity, code in sorted(counts, key=lambda key: (order.index(key[0]), -counts[key], key)):
        rule = rules_by_code()[code]
        yield f"{counts[severity, code]:>6}  {code:<8}{rule.NAME:<26}{severity:<9}{_summary(rule)}"


def _described(rule: AnyRule) -> dict[str, str | list[str]]:
    return {
        "code": rule.CODE,
        "name": rule.NAME,
        "severity": rule.SEVERITY,
        "confidence": rule.CONFIDENCE,
        "persona": rule.PERSONA,
        "kinds": list(rule.KINDS),
        "summary": _summary(rule),
    }


def _summary(rule: AnyRule) -> str:
    return str(rule.__doc__).partition("\n")[0]


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
