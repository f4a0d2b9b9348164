"""Three-way merge of frontmatter by top-level key, as splices of the user's own text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.definitions.yaml_fields import read_fields
from acolytes_cc.install.merge_lines import unix

_CLOSING_LINE = re.compile(r"---[ \t]*(?:\r?\n|\Z)")
_BLANKS_AND_COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


class KeyConflictError(Exception):
    """Both sides changed the same keys, in different ways."""

    def __init__(self, keys: list[str]) -> None:
        names = ", ".join(f"`{key}`" for key in keys)
        super().__init__(f"you and the new version changed {names} differently")


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

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Each key and its parsed value."""
        return [(entry.key, entry.meaning) for entry in self.entries]


@dataclass(frozen=True, slots=True)
class DefinitionParts:
    """The whole text of a definition in four parts: opening ``---``, YAML, closing ``---``, body."""

    head: str
    yaml: FrontmatterText
    fence: str
    body: str


def read_parts(text: str) -> DefinitionParts | Unmergeable:
    """Divide a definition, or say why it cannot be merged safely: it must be strict YAML, one key after the other."""
    block = frontmatter.find_block(text)
    if block is None:
        return Unmergeable("is missing")
    closing = _CLOSING_LINE.match(text, block.closing)
    if not closing or text[block.closing - 1] != "\n":
        return Unmergeable(f"has its closing `---` inside a line (line {_line(text, block.closing)})")
    head = text[: block.yaml.start]
    yaml = _divide(text[slice(*block.yaml)], _line(head, len(head)))
    if isinstance(yaml, Unmergeable):
        return yaml
    return DefinitionParts(head, yaml, text[block.closing : closing.end()], text[closing.end() :])


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


# parsing takes most of the time of a merge, and few of its frontmatters differ
@lru_cache(maxsize=8)
def _divide(text: str, first_line: int) -> FrontmatterText | Unmergeable:
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


def merge_yaml(old: FrontmatterText, mine: FrontmatterText, new: FrontmatterText) -> FrontmatterText:
    """Bring the change from ``old`` to ``new`` into ``mine``; text from ``new`` keeps its line ends.

    Raises:
        KeyConflictError: Both sides changed the same keys, in different ways.
    """
    before = {entry.key: entry for entry in old.entries}
    ours = {entry.key: entry for entry in new.entries}
    kept: list[KeyBlock] = []
    conflicting: list[str] = []
    orphaned = ""
    for entry in mine.entries:
        was, now = before.get(entry.key), ours.get(entry.key)
        if was and not now and entry.is_written_as(was):
            # we remove the key, but not the comment that the user wrote above it
            orphaned += "" if unix(entry.gap) == unix(was.gap) else entry.gap
        elif merged := _merge_entry(was, entry, now):
            kept.append(replace(merged, gap=orphaned + merged.gap))
            orphaned = ""
        else:
            conflicting.append(entry.key)
    if conflicting:
        raise KeyConflictError(conflicting)
    users_keys = {entry.key for entry in mine.entries}
    for previous, entry in zip((None, *new.entries), new.entries, strict=False):
        if entry.key not in before and entry.key not in users_keys:
            kept.insert(_place_after(previous, kept), entry)
    return FrontmatterText(tuple(kept), orphaned + _choose(old.tail, mine.tail, new.tail))


def _merge_entry(was: KeyBlock | None, entry: KeyBlock, now: KeyBlock | None) -> KeyBlock | None:
    """The user's ``entry`` with our change in it; None where the two conflict."""
    if now is None:
        return None if was else entry
    if was is None:
        return entry if now.meaning == entry.meaning else None
    entry = replace(entry, gap=_choose(was.gap, entry.gap, now.gap))
    if entry.is_written_as(was):
        return entry if now.is_written_as(was) else replace(now, gap=entry.gap)
    if now.meaning in (was.meaning, entry.meaning):
        return entry
    if entry.value and now.value and was.value and entry.raw_value == was.raw_value:
        # the user changed only the spacing, or a comment beside the value
        before, after = entry.block[: entry.value.start], entry.block[entry.value.end :]
        if before == was.block[: was.value.start]:
            before = now.block[: now.value.start]
        return replace(entry, block=before + now.block[slice(*now.value)] + after, meaning=now.meaning)
    return None


def _place_after(previous: KeyBlock | None, entries: list[KeyBlock]) -> int:
    keys = [entry.key for entry in entries]
    if previous is None:
        return 0
    return keys.index(previous.key) + 1 if previous.key in keys else len(keys)


def _choose(old: str, mine: str, new: str) -> str:
    """Comments and blank lines: ours where the user did not change them, else the user's."""
    return new if unix(mine) == unix(old) != unix(new) else mine
