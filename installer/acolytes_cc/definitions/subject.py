"""A file to check: a definition with frontmatter, or one of the client's JSON files."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from acolytes_cc.definitions.definition import Content, Definition, content_of, read_content
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kinds import Kind, kind_of

Subject: TypeAlias = Definition | JsonDocument


def parse_subject(data: bytes, path: str, kind: Kind | None = None) -> Subject:
    """Parse the bytes of a file. Without ``kind``, the path decides. It raises no error, whatever the bytes are."""
    return _subject(path, content_of(data), kind)


def load_subject(path: Path, kind: Kind | None = None) -> Subject:
    """Read and parse a file. If that fails, the reason is in ``unloadable``."""
    return _subject(str(path), read_content(path), kind)


def _subject(path: str, content: Content, kind: Kind | None) -> Subject:
    file_kind = kind or kind_of(Path(path)) or "settings"
    if file_kind in ("agent", "plugin-agent", "skill"):
        return Definition(path, *content, file_kind)
    return JsonDocument(path, content.source, file_kind, content.unloadable)
