"""A file to check: a definition with frontmatter, or one of the client's JSON files."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TypeAlias

from acolytes_cc.definitions.definition import Content, Definition, content_of, read_content, size_limit
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.kinds import MARKDOWN_KINDS, kind_of, placed_kind
from acolytes_cc.definitions.looks import looks_like
from acolytes_cc.definitions.misplaced import misplaced
from acolytes_cc.definitions.source import Source

Subject: TypeAlias = Definition | JsonDocument


def parse_subject(data: bytes, path: str, kind: Kind | None = None) -> Subject:
    """Parse the bytes of a file. Without ``kind``, `kind_by_text` decides. It raises no error, whatever the bytes."""
    return _subject(path, content_of(data, size_limit(path)), kind)


def load_subject(path: Path | str, kind: Kind | None = None) -> Subject:
    """Read and parse a file. If that fails, the reason is in ``unloadable``."""
    return _subject(str(path), read_content(path), kind)


def kind_by_text(path: str, text: str) -> Kind:
    """Return the kind of a file: by its place, or else by its name and what its text looks like."""
    if placed := placed_kind(path):
        return placed
    if misplaced(path, lambda: text):
        return "misplaced"
    if meant := kind_of(path):
        return meant
    if path.endswith(".json"):
        return "settings"
    return looks_like(text) or "agent"


def _subject(path: str, content: Content, kind: Kind | None) -> Subject:
    file_kind = kind or kind_by_text(path, content.source.text)
    is_markdown = not path.endswith(".json") if file_kind == "misplaced" else file_kind in MARKDOWN_KINDS
    if is_markdown:
        return Definition(path, *content, file_kind)
    source = _as_utf_8(content.source) if file_kind == "settings" else content.source
    return JsonDocument(path, source, file_kind, content.unloadable)


def _as_utf_8(source: Source) -> Source:
    """Settings in UTF-16, as some programs of Windows write them, in UTF-8: the client reads both."""
    if not source.data.startswith(codecs.BOM_UTF16_LE):
        return source
    try:
        return Source(source.data.decode("utf-16").encode())
    except UnicodeError:
        return source
