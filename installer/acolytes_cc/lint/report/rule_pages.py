"""What the rules are: a page of one, a list of all, and how often each was broken."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from acolytes_cc.errors import UserError
from acolytes_cc.lint.catalogue import AnyRule, all_rules, find_rule, no_such_rule, rules_by_code
from acolytes_cc.lint.finding import Report
from acolytes_cc.lint.report.text import last_lines


def explained(text: str, *, as_json: bool = False) -> str:
    """The page of the rule of that code or name; raises UserError when there is none."""
    rule = find_rule(text)
    if rule is None:
        raise UserError(no_such_rule(text))
    page = str(rule.__doc__).rstrip()
    if as_json:
        return _json({**_described(rule), "page": page})
    about = f"{rule.SEVERITY}, confidence {rule.CONFIDENCE}, persona {rule.PERSONA}"
    return f"{rule.CODE} {rule.NAME} ({about})\n\n{page}\n"


def listed(*, as_json: bool = False) -> str:
    """A line a rule."""
    if as_json:
        return _json([_described(rule) for rule in all_rules()])
    rows = ((rule.CODE, rule.NAME, rule.SEVERITY, rule.PERSONA, _summary(rule)) for rule in all_rules())
    return "".join(
        f"{code:<8}{name:<26}{severity:<9}{persona:<9}{what}\n" for code, name, severity, persona, what in rows
    )


def counted(report: Report) -> str:
    """A line for each rule that was broken, the most frequent first, and what the definitions cost."""
    tokens = f"about {report.listed_tokens:,} tokens of descriptions, always listed; {report.body_tokens:,} of bodies"
    return "\n".join([*_counts(report), tokens, *last_lines(report)]) + "\n"


def _counts(report: Report) -> Iterator[str]:
    for code, count in Counter(found.rule for found in report.findings).most_common():
        rule = rules_by_code()[code]
        yield f"{count:>6}  {code:<8}{rule.NAME:<26}{_summary(rule)}"


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
