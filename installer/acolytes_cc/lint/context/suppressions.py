"""Comments in a definition that switch rules off: ``<!-- acolytes: ignore ACO305 -- reason -->``.

In frontmatter they are YAML's: ``# acolytes: ignore ACO204 -- reason``. One counts for its own line and, when it stands
alone there, for the next line that is not blank; ``ignore-file`` counts for the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Source

_MARK = "acolytes:"
_COMMENT = "<!--"
# Bounded, for a line may be a megabyte of comments that never end
_IN_BODY = re.compile(r"<!--[ \t]*acolytes:([^\r\n]{0,500}?)-->")
_IN_FRONTMATTER = re.compile(r"(?:^|(?<=[ \t\n\r]))#[ \t]*acolytes:([^\r\n]*)")
_COMMAND = re.compile(r"\s*(ignore|ignore-file)\s+([^\s,]+(?:[\s,]+(?!--)[^\s,]+)*)\s+--\s+\S.*")


class Comment(NamedTuple):
    """A comment for this program: its offset, its text after the colon, and whether it is alone on its line."""

    offset: int
    text: str
    alone: bool


class Suppression(NamedTuple):
    """What a comment switches off.

    Attributes:
        line: The line of the comment.
        column: The column of the comment.
        rules: Codes or names of rules.
        lines: The lines where they are off; everywhere if there are none.
    """

    line: int
    column: int
    rules: tuple[str, ...]
    lines: tuple[int, ...]

    def covers(self, line: int, code: str, name: str) -> bool:
        """Return whether a finding of that rule on that line is switched off."""
        named = not {code.casefold(), name}.isdisjoint(map(str.casefold, self.rules))
        return named and (not self.lines or line in self.lines)


def comments(definition: Definition) -> Iterator[Comment]:
    """Yield the comments for this program, malformed ones included. A comment inside a fence is an example."""
    text = definition.text
    if definition.block and text.find(_MARK, *definition.block.yaml) >= 0:
        for match in _IN_FRONTMATTER.finditer(text, *definition.block.yaml):
            yield _comment(definition.source, match)
    # the first look is the cheaper one: few texts have such a comment at all
    if not definition.structure.outside(_COMMENT) or not definition.structure.outside(_MARK):
        return
    fences = definition.structure.fences
    for match in _IN_BODY.finditer(text, definition.body_start):
        if not any(fence.span.start <= match.start() < fence.span.end for fence in fences):
            yield _comment(definition.source, match)


def suppressions(source: Source, comments: Iterable[Comment]) -> tuple[Suppression, ...]:
    """Return what the comments of a definition switch off; malformed ones switch nothing off."""
    return tuple(_read(source, comment) for comment in comments if parse(comment.text))


def parse(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the command (``ignore`` or ``ignore-file``) and the rules; None if it is malformed or has no reason."""
    match = _COMMAND.fullmatch(text.rstrip())
    return (match[1], tuple(re.split(r"[\s,]+", match[2]))) if match else None


def _comment(source: Source, match: re.Match[str]) -> Comment:
    line = source.position(match.start()).line
    rest = _line(source, line).replace(match[0], "", 1)
    return Comment(match.start(), match[1], not rest.strip())


def _read(source: Source, comment: Comment) -> Suppression:
    command, rules = parse(comment.text) or ("", ())
    line, column = source.position(comment.offset)
    if command == "ignore-file":
        return Suppression(line, column, rules, ())
    below = _next_written_line(source, line) if comment.alone else None
    return Suppression(line, column, rules, (line, below) if below else (line,))


def _next_written_line(source: Source, line: int) -> int | None:
    below = range(line + 1, len(source.line_starts) + 1)
    return next((number for number in below if _line(source, number).strip()), None)


def _line(source: Source, line: int) -> str:
    starts = source.line_starts
    return source.text[starts[line - 1] : starts[line] if line < len(starts) else len(source.text)]
