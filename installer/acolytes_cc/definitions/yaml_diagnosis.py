"""Finds the line of invalid frontmatter that a person must change.

A parser stops where it can go no further. That is often a correct line below the mistake. And when the client has
repaired the text, the repair itself may be what fails: it puts the `>` of a block in quotes. Each field of frontmatter
begins in the first column, so each is parsed by itself here, and the first that fails has the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import SyntaxProblem
from acolytes_cc.definitions.yaml_messages import problem_in_words
from acolytes_cc.definitions.yaml_repair import quoted_value

# The lines below a field that belong to it
_CONTINUES = re.compile(r"[ \t]|-(?:[ \t\r]|$)|#|\r?$|[\]}]")
_KEY = r"[A-Za-z_][\w-]*"
_NO_SPACE = re.compile(rf"([ \t]*(?:-[ \t]+)*({_KEY}):)(?!/)([^\s:].*)")
_FIELD = re.compile(rf"{_KEY}[ \t]*:")
_MARKER = re.compile(r"\.\.\.[ \t]*\r?")
_BRACE = re.compile(r"[{}\]][ \t]*\r?")
_BLOCK = re.compile(r"[^#]*:[ \t]+[|>][-+0-9]*[ \t]*\r?")
_VALUE = re.compile(rf"(\"?){_KEY}\1:[ \t]+(?![|>#])\S")
_STRAY: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"\.\.\."), "`...` ends the YAML document", "Remove the dots."),
    (re.compile(r"<{7}|={7}|>{7}|\|{7}"), "this line is left from a merge conflict", "Resolve the conflict."),
    (re.compile(r"<!--|//|/\*"), "a comment in YAML begins with `#`", "Write `#`, or remove the line."),
    (re.compile(r"%"), "a line cannot begin with `%`", "Remove the line."),
    (re.compile(rf"{_KEY}[ \t]*："), "`：` is not the sign `:`", "Write `:` and a space."),
    (re.compile(rf"{_KEY}[ \t]*="), "a field has `=` behind its name", "Write `:` and a space."),
    (re.compile(rf"{_KEY}:[^\S\t\r\n ]"), "the space behind `:` is a special one", "Write a plain space."),
    (re.compile(r"[*•–—+]\s"), "a list item begins with `-`, not with this sign", "Write `- `."),
)
_ONE_PLACE = "Write all items below the field, or all behind it with commas."
_CLOSE = "Close it, or put the whole value in quotes."
_LIST = "Remove these quotes, or put the whole list in brackets."
_OTHER_QUOTES = "Put the whole value in quotes of the other kind."
_NO_FIELD = "this line is not a field"
_WRITE_FIELD = "Write `key: value`; or put two spaces before it, if it belongs to the field above; or remove it."
# More attempts to mend one field, or more text to parse for them, would take too long
_MOST_ATTEMPTS = 20
_MOST_PARSED = 40_000

ErrorIn = Callable[[str], "tuple[int, str] | None"]
"""Returns the offset of the error in a YAML text, and the message of the parser; None when it can be parsed."""


class _Chunk(NamedTuple):
    """A field with all lines that belong to it, and its offset."""

    text: str
    start: int

    @property
    def first_line(self) -> str:
        return self.text.partition("\n")[0].removesuffix("\r")


def diagnosis(yaml: str, error_in: ErrorIn, repaired: Callable[[str], str]) -> SyntaxProblem | None:
    """Return what to change in a text that the client cannot parse; None when no field is wrong by itself.

    Args:
        yaml: The text.
        error_in: Parses a text.
        repaired: Makes the client's repair.
    """
    chunks = list(_chunks(yaml))
    if indented := _indented_first(chunks):
        return indented
    needs_repair = None
    for chunk in chunks:
        error = error_in(chunk.text)
        if error is None or _is_anchor_elsewhere(error[1], yaml):
            continue
        if error_in(repaired(chunk.text)) is not None:
            return _of_field(chunk, error, error_in)
        needs_repair = needs_repair or (chunk, error)
    return _of_field(*needs_repair, error_in) if needs_repair else None


def _chunks(yaml: str) -> Iterator[_Chunk]:
    start = end = 0
    for line in yaml.splitlines(keepends=True) if "\r" not in yaml.replace("\r\n", "") else [yaml]:
        if end > start and not _CONTINUES.match(line):
            yield _Chunk(yaml[start:end], start)
            start = end
        end += len(line)
    yield _Chunk(yaml[start:], start)


def _indented_first(chunks: list[_Chunk]) -> SyntaxProblem | None:
    """The first field, if it is indented and a later one is not."""
    text = chunks[0].text
    words = text.lstrip(" \r\n")
    if len(chunks) == 1 or words == text or text[len(text) - len(words) - 1] != " " or not _FIELD.match(words):
        return None
    offset = len(text) - len(words)
    start = text.rfind("\n", 0, offset) + 1
    if any(_FIELD.match(line) for line in text.splitlines()):
        return None
    mend = (Span(start, offset), "") if "\n" not in text.strip() else None
    message = "the first field has spaces before it, and a later one has none"
    return SyntaxProblem(offset, message, how_to_fix="Remove the spaces.", mend=mend)


def _of_field(chunk: _Chunk, error: tuple[int, str], error_in: ErrorIn) -> SyntaxProblem:
    """The problem of one field, with all offsets in the whole text."""
    problem = _missing_space(chunk, error_in) or _stray(chunk) or _below(chunk, error[0])
    return (problem or _in_words(chunk, *error, error_in)).moved(chunk.start)


def _missing_space(chunk: _Chunk, error_in: ErrorIn) -> SyntaxProblem | None:
    """A field whose `:` has no space behind it, when a space there makes the text valid."""
    offset, attempts, most = 0, 0, min(_MOST_ATTEMPTS, _MOST_PARSED // len(chunk.text))
    for line in chunk.text.splitlines(keepends=True):
        found = _NO_SPACE.match(line)
        if found and attempts < most:
            attempts += 1
            behind = offset + found.end(1)
            if error_in(f"{chunk.text[:behind]} {chunk.text[behind:]}") is None:
                message = f"`{found[2]}:` needs a space before its value"
                mend = (Span(behind, behind), " ")
                return SyntaxProblem(behind - 1, message, how_to_fix=f"Write `{found[2]}: `.", mend=mend)
        offset += len(line)
    return None


def _stray(chunk: _Chunk) -> SyntaxProblem | None:
    """A line that is no field at all."""
    line = chunk.first_line
    for expression, message, how_to_fix in _STRAY:
        if expression.match(line):
            mend = (Span(0, chunk.text.index("\n") + 1), "") if _MARKER.fullmatch(line) else None
            return SyntaxProblem(0, message, how_to_fix=how_to_fix, mend=mend)
    if _BRACE.fullmatch(line):
        return _brace(0, line[0])
    if ":" not in line and not chunk.text.startswith(("- ", "?", "{", "[", " ")):
        return SyntaxProblem(0, _NO_FIELD, how_to_fix=_WRITE_FIELD)
    return None


def _brace(offset: int, sign: str) -> SyntaxProblem:
    return SyntaxProblem(offset, f"`{sign}` is not a field", how_to_fix="Remove the line.")


def _below(chunk: _Chunk, offset: int) -> SyntaxProblem | None:
    """A line that cannot stand below the first line of its field."""
    if offset <= len(chunk.first_line):
        return None
    if _BLOCK.fullmatch(chunk.first_line):
        message = "a line of the text has less indentation than its first line"
        return SyntaxProblem(offset, message, how_to_fix="Give all its lines the same indentation.")
    line = chunk.text[chunk.text.rfind("\n", 0, offset) + 1 :].lstrip()
    if line.startswith(("}", "]")) and _BRACE.fullmatch(line.partition("\n")[0]):
        return _brace(offset, line[0])
    if _VALUE.match(chunk.first_line) and line.startswith("- "):
        return SyntaxProblem(offset, "a list item follows a field that has a value already", how_to_fix=_ONE_PLACE)
    if _VALUE.match(chunk.first_line) and _FIELD.match(line):
        if chunk.text[len(chunk.first_line) : chunk.text.rfind("\n", 0, offset) + 1].strip():  # a text of several lines
            message = "a text on several lines contains `: `"
            return SyntaxProblem(offset, message, how_to_fix="Write `|` behind the field's `:`, and the text below it.")
        message = "a field is indented below a field that has a value"
        return SyntaxProblem(offset, message, how_to_fix="Give both the same indentation.")
    return None


def _in_words(chunk: _Chunk, offset: int, message: str, error_in: ErrorIn) -> SyntaxProblem:
    """The parser's message, and the value in quotes if that makes the text valid."""
    line, problem = chunk.first_line, problem_in_words(offset, message)
    value = _VALUE.match(line)
    first = line[value.end() - 1] if value else ""
    if first in ("'", '"'):
        return _behind_quotes(chunk, problem) if "found '<scalar>'" in message else problem
    if first in ("[", "{") and value and offset >= len(line):  # the parser fails at the end
        what = "a list in brackets" if first == "[" else "a value in braces"
        return SyntaxProblem(
            value.end() - 1, f"{what} is not closed, or has no comma between two values", how_to_fix=_CLOSE
        )
    if first == "[" and line.rstrip(" ,;") != line:
        return replace(problem, how_to_fix="Remove what follows the bracket.")
    quoted = quoted_value(line) if chunk.text.strip() == line.strip() else None
    if quoted and error_in(f"{chunk.text[: quoted[0].start]}{quoted[1]}{chunk.text[quoted[0].end :]}") is None:
        return replace(problem, how_to_fix="Put the whole value in quotes.", mend=quoted)
    return problem


def _behind_quotes(chunk: _Chunk, problem: SyntaxProblem) -> SyntaxProblem:
    """What follows a value in quotes: a comma, more values, or more text."""
    line, offset = chunk.first_line, problem.offset
    if line[offset:].strip() in (",", ";"):
        mend = (Span(offset, len(line)), "")
        return replace(problem, message="a comma follows the value", how_to_fix="Remove the comma.", mend=mend)
    is_list = line[offset : offset + 1] == ","
    return replace(problem, message="text follows the closing quote", how_to_fix=_LIST if is_list else _OTHER_QUOTES)


def _is_anchor_elsewhere(message: str, yaml: str) -> bool:
    """Whether a field by itself fails only because its alias refers to an anchor in another field."""
    alias = re.fullmatch(r"found undefined alias '(.*)'", message)
    return alias is not None and f"&{alias[1]}" in yaml
