"""The text of a definition in parts: the keys of its frontmatter with their lines, and its body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.definitions.yaml_fields import read_fields
from acolytes_cc.install.disk.clashes import FRONTMATTER, Lines
from acolytes_cc.install.merging.lines import unix

_CLOSING_LINE = re.compile(r"---[ \t]*(?:\r?\n|\Z)")
_BLANKS_AND_COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


@dataclass(frozen=True, slots=True)
class Unmergeable:
    """Why a frontmatter cannot be merged; ``reason`` continues a sentence that begins with its name."""

    reason: str


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """One key of a frontmatter, with its text."""

    key: str
    gap: str
    """the blank lines and comments above it"""
    block: str
    """its own lines"""
    meaning: str
    """its parsed value, as ``repr``"""
    value: Span | None
    """where the value is in ``block``; None for an empty value and for an alias"""

    @property
    def raw_value(self) -> str | None:
        """The value as it is written, with LF line ends."""
        return None if self.value is None else unix(self.block[slice(*self.value)])

    def is_written_as(self, other: KeyBlock) -> bool:
        """Whether the key's lines are the same but for their line ends."""
        return unix(self.block) == unix(other.block)


@dataclass(frozen=True, slots=True)
class FrontmatterText:
    """The text of a frontmatter, divided: its keys in their order, and what follows the last."""

    entries: tuple[KeyBlock, ...]
    tail: str

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(entry.gap + entry.block for entry in self.entries) + self.tail

    def entry(self, key: str) -> KeyBlock | None:
        """The lines of one key."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def text_above(self, key: str) -> str:
        """Everything above the lines of ``key``."""
        above = ""
        for entry in self.entries:
            above += entry.gap
            if entry.key == key:
                break
            above += entry.block
        return above

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Each key and its parsed value."""
        return [(entry.key, entry.meaning) for entry in self.entries]


@dataclass(frozen=True, slots=True)
class DefinitionParts:
    """The whole text of a definition in four parts: opening ``---``, YAML, closing ``---``, body."""

    head: str
    yaml: str
    fence: str
    body: str

    @property
    def text(self) -> str:
        """The whole text."""
        return self.head + self.yaml + self.fence + self.body

    @property
    def keys(self) -> FrontmatterText | Unmergeable:
        """The frontmatter key by key, or why it cannot be merged so."""
        return divide(self.yaml, _line(self.head, len(self.head)))

    @property
    def lines_above_body(self) -> int:
        """How many lines are above the body."""
        return (self.head + self.yaml + self.fence).count("\n")

    def key_text(self, key: str) -> str | None:
        """The lines of one key, of all for ``FRONTMATTER``; None where it is missing."""
        if key == FRONTMATTER:
            return self.yaml
        entry = None if isinstance(self.keys, Unmergeable) else self.keys.entry(key)
        return entry.block if entry else None

    def key_meaning(self, key: str) -> str | None:
        """The parsed value of one key, the text for ``FRONTMATTER``; None where it is missing."""
        if key == FRONTMATTER:
            return self.yaml
        entry = None if isinstance(self.keys, Unmergeable) else self.keys.entry(key)
        return entry.meaning if entry else None

    def key_lines(self, key: str) -> Lines:
        """The place of ``key_text`` in the file; for a key that is missing, an empty range in the first line."""
        written = self.key_text(key)
        if written is None:
            return Lines(0, 0)
        above = self.head
        if key != FRONTMATTER and not isinstance(self.keys, Unmergeable):
            above += self.keys.text_above(key)
        return Lines(0, written.count("\n")).shifted(above.count("\n"))


def read_parts(text: str) -> DefinitionParts | Unmergeable:
    """Divide a definition, or say why it cannot be merged safely."""
    block = frontmatter.find_block(text)
    if block is None:
        return Unmergeable("is missing")
    closing = _CLOSING_LINE.match(text, block.closing)
    if not closing or text[block.closing - 1] != "\n":
        return Unmergeable(f"has its closing `---` inside a line (line {_line(text, block.closing)})")
    yaml = text[slice(*block.yaml)]
    return DefinitionParts(text[: block.yaml.start], yaml, text[block.closing : closing.end()], text[closing.end() :])


def with_line_ends(yaml: str, eol: str) -> str:
    """The text of a frontmatter with these line ends, or with LF where the client can read it only so.

    Its repair of values that are not YAML leaves out lines with CR LF.
    """
    plain = unix(yaml)
    text = plain.replace("\n", eol)
    return plain if _is_unreadable(text) and not _is_unreadable(plain) else text


def _is_unreadable(yaml: str) -> bool:
    return read_fields(yaml, Span(0, len(yaml))).problem is not None


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


# parsing takes most of the time of a merge, and few of its frontmatters differ
@lru_cache(maxsize=8)
def divide(text: str, first_line: int) -> FrontmatterText | Unmergeable:
    """Divide the text between the fences; ``first_line`` is its place in the file, for the reason."""
    fields = read_fields(text, Span(0, len(text)))
    if fields.problem:
        line = first_line - 1 + _line(text, fields.problem.offset)
        return Unmergeable(f"does not parse (line {line}: {fields.problem.message})")
    if fields.repaired:
        return Unmergeable("is not strict YAML, though the client loads it: put quotes around values that hold `: `")
    keys = [field.key for field in fields.fields]
    if repeated := next((key for key in keys if keys.count(key) > 1), None):
        return Unmergeable(f"has the key `{repeated}` twice")
    starts = [*(field.span.start for field in fields.fields), len(text)]
    above = text[: starts[0]]
    if not _BLANKS_AND_COMMENTS.fullmatch(unix(above)) or any(text[start - 1] != "\n" for start in starts if start):
        return Unmergeable("is not one `key: value` after the other, each from the first column")
    entries = []
    for field, region_end in zip(fields.fields, starts[1:], strict=True):
        entries.append(_entry(text, field, above, region_end))
        above = text[field.span.start + len(entries[-1].block) : region_end]
    return FrontmatterText(tuple(entries), above)


def _value_end(text: str, value: Value) -> int:
    """The end of the value's last character; 0 for an empty value, whose span may be anywhere before the next key.

    The span of a block list or map reaches over the comments below it, so its last element decides.
    """
    inside = [*value.items, *(field.value for field in value.fields)]
    if inside and text[value.span.start] not in "[{":
        return _value_end(text, inside[-1])
    return value.span.end if value.span.start < value.span.end else 0


def _block_end(text: str, content_end: int, region_end: int) -> int:
    """Where a key's lines end: before the blank lines, and comments from the first column, above the next key.

    An indented comment belongs to the key above it.
    """
    while True:
        start = text.rfind("\n", 0, region_end - 1) + 1
        line = text[start:region_end]
        if start < content_end or not (line.isspace() or line.startswith("#")):
            return region_end
        region_end = start


def _entry(text: str, field: Field, gap: str, region_end: int) -> KeyBlock:
    start, value_start, value_end = field.span.start, field.value.span.start, _value_end(text, field.value)
    return KeyBlock(
        field.key,
        gap,
        text[start : _block_end(text, max(field.span.end, value_end), region_end)],
        repr(field.value.plain()),
        # an alias has the span of its anchor, above
        Span(value_start - start, value_end - start) if start < value_start < value_end else None,
    )
