"""Invalid frontmatter: the finding names the line that a person must change, and what to change there."""

from __future__ import annotations

import pytest

from acolytes_cc.definitions.definition import Definition, parse_definition
from acolytes_cc.definitions.values import SyntaxProblem

BLOCK = "description: >\n  Use when asked.\n"
QUOTES = "Put the whole value in quotes."
OTHER_QUOTES = "Put the whole value in quotes of the other kind."
COLON = "Put a value that contains `: `, or ends with `:`, in quotes."
INDENT = "Compare its indentation with the lines above it."
CLOSE = "Close it, or put the whole value in quotes."
NO_FIELD = "Write `key: value`; or put two spaces before it, if it belongs to the field above; or remove it."
COMMENT = "a comment in YAML begins with `#`"
# A field of its own in front, and one on several lines behind: the client's repair fails at the latter
AROUND = "name: a\n{}\n" + BLOCK


def problem_of(yaml: str) -> tuple[Definition, SyntaxProblem | None]:
    definition = parse_definition(f"---\n{yaml}---\nBody.\n".encode(), ".claude/agents/a.md")
    return definition, definition.yaml.problem


def mended(yaml: str) -> str:
    _, problem = problem_of(yaml)
    assert problem
    assert problem.mend
    (start, end), text = problem.mend
    shift = len("---\n")
    return yaml[: start - shift] + text + yaml[end - shift :]


# what stands in the third line of the file; the column; the message; how to fix it; the line after the safe fix
LINES = [
    ("model:sonnet", 6, "`model:` needs a space before its value", "Write `model: `.", "model: sonnet"),
    ("tools:[Read, Bash]", 6, "`tools:` needs a space before its value", "Write `tools: `.", "tools: [Read, Bash]"),
    ("model sonnet", 1, "this line is not a field", NO_FIELD, None),
    ("some more text", 1, "this line is not a field", NO_FIELD, None),
    ("model = sonnet", 1, "a field has `=` behind its name", "Write `:` and a space.", None),
    ("model： sonnet", 1, "`：` is not the sign `:`", "Write `:` and a space.", None),
    ("model:\u00a0sonnet", 1, "the space behind `:` is a special one", "Write a plain space.", None),
    ("* Read", 1, "a list item begins with `-`, not with this sign", "Write `- `.", None),
    ("<!-- note -->", 1, COMMENT, "Write `#`, or remove the line.", None),
    ("// note", 1, COMMENT, "Write `#`, or remove the line.", None),
    ("<<<<<<< HEAD", 1, "this line is left from a merge conflict", "Resolve the conflict.", None),
    ("=======", 1, "this line is left from a merge conflict", "Resolve the conflict.", None),
    ("%YAML 1.2", 1, "a line cannot begin with `%`", "Remove the line.", None),
    ("... ", 1, "`...` ends the YAML document", "Remove the dots.", ""),
    ("... more", 1, "`...` ends the YAML document", "Remove the dots.", None),
    ("{", 1, "`{` is not a field", "Remove the line.", None),
    ("}", 1, "`}` is not a field", "Remove the line.", None),
    ("- Read", 1, "a list item follows a field that has a value already",
     "Write all items below the field, or all behind it with commas.", None),
    ("  model: sonnet", 8, "a field is indented below a field that has a value",
     "Give both the same indentation.", None),
    ("argument-hint: [version] [date]", 26, "unexpected `[` behind a value", QUOTES,
     'argument-hint: "[version] [date]"'),
    ("skills: [one, two],", 19, "unexpected text after a value", "Remove what follows the bracket.", None),
    ("skills: [one, two", 9, "a list in brackets is not closed, or has no comma between two values", CLOSE, None),
    ("skills: {one: two", 9, "a value in braces is not closed, or has no comma between two values", CLOSE, None),
    ('model: "sonnet', 8, "a quote is not closed", "Close the quote at the end of the value.", None),
    ("model: 'sonnet", 8, "a quote is not closed", "Close the quote at the end of the value.", None),
    ('model: "sonnet" or opus', 17, "text follows the closing quote", OTHER_QUOTES, None),
    ('tools: "Read", "Bash"', 14, "text follows the closing quote",
     "Remove these quotes, or put the whole list in brackets.", None),
    ('"model": "opus",', 16, "a comma follows the value", "Remove the comma.", '"model": "opus"'),
    ("model: 'don't'", 13, "text follows the closing quote", OTHER_QUOTES, None),
    ('model: "a\\w"', 11, "`\\w` means nothing in double quotes",
     "Write two backslashes for one, or use single quotes.", None),
    ("model: opus: x", 12, "unexpected `:`", QUOTES, 'model: "opus: x"'),
    ("model: opus:", 12, "unexpected `:`", COLON, None),
    ("model: @opus", 8, "a value cannot begin with `@`", QUOTES, 'model: "@opus"'),
    ("model: `opus`", 8, "a value cannot begin with ```", QUOTES, 'model: "`opus`"'),
    ("model: %opus", 8, "a value cannot begin with `%`", QUOTES, 'model: "%opus"'),
    ("model: ]opus", 8, "a value cannot begin with `]`", QUOTES, 'model: "]opus"'),
    ("model: *opus", 8, "`*opus` refers to an anchor `&opus` that is not there", QUOTES, 'model: "*opus"'),
    ("model: * opus", 9, "`*` or `&` at the start of a value needs a name", QUOTES, 'model: "* opus"'),
    ("model: >opus", 9, "text behind `>` or `|`", QUOTES, 'model: ">opus"'),
    ("model: ![opus]", 8, "unexpected `[` in a tag", QUOTES, 'model: "![opus]"'),
]  # fmt: skip


@pytest.mark.parametrize(("line", "column", "message", "how_to_fix", "fixed"), LINES)
def test_the_damaged_line_is_named(line: str, column: int, message: str, how_to_fix: str, fixed: str | None) -> None:
    yaml = AROUND.format(line)
    definition, problem = problem_of(yaml)
    assert problem
    place = definition.source.position(problem.offset)
    assert ((place.line, place.column), problem.message, problem.how_to_fix) == ((3, column), message, how_to_fix)
    assert bool(problem.mend) == (fixed is not None)
    if fixed is not None:
        assert mended(yaml) == AROUND.replace("{}\n", f"{fixed}\n" if fixed else "{}").format("")
        assert problem_of(mended(yaml))[1] is None


WHOLE = [
    ("name:a\n", (2, 5), "`name:` needs a space before its value"),
    ("name: a\n" + BLOCK + "tools: a: b\n", (5, 9), "unexpected `:`"),
    (" name: a\n" + BLOCK, (2, 2), "the first field has spaces before it, and a later one has none"),
    ("name: a\n\ttools: Read\n" + BLOCK, (3, 1), "a field is indented below a field that has a value"),
    ("tools:\n\t- Read\n" + BLOCK + "model: opus: x\n", (3, 1), "a tab where only spaces are allowed"),
    ("name: a\ndescription: >-\nUse when asked.\n", (4, 1), "this line is not a field"),
    ("name: a\ndescription: |\n    Use when asked.\n  More.\n", (5, 3),
     "a line of the text has less indentation than its first line"),
    ("name: a\ndescription: Use when. Examples:\n<example>\nuser: x\n</example>\n", (3, 32), "unexpected `:`"),
    ("name: a\ndescription: Use when.\n\n  <example>\n  user: x\n  </example>\n", (6, 7),
     "a text on several lines contains `: `"),
    ("name: a\ntools: [Read,\nBash]\n", (4, 1), "a line of a value in quotes or brackets is not indented"),
    ("tools:\n  - Read\n  Bash\n" + BLOCK, (4, 3), "a line has no `:` after its key"),
    ("tools:\n  - Read\n - Bash\n" + BLOCK, (4, 2), "a line has more indentation than the lines before it"),
    ("hooks:\n  Stop:\n    - hooks:\n        - type:command\n          command: x\n", (5, 15),
     "`type:` needs a space before its value"),
    ("tools:\n  - Read\n  model: opus\n" + BLOCK, (4, 3), "a field does not fit to the lines above it"),
    ("name: a\ntools: [\nmodel: [\n" + BLOCK, (3, 8),
     "a list in brackets is not closed, or has no comma between two values"),
    ("name: a\nurl:http://x.y\n" + BLOCK, (3, 4), "`url:` needs a space before its value"),
    ("- name: a\n", (2, 1), "it has no `key: value` lines"),
    ("name: &x a\nmodel: *x\n...\n" + BLOCK, (4, 1), "`...` ends the YAML document"),
]  # fmt: skip


@pytest.mark.parametrize(("yaml", "place", "message"), WHOLE)
def test_the_field_with_the_mistake_is_named(yaml: str, place: tuple[int, int], message: str) -> None:
    definition, problem = problem_of(yaml)
    assert problem
    assert (tuple(definition.source.position(problem.offset)), problem.message) == (place, message)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("number", range(6))
def test_every_line_of_a_frontmatter_can_be_the_damaged_one(number: int, line_end: str) -> None:
    fields = ["name: a", "description: Use when: asked.", "tools: Read", "model: opus", "color: red", "effort: low"]
    damaged = [*fields[:number], "no field here", *fields[number:]]
    definition, problem = problem_of("".join(f"{line}{line_end}" for line in damaged))
    assert problem
    first = 3 if line_end == "\r\n" and number > 1 else number + 2  # CR LF: the colon is a mistake, too
    assert definition.source.position(problem.offset).line == first
