"""Makes the comment that switches a rule off in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject, parse_subject
from acolytes_cc.language_server.session import Snapshot
from acolytes_cc.language_server.text import Text
from acolytes_cc.lint.engine.apply_policy import apply_policy
from acolytes_cc.lint.engine.check_file import check_file
from acolytes_cc.lint.finding import FileResult, Finding
from acolytes_cc.lint.rule import Edit
from acolytes_cc.lint.rules import suppression_unused

REASON = "TODO: say why"
"""A suppression needs a reason; only the user knows it."""


def suppression(snapshot: Snapshot, finding: Finding) -> Edit | None:
    """Return the comment that switches off this finding and changes nothing else; None where none can stand.

    It also switches off what else the rule finds on the line, for no comment tells them apart. Inside a YAML string
    that spans lines, a comment would be text. So each candidate is tried.
    """
    if isinstance(snapshot.subject, Definition):
        for edit, line in _candidates(snapshot.subject, snapshot.text, finding):
            if _does_only_that(snapshot, finding, edit, line):
                return edit
    return None


def _candidates(definition: Definition, text: Text, finding: Finding) -> Iterator[tuple[Edit, int]]:
    """Comments to try, each with the line on which the finding is then, counted from 1."""
    number = min(finding.line, len(text.line_starts)) - 1
    start, line = text.line_starts[number], text.line(number)
    block = definition.block
    in_frontmatter = block is not None and block.yaml[0] <= start < block.yaml[1]
    comment = _comment(f"ignore {finding.rule}", is_yaml=in_frontmatter)
    indent = line[: len(line) - len(line.lstrip())]
    if in_frontmatter or (block is not None and start >= block.body):
        yield Edit(Span(start, start), f"{indent}{comment}\n"), finding.line + 1
        end = start + len(line)
        yield Edit(Span(end, end), f" {comment}"), finding.line
    if block is not None:
        last = block.yaml[1]
        for_file = _comment(f"ignore-file {finding.rule}", is_yaml=True)
        yield Edit(Span(last, last), f"{for_file}\n"), finding.line + (start >= last)


def _comment(command: str, *, is_yaml: bool) -> str:
    text = f"acolytes: {command} -- {REASON}"
    return f"# {text}" if is_yaml else f"<!-- {text} -->"


def _does_only_that(snapshot: Snapshot, finding: Finding, edit: Edit, line: int) -> bool:
    text, folder = snapshot.text, snapshot.folder
    new = edit.text.replace("\n", text.line_end)
    content = text.content[: edit.span.start] + new + text.content[edit.span.end :]
    subject = parse_subject(Text(content).data, snapshot.path)
    result = check_file(subject, folder.registry, folder.settings.policy.codes)
    if not any(one.covers(line, finding.rule, finding.name) for one in result.suppressions):
        return False
    others = [one for one in snapshot.result.findings if (one.line, one.rule) != (finding.line, finding.rule)]
    before, after = _reported(snapshot, snapshot.result._replace(findings=tuple(others))), _reported(snapshot, result)
    return before == after and _values(subject) == _values(snapshot.subject)


def _reported(snapshot: Snapshot, result: FileResult) -> Counter[tuple[str, str]]:
    findings = apply_policy(snapshot.path, result, (), snapshot.folder.settings.policy).findings
    return Counter((one.rule, one.message) for one in findings if one.rule != suppression_unused.CODE)


def _values(subject: Subject) -> list[tuple[str, Any]]:
    fields = subject.yaml.fields if isinstance(subject, Definition) else ()
    return [(field.key, field.value.plain()) for field in fields]
