"""What is wrong with a YAML text in plain words, for each message of the parser ruamel.yaml."""

from __future__ import annotations

import re

from acolytes_cc.definitions.values import SyntaxProblem

_QUOTE = "Put the whole value in quotes."
_COLON = "Put a value that contains `: `, or ends with `:`, in quotes."
_INDENT = "Compare its indentation with the lines above it."
_REMOVE = "Remove it, or put the value in quotes."
_CLOSE = "Close it, or put the whole value in quotes."

# The first expression that fits counts. Its groups may be used in the words.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"could not find expected ':'", "a line has no `:` after its key", "Write `key: value`, or remove the line."),
    (r"expected <block end>, but found '-'", "a list item `-` does not fit to the lines above it", _INDENT),
    (r"expected <block end>, but found '\?'", "a field does not fit to the lines above it", _INDENT),
    (r"expected <block end>, but found '<block .*", "a line has more indentation than the lines before it", _INDENT),
    (r"expected <block end>, but found ','", "unexpected `,` behind a value", _QUOTE),
    (r"expected <block end>, but found '(.)'", r"unexpected `\1` behind a value", _QUOTE),
    (r"expected <block end>, but found .*", "unexpected text after a value", _QUOTE),
    (
        r"expected '<document start>', but found .'<block .*",
        "a line has less indentation than the first",
        "Give all fields the same indentation: none.",
    ),
    (r"expected '<document start>', .*", "unexpected text after a value", _QUOTE),
    (r"expected the node content, but found '([^<-].*)'", r"a value cannot begin with `\1`", _QUOTE),
    (r"expected the node content, .*", "a value is missing", "Write the value."),
    (r"expected ',' or '\]'.*", "a list in brackets is not closed, or has no comma between two values", _CLOSE),
    (r"expected ',' or '\}'.*", "a value in braces is not closed, or has no comma between two values", _CLOSE),
    (r"found unexpected end of stream", "a quote is not closed", "Close the quote at the end of the value."),
    (
        r"mapping values are not allowed here",
        "unexpected `:`",
        _COLON,
    ),
    (r"mapping keys are not allowed here", "unexpected `?`", _REMOVE),
    (r"sequence entries are not allowed here", "unexpected list item `-`", "Begin the list on the next line."),
    (r"found unexpected ':'", "unexpected `:`", _QUOTE),
    (r"found undefined alias '(.*)'", r"`*\1` refers to an anchor `&\1` that is not there", _QUOTE),
    (r"found duplicate anchor.*", "an anchor `&` occurs twice", "Give each anchor a name of its own."),
    (
        r"found character '\\t' that cannot start any token",
        "a tab where only spaces are allowed",
        "Write spaces for the tab.",
    ),
    (r"found character '(.)' that cannot start any token", r"a value cannot begin with `\1`", _QUOTE),
    (
        r"found unknown escape character '(.*)'",
        r"`\\\1` means nothing in double quotes",
        "Write two backslashes for one, or use single quotes.",
    ),
    (
        r"expected escape sequence of (\d+) .*",
        r"an escape such as `\\x` or `\\u` needs \1 hexadecimal digits",
        "Write two backslashes for one, or use single quotes.",
    ),
    (
        r"expected (?:chomping or indentation indicators|a comment or a line break|indentation indicator).*",
        "text behind `>` or `|`",
        "Put the text on the next lines, with spaces before each; or put the value in quotes.",
    ),
    (r"expected alphabetic or numeric character, .*", "`*` or `&` at the start of a value needs a name", _QUOTE),
    (r"found undefined tag handle '(.*)'", r"unknown tag `\1`", _QUOTE),
    (r"(?:expected '!'|expected '>'|expected URI|expected ' ').*", "a tag `!` is not written correctly", _QUOTE),
    (r"but found another document", "a line ends the YAML document, and more follows", "Remove that line."),
    (r"found unexpected document separator", "a quote is not closed", "Close the quote at the end of the value."),
    (
        r"(?:expected a digit.*|found (?:duplicate|incompatible) YAML .*|expected alphabetic.*directive.*)",
        "a line that begins with `%` is not written correctly",
        "Remove the line.",
    ),
    (r"found non-comment content after document end marker.*", "text follows `...`", "Remove the dots."),
    (r"while (?:scanning|parsing|composing) .*", "unexpected text", "Put the value in quotes."),
)


def problem_in_words(offset: int, message: str) -> SyntaxProblem:
    """The problem at an offset, for which the parser has that message. A message that is plain already stays.

    >>> problem_in_words(0, "found undefined alias 'x'").message
    '`*x` refers to an anchor `&x` that is not there'
    """
    for expression, words, how_to_fix in _WORDS:
        if found := re.fullmatch(expression, message, re.DOTALL):
            return SyntaxProblem(offset, found.expand(words), how_to_fix=how_to_fix)
    return SyntaxProblem(offset, message)
