"""One agent definition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.fields import Field, Fields, read_fields
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.definitions.kinds import Kind
from acolytes_cc.definitions.markdown import Structure
from acolytes_cc.definitions.source import Source
from acolytes_cc.definitions.tool_list import ToolEntry, tool_entries

# The client skips larger files.
SIZE_LIMIT = 1_048_576


@dataclass(frozen=True)
class Definition:
    """A definition of an agent or a skill: its source, and what the client would find in it.

    ``unloadable`` says why its content was not read at all; the source is empty then.
    """

    path: str
    source: Source
    unloadable: str | None = None
    kind: Kind = "agent"

    @property
    def text(self) -> str:
        return self.source.text

    @cached_property
    def block(self) -> frontmatter.Block | None:
        """Where the frontmatter is, or None when the client sees none."""
        return frontmatter.find(self.text)

    @cached_property
    def yaml(self) -> Fields:
        """The fields with their positions; empty without frontmatter."""
        return read_fields(self.text, self.block.yaml) if self.block else Fields()

    @cached_property
    def _by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.yaml.fields}

    def field(self, key: str) -> Field | None:
        """The field of that name; of several the last, which is the client's choice."""
        return self._by_key.get(key)

    def has_text(self, key: str) -> bool:
        """Whether the field is a string that is not empty, which the client wants of a name and a description."""
        field = self.field(key)
        return field is not None and isinstance(field.value.data, str) and bool(field.value.data)

    def tool_entries(self, key: str) -> tuple[ToolEntry, ...]:
        """The entries of ``tools`` or ``disallowedTools``, each with its place."""
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
        return self.text[self.body_start :]

    @cached_property
    def body_length(self) -> int:
        """The number of characters in the body, without white space around it: no copy is made of it."""
        text, start, end = self.text, self.body_start, len(self.text)
        while end > start and text[end - 1].isspace():
            end -= 1
        while start < end and text[start].isspace():
            start += 1
        return end - start

    @cached_property
    def structure(self) -> Structure:
        """The body's Markdown; read when first asked for."""
        return Structure(self.text, self.body_start)


def parse_definition(data: bytes, path: str) -> Definition:
    """A definition from its bytes; never raises, whatever they are."""
    if len(data) > SIZE_LIMIT:
        return Definition(path, Source(b""), f"it is larger than {SIZE_LIMIT:,} bytes")
    return Definition(path, Source(data))


def load_definition(path: Path) -> Definition:
    """A definition from a file; what keeps it from being read is its ``unloadable``."""
    try:
        return parse_definition(read_bytes(path, SIZE_LIMIT + 1), str(path))
    except OSError as error:
        return Definition(str(path), Source(b""), error.strerror or str(error))
