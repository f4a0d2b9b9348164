"""The page of one rule, the list of all rules, and the findings counted by rule."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from acolytes_cc.errors import UserError
from acolytes_cc.lint.catalogue import AnyRule, all_rules, find_rule, rules_by_code, unknown_rule
from acolytes_cc.lint.choices import Severity
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.report.text import last_lines, shortened

_FENCE = 3  # as many backticks at the start of a line begin or end a block of code


def rule_page(text: str, *, as_json: bool = False, width: int | None = None) -> str:
    """Return the page of the rule with that code or name, in lines of at most ``width`` where its text allows it.

    Raises:
        UserError: There is no such rule.
    """
    rule = find_rule(text)
    if rule is None:
        raise UserError(unknown_rule(text))
    page = str(rule.__doc__).rstrip()
    if as_json:
        return _json({**_described(rule), "page": page})
    about = f"{rule.SEVERITY}, confidence {rule.CONFIDENCE}, persona {rule.PERSONA}"
    whole = f"{rule.CODE} {rule.NAME} ({about})\n\n{page}\n"
    return whole if width is None else "".join(f"{line}\n" for line in _wrapped(whole.splitlines(), width))


def _wrapped(lines: Iterable[str], width: int) -> Iterator[str]:
    """Lines of Markdown with each paragraph and each item of a list in lines of at most ``width``; code stays."""
    paragraph: list[str] = []
    fence = ""
    for line in lines:
        mark = line[: len(line) - len(line.lstrip("`"))]
        is_code = bool(fence) or len(mark) >= _FENCE
        stays = is_code or not line or line.startswith("#")
        if stays or line.startswith("- "):
            yield from _filled(paragraph, width)
            paragraph = []
        if is_code:
            fence = ("" if line == fence else fence) if fence else mark
        if stays:
            yield line
        else:
            paragraph.append(line)
    yield from _filled(paragraph, width)


def _filled(paragraph: list[str], width: int) -> list[str]:
    indent = "  " if paragraph and paragraph[0].startswith("- ") else ""
    text = " ".join(map(str.strip, paragraph))
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def rule_list(*, as_json: bool = False, width: int | None = None) -> str:
    """Return one line for each rule; in lines of at most ``width`` the summary is below the rest."""
    if as_json:
        return _json([_described(rule) for rule in all_rules()])
    lines = []
    for rule in all_rules():
        head = f"{rule.CODE:<8}{rule.NAME:<26}{rule.SEVERITY:<9}{rule.PERSONA}"
        whole = f"{head:<52}{_summary(rule)}"
        if width is None or len(whole) <= width:
            lines.append(whole)
        else:
            lines += [head, *textwrap.wrap(_summary(rule), width, initial_indent=" " * 8, subsequent_indent=" " * 8)]
    return "".join(f"{line}\n" for line in lines)


def statistics(report: LintReport, width: int | None = None) -> str:
    """Return one line for each rule with findings, errors and the most frequent first, and the tokens of the files."""
    listed, bodies = report.listed_tokens, report.body_tokens
    tokens = f"about {listed:,} tokens of descriptions, in every request; {bodies:,} tokens of bodies"
    counts = [line if width is None else shortened(line, width) for line in _counts(report)]
    return "\n".join([*counts, tokens, *last_lines(report)]) + "\n"


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
