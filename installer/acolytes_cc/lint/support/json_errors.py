"""What is wrong with a text that is not JSON, where a person must change it, and how.

The parser stops where it can go no further: behind a missing comma it is at the next line, and behind a list that is
never closed it is far away.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.definitions.frontmatter import BYTE_ORDER_MARK
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import SyntaxProblem
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Edit, Fix


class JsonError(NamedTuple):
    """What is wrong at an offset, how to change it, and the fix when only one change can be meant."""

    offset: int
    words: str
    how_to_fix: str = ""
    fix: Fix | None = None


_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\[\s\S])*(?:"|\Z)|[][{}]')
_PAIRS = {"]": "[", "}": "{"}
_WORD = re.compile(r"[A-Za-z_$][\w.$-]*")
_NUMBER = re.compile(r"[-+.]?[\w.]+")
_SPACE = " \t\r\n"
_TYPOGRAPHIC = "“”„‟«»‘’‚"
_CONSTANTS = {"True": "true", "False": "false", "None": "null", "TRUE": "true", "FALSE": "false", "NULL": "null"}
# What the sign at the error says, whatever the parser expected there
_SIGNS: tuple[tuple[str, str, str], ...] = (
    (r"//|/\*|#", "JSON has no comments", "Remove it."),
    (r"'", "JSON has no single quotes", 'Write `"`.'),
    (rf"[{_TYPOGRAPHIC}]", "these are typographic quotes", 'Write `"`.'),
    (r"<{7}|={7}|>{7}", "this line is left from a merge conflict", "Resolve the conflict."),
    (r"```|~~~", "JSON has no marks of a code block", "Remove them."),
    (r"\.\.\.|…", "dots stand for nothing in JSON", "Remove them."),
    (r";", "JSON has no semicolons", "Write a comma, or remove it."),
)


def json_error(text: str, problem: SyntaxProblem) -> JsonError:
    """Return what a person must know of the problem of a text."""
    at, message = problem.offset, problem.message
    if not text.strip():
        return JsonError(0, "the file is empty", "Write `{}`.")
    if text.startswith(BYTE_ORDER_MARK) and at == 0:
        return JsonError(0, "the file starts with a byte order mark", "Save it without one.")
    for expression, words, how_to_fix in _SIGNS:
        if re.match(expression, text[at : at + 8]):
            return JsonError(at, words, how_to_fix)
    if at < len(text) and text[at].isspace() and text[at] not in _SPACE:
        return JsonError(at, f"the character U+{ord(text[at]):04X} is not a space in JSON", "Write a plain space.")
    if "control character" in message or message.startswith("Unterminated string"):
        return _of_text(text, at, message)
    if "escape" in message:
        return JsonError(at, f"{quoted(text[at : at + 2])} means nothing in a text", "Write two backslashes for one.")
    if message.startswith("Extra data"):
        return _behind_end(text, at)
    if at >= len(text.rstrip()):
        return _not_closed(text, len(text))
    if message.startswith("Expecting ','"):
        return _no_comma(text, at)
    if message.startswith("Expecting ':'"):
        return JsonError(at, "a key has no `:` behind it", "Write `: ` between a key and its value.")
    return _no_value(text, at, message)


def _of_text(text: str, at: int, message: str) -> JsonError:
    if message.startswith("Unterminated"):
        return JsonError(at, 'this text has no `"` at its end', "Add it.")
    if text[at] in "\r\n":
        start = text.rfind('"', 0, at)
        return JsonError(
            start, 'this text has no `"` at the end of its line', r"Add it, or write a line break as `\n`."
        )
    sign = "a tab" if text[at] == "\t" else f"the character U+{ord(text[at]):04X}"
    escape = r"\t" if text[at] == "\t" else f"\\u{ord(text[at]):04x}"
    return JsonError(at, f"{sign} is not allowed in a text", f"Write `{escape}`.")


def _behind_end(text: str, at: int) -> JsonError:
    if text[at] in "]}":
        return JsonError(at, f"there is one `{text[at]}` too many", "Remove it.")
    if text.lstrip()[:1] not in "{[":
        return JsonError(0, "the file does not begin with `{`", "Put all keys between `{` and `}`.")
    return JsonError(at, "text follows the end of the JSON object", "Remove it, or put it into the object.")


def _no_comma(text: str, at: int) -> JsonError:
    """Two values without a comma; or what stands there is no value."""
    end = len(text[:at].rstrip(_SPACE))
    opened = _innermost(text, at)
    sign, is_apart = text[at], end < at
    if sign in "]}":
        return _wrong_bracket(text, at)
    if sign == ":" and opened is not None and text[opened] == "[":
        return JsonError(opened, "this list is not closed before the next key", "Add `]`.")
    if is_apart and (sign in '"{[' or sign.isdigit() or sign == "-"):
        return JsonError(end, "a comma is missing behind this value", "Add it.", Fix((Edit(Span(end, end), ","),)))
    if text[end - 1] == '"':
        return JsonError(at, "text follows the closing quote", 'Write a quote inside of a text as `\\"`.')
    if text[end - 1].isalnum() and not is_apart:
        return JsonError(at, "this is not a number in JSON", "Write a decimal number, or put it in quotes.")
    return JsonError(at, f"a value cannot follow here: {quoted(sign)}", "Write a comma, or remove it.")


def _wrong_bracket(text: str, at: int) -> JsonError:
    """A bracket closes what another kind of bracket has opened."""
    opened = _innermost(text, at)
    right = "]" if opened is not None and text[opened] == "[" else "}"
    return JsonError(at, f"`{text[at]}` cannot close what `{_PAIRS[right]}` has opened", f"Write `{right}` before it.")


def _not_closed(text: str, end: int) -> JsonError:
    opened = _innermost(text, end)
    if opened is None:
        return JsonError(0, "the file does not begin with `{`", "Put all keys between `{` and `}`.")
    right = "}" if text[opened] == "{" else "]"
    return JsonError(opened, f"this `{text[opened]}` is never closed", f"Add `{right}` where it ends.")


def _no_value(text: str, at: int, message: str) -> JsonError:
    """No key or no value is where one must be."""
    word = _WORD.match(text, at)
    if word and word[0] in _CONSTANTS:
        right = _CONSTANTS[word[0]]
        return JsonError(
            at, f"`{word[0]}` is not a value in JSON", f"Write `{right}`.", Fix((Edit(Span(*word.span()), right),))
        )
    if not text[:at].strip():
        return JsonError(at, "the file does not begin with `{`", "Put all keys between `{` and `}`.")
    if "property name" in message:
        if text[at] in ",:":
            return JsonError(at, f"no key stands before this `{text[at]}`", "Write the key, or remove the sign.")
        return JsonError(at, "a key must be in double quotes", 'Put it between two `"`.')
    if text[at] == ",":
        return JsonError(at, "no value stands before this comma", "Write the value, or remove the comma.")
    if text[at] in "]}":
        return JsonError(at, "a value is missing", "Write it, or remove the comma or the key before it.")
    if not word and _NUMBER.match(text, at):
        return JsonError(at, "this is not a number in JSON", "Write a decimal number, or put it in quotes.")
    if "NaN" in message or "Infinity" in message:
        return JsonError(at, message, "Write a number, or `null`.")
    return JsonError(at, "a text must be in double quotes", 'Put it between two `"`.')


def _innermost(text: str, end: int) -> int | None:
    """The offset of the last bracket before ``end`` that is still open; None when none is."""
    opened: list[int] = []
    for found in _STRING_OR_BRACKET.finditer(text, 0, end):
        if found[0] in ("[", "{"):
            opened.append(found.start())
        elif found[0] in _PAIRS and opened:
            opened.pop()
    return opened[-1] if opened else None
