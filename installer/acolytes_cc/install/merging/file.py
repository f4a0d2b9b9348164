"""The three-way merge of one installed file: what we rendered last, what the user made of it, what we render now.

It reads nothing from the installation and writes nothing to it: it takes bytes, and returns bytes or a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.source import Source
from acolytes_cc.install.disk.clashes import FRONTMATTER, Clash, Lines, describe, part_hash
from acolytes_cc.install.merging.frontmatter import merge_yaml
from acolytes_cc.install.merging.lines import LineClash, line_end, merge_lines, split_lines, unix
from acolytes_cc.install.merging.parts import DefinitionParts, Unmergeable, read_parts, with_line_ends


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge succeeded: ``content`` is what to write.

    In the parts that clash it has the user's text. ``reason`` names these parts with their lines in the user's file.
    """

    content: bytes
    clashes: tuple[Clash, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NotMerged:
    """The whole file stays as the user has it, for a reason."""

    reason: str


MergeResult: TypeAlias = Merged | NotMerged


def merge(baseline: bytes, users: bytes, ours: bytes) -> MergeResult:
    """Bring the change from ``baseline`` to ``ours`` into ``users``.

    Where all three have frontmatter, it merges by key and the body by lines; else everything merges by lines. Outside
    the keys and lines that we changed, every byte of the user's stays. Where the user changed the same key or line too,
    the user's stays as well, and is named as a clash. Our text gets the line ends of the user's file.
    """
    if users == baseline:
        return Merged(ours)
    if ours in (baseline, users):
        return Merged(users)
    sources = [Source(data) for data in (baseline, users, ours)]
    for whose, source in zip(("the last version", "your file", "the new version"), sources, strict=True):
        if problem := _not_text(source):
            return NotMerged(f"{whose} {problem}")
    old, users_text, new = (source.text for source in sources)
    if frontmatter.find_block(old) and frontmatter.find_block(new):
        return _merge_definition(old, users_text, new)
    merged = merge_lines(old, users_text, new, line_end(users_text))
    return _result(merged.text, [_of_lines(clash, new) for clash in merged.clashes])


def _not_text(source: Source) -> str | None:
    if len(source.data) > SIZE_LIMIT:
        return f"is larger than {SIZE_LIMIT:,} bytes"
    if source.undecodable:
        return f"is not UTF-8 (line {source.position(source.undecodable[0]).line})"
    return "is not text" if "\0" in source.text else None


class _Found(NamedTuple):
    """A clash, and its lines in the user's file before the merge."""

    clash: Clash
    before: Lines


def _result(text: str, found: list[_Found]) -> Merged:
    reason = describe([each.clash._replace(lines=each.before) for each in found])
    return Merged(text.encode(), tuple(each.clash for each in found), reason)


def _of_lines(clash: LineClash, new: str, users_above: int = 0, merged_above: int = 0, new_above: int = 0) -> _Found:
    """``above`` is how many lines of a file are above the text that was merged."""
    their_lines = clash.ours.shifted(new_above)
    theirs = "".join(split_lines(new)[slice(*their_lines)])
    lines = clash.merged.shifted(merged_above)
    return _Found(
        Clash("", part_hash(clash.base), part_hash(theirs), lines, their_lines), clash.users.shifted(users_above)
    )


def _merge_definition(old: str, users_text: str, new: str) -> MergeResult:
    eol = line_end(users_text)
    users = read_parts(users_text)
    if isinstance(users, Unmergeable):
        return NotMerged(f"your file's frontmatter {users.reason}")
    baseline, ours = (read_parts(unix(text).replace("\n", eol)) for text in (old, new))
    if isinstance(baseline, Unmergeable) or isinstance(ours, Unmergeable):
        return NotMerged("the frontmatter of our own versions cannot be merged")
    lines = merge_lines(baseline.body, users.body, ours.body, eol)
    merged = _merge_keys(baseline, users, ours, lines.text, eol) or _choose_frontmatter(
        baseline, users, ours, lines.text, eol
    )
    if isinstance(merged, NotMerged):
        return merged
    parts, keys = merged
    found = []
    for key in keys:
        base, theirs = baseline.key_text(key), ours.key_text(key)
        clash = Clash(key, part_hash(base), part_hash(theirs), parts.key_lines(key), ours.key_lines(key))
        found.append(_Found(clash, users.key_lines(key)))
    above = [each.lines_above_body for each in (users, parts, ours)]
    found += [_of_lines(clash, new, *above) for clash in lines.clashes]
    return _result(parts.text, found)


class _Frontmatter(NamedTuple):
    """The merged definition, and the keys that both sides changed in different ways."""

    parts: DefinitionParts
    clashing: list[str]


def _merge_keys(
    baseline: DefinitionParts, users: DefinitionParts, ours: DefinitionParts, body: str, eol: str
) -> _Frontmatter | None:
    """Key by key; None where the result would not have the values of both."""
    old, mine, new = baseline.keys, users.keys, ours.keys
    if isinstance(old, Unmergeable) or isinstance(mine, Unmergeable) or isinstance(new, Unmergeable):
        return None
    merged = merge_yaml(old, mine, new)
    parts = _with_body(users, merged.yaml.text, body, eol)
    reread = read_parts(parts.text)
    if isinstance(reread, Unmergeable) or isinstance(reread.keys, Unmergeable) or reread.body != body:
        return None
    return _Frontmatter(parts, merged.clashing) if reread.keys.meanings == merged.yaml.meanings else None


def _choose_frontmatter(
    baseline: DefinitionParts, users: DefinitionParts, ours: DefinitionParts, body: str, eol: str
) -> _Frontmatter | NotMerged:
    """The frontmatter as a whole, from the side that changed it."""
    old, mine, new = (unix(parts.yaml) for parts in (baseline, users, ours))
    chosen = with_line_ends(ours.yaml, eol) if mine == old else users.yaml
    clashing = [] if mine == old or new in (old, mine) else [FRONTMATTER]
    if clashing and isinstance(users.keys, Unmergeable):
        return NotMerged(f"your file's frontmatter {users.keys.reason}")
    parts = _with_body(users, chosen, body, eol)
    reread = read_parts(parts.text)
    if isinstance(reread, Unmergeable) or reread.body != body:
        return NotMerged("your file's frontmatter would have no clear end after the merge")
    return _Frontmatter(parts, clashing)


def _with_body(users: DefinitionParts, yaml: str, body: str, eol: str) -> DefinitionParts:
    fence = users.fence if users.fence.endswith("\n") or not body else users.fence + eol
    return DefinitionParts(users.head, yaml, fence, body)
