"""A file to check: a definition with frontmatter, or one of the client's JSON files."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from acolytes_cc.definitions.definition import SIZE_LIMIT, Definition
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kinds import Kind, kind_of
from acolytes_cc.definitions.source import Source

Subject: TypeAlias = Definition | JsonDocument


def parse_subject(data: bytes, path: str, kind: Kind | None = None) -> Subject:
    """Parse the content of a file. Without ``kind``, the path decides. It raises no error, whatever the bytes are."""
    if len(data) > SIZE_LIMIT:
        return _unloadable(path, f"it is larger than {SIZE_LIMIT:,} bytes", kind)
    return _subject(path, Source(data), None, kind)


def load_subject(path: Path, kind: Kind | None = None) -> Subject:
    """Read and parse a file. If that fails, the reason is in ``unloadable``."""
    try:
        return parse_subject(read_bytes(path, SIZE_LIMIT + 1), str(path), kind)
    except OSError as error:
        return _unloadable(str(path), error.strerror or str(error), kind)


def _unloadable(path: str, reason: str, kind: Kind | None) -> Subject:
    return _subject(path, Source(b""), reason, kind)


def _subject(path: str, source: Source, unloadable: str | None, kind: Kind | None) -> Subject:
    file_kind = kind or kind_of(Path(path)) or "settings"
    if file_kind in ("agent", "plugin-agent", "skill"):
        return Definition(path, source, unloadable, file_kind)
    return JsonDocument(path, source, file_kind, unloadable)
