"""Whether a text is a regular expression of JavaScript. What is right was taken from Node 20."""

from __future__ import annotations

import re

import pytest

from acolytes_cc.lint.support.javascript_syntax import as_python, syntax_problem

TAKEN = (
    *(
        "Bash",
        "(a|b)+?",
        "[]",
        "[^]",
        "[^]]",
        "]",
        "}",
        "{",
        "a{,2}",
        "{,2}",
        "a{2}",
        "a{2,}?",
        "x{1",
        "\\Z*",
        "\\c",
        "\\k",
    ),
    *("(?=a)*", "(?!a)+", "(?<=a)b", "(?<n>a)\\k<n>", "(?<n>a)|(?<n>b)", "\\(?<n>", "[\\w-a]", "[a-]", "[-a]", "[\\b]"),
    *(
        "[a\\]b]",
        "\\p{L}+",
        "(?:)",
        "(?i:bash)",
        "[\\x41-\\u0042]",
        "[\\0-\\12]",
        "$a",
        "a|",
        "|",
        "\\9",
        "[\\cA-\\cB]",
        "",
    ),
)
REFUSED = {
    "Bash**": "`*` has nothing to repeat",
    "a{2}{3}": "`{3}` has nothing to repeat",
    "^*": "`*` has nothing to repeat",
    "\\b+": "`+` has nothing to repeat",
    "(?<=a)*": "`*` has nothing to repeat",
    "a|+": "`+` has nothing to repeat",
    "{2}": "`{2}` has nothing to repeat",
    "a{3,2}": "in `{3,2}` the larger number comes first",
    f"a{{{'9' * 5000},{'8' * 5000}}}": f"in `{{{'9' * 5000},{'8' * 5000}}}` the larger number comes first",
    "(?i)bash": "JavaScript has no `(?i)`",
    "(?P<n>a)": "JavaScript has no `(?P<n>`",
    "(?#a)": "JavaScript has no `(?#a)`",
    "(?>a)": "JavaScript has no `(?>`",
    "(?": "JavaScript has no `(?`",
    "(a": "a `(` is not closed",
    "a)": "one `)` is too many",
    "[a": "a `[` is not closed",
    "[z-a]": "the range `z-a` runs backwards",
    "[\\x42-A]": "the range `\\x42-A` runs backwards",
    "a\\": "it ends with `\\`",
    "(?<n>a)\\k": "`\\k` needs the name of a group",
    "(?<n>a)\\k<m>": "`\\k` needs the name of a group",
    "(?<n>a)(?<n>b)": "two groups have the same name",
}


@pytest.mark.parametrize("expression", TAKEN)
def test_javascript_takes_it(expression: str) -> None:
    assert syntax_problem(expression) is None


@pytest.mark.parametrize(("expression", "problem"), REFUSED.items(), ids=lambda value: str(value)[:20])
def test_javascript_refuses_it(expression: str, problem: str) -> None:
    assert syntax_problem(expression) == problem


@pytest.mark.parametrize(
    ("expression", "found", "not_found"),
    [
        ("Bas[^]", "Bash", "Bas"),
        ("Bash\\Z", "BashZ", "Bash"),
        ("\\ABash", "ABash", "Bash"),
        ("(?<tool>Ba)sh", "Bash", "bash"),
        ("(?<=B)ash", "Bash", "ash"),
        ("a[]|b", "b", "a"),
        ("\\cA", "\x01", "A"),
        ("a{,2}b", "a{,2}b", "aab"),
        ("[\\]]", "]", "\\"),
    ],
)
def test_python_reads_it_as_javascript_does(expression: str, found: str, not_found: str) -> None:
    assert re.search(as_python(expression), found)
    assert not re.search(as_python(expression), not_found)
