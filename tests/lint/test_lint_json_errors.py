"""Invalid JSON: the finding names the place that a person must change, and what to change there."""

from __future__ import annotations

import json
import random

import pytest

from acolytes_cc.lint.api import lint_text

GOOD = """{
  "model": "opus",
  "permissions": {
    "allow": ["Read", "Bash(ls)"],
    "deny": ["Write"]
  },
  "env": {"A": "b"}
}
"""
QUOTES = 'Put it between two `"`.'
BEGIN = "the file does not begin with `{`. Put all keys between `{` and `}`."
CODE = "JSON has no marks of a code block. Remove them."
NUMBER = "this is not a number in JSON. Write a decimal number, or put it in quotes."
CONFLICT = "this line is left from a merge conflict. Resolve the conflict."
END = 'this text has no `"` at the end of its line. Add it, or write a line break as `\\n`.'
BEHIND = "text follows the end of the JSON object. Remove it, or put it into the object."


@pytest.mark.parametrize(
    ("good", "bad", "place", "words"),
    [
        ('"opus",', '"opus"', (2, 18), "a comma is missing behind this value. Add it."),
        ("  },\n", "  }\n", (6, 4), "a comma is missing behind this value. Add it."),
        ('"Read", ', '"Read" ', (4, 21), "a comma is missing behind this value. Add it."),
        ('"opus"', "'opus'", (2, 12), 'JSON has no single quotes. Write `"`.'),
        ('"model"', "'model'", (2, 3), 'JSON has no single quotes. Write `"`.'),
        ('"opus"', "“opus”", (2, 12), 'these are typographic quotes. Write `"`.'),
        ('"model"', "model", (2, 3), f"a key must be in double quotes. {QUOTES}"),
        ('"opus"', "opus", (2, 12), f"a text must be in double quotes. {QUOTES}"),
        ('"opus",', '"opus", // best', (2, 20), "JSON has no comments. Remove it."),
        ('  "env"', '  # env\n  "env"', (7, 3), "JSON has no comments. Remove it."),
        ('"b"', "True", (7, 16), "`True` is not a value in JSON. Write `true`."),
        ('"b"', "None", (7, 16), "`None` is not a value in JSON. Write `null`."),
        ('"b"', "NaN", (7, 16), "NaN is not a JSON value. Write a number, or `null`."),
        ('"b"', "01", (7, 17), NUMBER),
        ('"b"', "+1", (7, 16), NUMBER),
        ('"b"', ".5", (7, 16), NUMBER),
        ('"b"', "...", (7, 16), "dots stand for nothing in JSON. Remove them."),
        ('"b"', "", (7, 16), "a value is missing. Write it, or remove the comma or the key before it."),
        ('"b"}\n}', '"b"}\n', (1, 1), "this `{` is never closed. Add `}` where it ends."),
        ('"Bash(ls)"],', '"Bash(ls)",', (4, 14), "this list is not closed before the next key. Add `]`."),
        ('"Write"]', '"Write"}', (5, 21), "`}` cannot close what `[` has opened. Write `]` before it."),
        ('"b"}\n}', '"b"}\n}}', (8, 2), "there is one `}` too many. Remove it."),
        ('"b"}\n}', '"b"}\n}\n{}', (9, 1), BEHIND),
        ('"model": ', '"model" = ', (2, 11), "a key has no `:` behind it. Write `: ` between a key and its value."),
        ('"opus",', '"opus,', (2, 12), END),
        ("opus", "op\tus", (2, 15), "a tab is not allowed in a text. Write `\\t`."),
        ("opus", "C:\\dir", (2, 15), "`\\d` means nothing in a text. Write two backslashes for one."),
        ('"opus"', '"say "hi""', (2, 18), 'text follows the closing quote. Write a quote inside of a text as `\\"`.'),
        ('  "env"', '\u00a0 "env"', (7, 1), "the character U+00A0 is not a space in JSON. Write a plain space."),
        ('  "env"', '<<<<<<< HEAD\n  "env"', (7, 1), CONFLICT),
        ('"Read", ', '"Read",, ', (4, 22), "no value stands before this comma. Write the value, or remove the comma."),
        ('"opus",', '"opus";', (2, 18), "JSON has no semicolons. Write a comma, or remove it."),
        ('{\n  "model"', '```json\n{\n  "model"', (1, 1), CODE),
        ('{\n  "model"', '"model"', (1, 1), BEGIN),
        ('{\n  "model": "opus",', "model: opus", (1, 1), BEGIN),
    ],
)  # fmt: skip
def test_the_damaged_place_is_named(good: str, bad: str, place: tuple[int, int], words: str) -> None:
    assert good in GOOD
    damaged = GOOD.replace(good, bad, 1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(damaged, parse_constant=lambda word: json.loads(f"_{word}"))
    (found,) = [one for one in lint_text(damaged.encode(), ".claude/settings.json") if one.rule == "ACO510"]
    assert ((found.line, found.column), found.message) == (
        place,
        f"Invalid JSON: {words} Until this is fixed, the client ignores the whole file, including `permissions.deny`.",
    )


def test_no_message_of_a_parser_is_shown() -> None:
    chance = random.Random(7)
    for _ in range(2_000):
        text = list(GOOD)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            text[at : at + chance.randint(0, 2)] = chance.choice(["", *"\",:{}[]\\/\n\t 'x1-.", "\u00a0", "\x00"])
        for one in lint_text("".join(text).encode(), ".claude/settings.json"):
            assert not {"Expecting", "delimiter", "Extra data", "Unterminated"} & set(one.message.split())
            assert "control character" not in one.message
