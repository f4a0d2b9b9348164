"""The scan for fences against a CommonMark parser, on every Markdown text of the product."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from acolytes_cc.definitions.definition import load_definition
from support import ROOT

TEXTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "plugin/**/*.md", "bench/*.md", "tests/lint/data/seed/*.md")
    for path in ROOT.glob(pattern)
)


def test_there_are_texts() -> None:
    assert len(TEXTS) > 12


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_scan_finds_the_fences_that_the_parser_finds(path: Path) -> None:
    definition = load_definition(path)
    body = definition.text[definition.body_start :]
    expected = [
        (token.info.split()[0].lower() if token.info.strip() else "", token.content.strip("\n"))
        for token in MarkdownIt("commonmark").parse(body)
        if token.type == "fence"
    ]
    found = definition.structure.fences
    assert [(fence.language, definition.text[slice(*fence.span)].strip("\r\n")) for fence in found] == expected
