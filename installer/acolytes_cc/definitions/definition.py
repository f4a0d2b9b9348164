"""The definition of an agent or a skill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.markdown import Structure
from acolytes_cc.definitions.source import Source
from acolytes_cc.definitions.tool_list import ToolEntry, tool_entries
from acolytes_cc.definitions.values import Field
from acolytes_cc.definitions.yaml_fields import FrontmatterFields, read_fields

# The client does not read larger files. It reads hooks and manifests of any size; this program reads as much of them as
# of settings.
SIZE_LIMIT = 1_048_576
JSON_LIMIT = 2_097_152


@dataclass(frozen=True)
class Definition:
    """A definition: its source, and what the client reads from it.

    ``unloadable`` is the reason why the file was not read; the source is then empty.
    """

    path: str
    source: Source
    unloadable: str | None = None
    kind: Kind = "agent"

    @cached_property
    def text(self) -> str:
        """The whole text of the file."""
        return self.source.text

    @cached_property
    def block(self) -> frontmatter.Block | None:
        """The place of the frontmatter; None when the client finds none."""
        return frontmatter.find_block(self.text)

    @cached_property
    def yaml(self) -> FrontmatterFields:
        """The fields of the frontmatter; empty when there is no frontmatter."""
        return read_fields(self.text, self.block.yaml) if self.block else FrontmatterFields()

    @cached_property
    def _fields_by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.yaml.fields}

    def field(self, key: str) -> Field | None:
        """The field with that key; if there are several, the last one, because the client uses that one."""
        return self._fields_by_key.get(key)

    def has_text(self, key: str) -> bool:
        """Whether the field is a string that is not empty. The client requires that of a name and a description."""
        field = self.field(key)
        return field is not None and isinstance(field.value.data, str) and bool(field.value.data)

    def tool_entries(self, key: str) -> tuple[ToolEntry, ...]:
        """The entries of the field ``tools`` or ``disallowedTools``, with their places."""
        if key not in self._entries:
            field = self.field(key)
            self._entries[key] = tool_entries(field.value, self.text) if field else ()
        return self._entries[key]

    @cached_property
    def _entries(self) -> dict[str, tuple[ToolEntry, ...]]:
        return {}

    @property
    def body_start(self) -> int:
        """The offset at which the body starts; the end of the text when there is no frontmatter."""
        return self.block.body if self.block else len(self.text)

    @cached_property
    def body(self) -> str:
        """The text after the frontmatter; empty when there is no frontmatter."""
        return self.text[self.body_start :]

    @cached_property
    def body_length(self) -> int:
        """The number of characters in the body, without white space at its ends. It makes no copy of the body."""
        text, start, end = self.text, self.body_start, len(self.text)
        while end > start and text[end - 1].isspace():
            end -= 1
        while start < end and text[start].isspace():
            start += 1
        return end - start

    @cached_property
    def structure(self) -> Structure:
        """The Markdown structure of the body."""
        return Structure(self.text, self.body_start)


class Content(NamedTuple):
    """The content of a file. ``unloadable`` is the reason why it was not read; the source is then empty."""

    source: Source
    unloadable: str | None = None


def size_limit(path: Path | str) -> int:
    """Return how many bytes the file at ``path`` may have."""
    return JSON_LIMIT if str(path).endswith(".json") else SIZE_LIMIT


def content_of(data: bytes, limit: int = SIZE_LIMIT) -> Content:
    """The content of a file with these bytes, which the client does not read when they are too many."""
    if len(data) > limit:
        return Content(Source(b""), f"it is larger than {limit:,} bytes")
    return Content(Source(data))


def read_content(path: Path | str) -> Content:
    """Read a file. It raises no error."""
    try:
        limit = size_limit(path)
        return content_of(read_bytes(path, limit + 1), limit)
    except OSError as error:
        return Content(Source(b""), error.strerror or str(error))


def parse_definition(data: bytes, path: str) -> Definition:
    """Make a definition from the bytes of a file. It raises no error, whatever the bytes are."""
    return Definition(path, *content_of(data))


def load_definition(path: Path) -> Definition:
    """Read a definition from a file. If that fails, the reason is in ``unloadable``."""
    return Definition(str(path), *read_content(path))
