"""Finds frontmatter that is meant, but does not begin where the client looks for it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.frontmatter import FENCE, TOP_KEY
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.yaml_fields import read_fields
from acolytes_cc.lint.rule import Context, Edit, Fix

OUTPUT_STYLE_FIELDS = frozenset({"name", "description", "keep-coding-instructions", "force-for-plugin"})

# What people write above it: blank lines, invisible characters, comments, headings
_ABOVE = re.compile(r"(?:[\s\ufeff\u200b]|<!--[\s\S]*?-->|#+[ \t][^\n]*)*")
_BLANK = re.compile(r"[\s\ufeff\u200b]*")
_CODE = re.compile(r"(?:```+|~~~+)[^\n`]*\n\s*")
_OPENING = re.compile(r"---[^\n]*\n|[^\w\s]+[ \t]*\r?\n")
# Lines with a key, indented ones, items of lists, comments and blank lines; and what goes on after a comma
_FIELDS = re.compile(
    r"(?:[A-Za-z][\w-]*[ \t]*:[^\n]*\n|[ \t]+[^\n]*\n|-[ \t][^\n]*\n|#[^\n]*\n|\r?\n|(?<=,\n)\w[^\n:]*\n)+"
)
# Behind a line `---`, also text and keys in quotes, but then no blank lines
_LINES = re.compile(r"(?:(?!---)[^\n]*\S[^\n]*\n)+")
_KEY = re.compile(r"(?:#[^\n]*\n|\s)*([A-Za-z][\w-]*)[ \t]*:")
_CLOSING = re.compile(r"[^\w\s]{3,}[ \t]*\r?(?:\n|\Z)|---")

_FIRST_LINE = "The first line must be exactly `---`."
_BOTH_LINES = "Put the fields between two lines `---`."


class LateFrontmatter(NamedTuple):
    """Frontmatter that the client takes for text: the span of its YAML, how to mend that, and the fix."""

    yaml: Span
    how_to_fix: str
    fix: Fix | None = None


def late_frontmatter(text: str, fields: Collection[str]) -> LateFrontmatter | None:
    r"""The frontmatter of a text in which the client finds none; one of its keys is one of ``fields``.

    >>> late_frontmatter("<!-- x -->\n---\nname: a\n---\n", {"name"}).how_to_fix
    'Move what is before the first `---` below the frontmatter, or remove it.'
    """
    blank, start = _end(_BLANK, text, 0), _end(_ABOVE, text, 0)
    code = _CODE.match(text, start)
    start = code.end() if code else start
    opening = _OPENING.match(text, start)
    yaml = second_frontmatter(text, opening.end() if opening else start, fields)
    if yaml is None:
        return None
    if code:
        return LateFrontmatter(yaml, "Remove the marks of the code block around the frontmatter.")
    if opening is None:
        return LateFrontmatter(yaml, "Add a line `---` before the first field.")
    if opening[0].rstrip() != FENCE:
        return LateFrontmatter(yaml, _FIRST_LINE if opening[0].startswith(FENCE) else _BOTH_LINES)
    if start == blank:
        how_to_fix = "Remove everything before the first `---`, including spaces and blank lines."
        is_valid = read_fields(text, yaml).problem is None  # else the client would complain about it instead
        return LateFrontmatter(yaml, how_to_fix, Fix((Edit(Span(0, start), ""),)) if is_valid else None)
    return LateFrontmatter(yaml, "Move what is before the first `---` below the frontmatter, or remove it.")


def fields_of(definition: Definition, context: Context) -> Collection[str]:
    """The fields that the client reads in a file of that kind."""
    if definition.kind == "output-style":
        return OUTPUT_STYLE_FIELDS
    return context.registry.skill_fields if definition.kind in ("skill", "command") else context.registry.fields


def second_frontmatter(text: str, start: int, fields: Collection[str], *, is_opened: bool = False) -> Span | None:
    """The YAML that begins at ``start`` with a key and ends with a line such as `---`, when one of its keys is a field.

    Args:
        text: The whole file.
        start: Where the YAML begins.
        fields: The fields of which one must be there.
        is_opened: Whether a line `---` is above. Then lines may be there that have no key.
    """
    if _KEY.match(text, start):
        for expression in (_FIELDS, _LINES) if is_opened else (_FIELDS,):
            lines = expression.match(text, start)
            if lines and _CLOSING.match(text, lines.end()) and any(key in fields for key in TOP_KEY.findall(lines[0])):
                return Span(start, lines.end())
    return None


def _end(expression: re.Pattern[str], text: str, start: int) -> int:
    found = expression.match(text, start)
    return found.end() if found else start
