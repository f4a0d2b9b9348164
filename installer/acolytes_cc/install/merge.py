"""The three-way merge of one installed file: what we rendered last, what the user made of it, what we render now.

It reads nothing from the installation and writes nothing to it: it takes bytes, and returns bytes or a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.source import Source
from acolytes_cc.install.merge_frontmatter import KeyConflictError, Unmergeable, merge_yaml, read_parts
from acolytes_cc.install.merge_lines import LineConflictError, line_end, merge_lines, unix


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge succeeded: ``content`` is what to write."""

    content: bytes


@dataclass(frozen=True, slots=True)
class NotMerged:
    """The user's file stays as it is, for a reason.

    ``keep-user``: it cannot be merged. ``conflict``: both sides changed the same key or lines.
    """

    action: Literal["keep-user", "conflict"]
    reason: str


MergeResult: TypeAlias = Merged | NotMerged


def merge(baseline: bytes, users: bytes, ours: bytes) -> MergeResult:
    """Bring the change from ``baseline`` to ``ours`` into ``users``.

    Where all three have frontmatter, it merges by top-level key and the body by lines; else everything merges by lines.
    Outside the keys and lines that we changed, every byte of the user's stays. Where the user changed the same key or
    line too, the result is a conflict. Our text gets the line ends of the user's file.

    Raises:
        UserError: git is missing.
    """
    if users == baseline:
        return Merged(ours)
    if ours in (baseline, users):
        return Merged(users)
    sources = [Source(data) for data in (baseline, users, ours)]
    for whose, source in zip(("the last version", "your file", "the new version"), sources, strict=True):
        if problem := _not_text(source):
            return NotMerged("keep-user", f"{whose} {problem}")
    old, users_text, new = (source.text for source in sources)
    if frontmatter.find_block(old) and frontmatter.find_block(new):
        return _merge_definition(old, users_text, new)
    try:
        return Merged(merge_lines(old, users_text, new, line_end(users_text)).encode())
    except LineConflictError as conflict:
        return NotMerged("conflict", conflict.reason(0))


def _not_text(source: Source) -> str | None:
    if len(source.data) > SIZE_LIMIT:
        return f"is larger than {SIZE_LIMIT:,} bytes"
    if source.undecodable:
        return f"is not UTF-8 (line {source.position(source.undecodable[0]).line})"
    return "is not text" if "\0" in source.text else None


def _merge_definition(old: str, users_text: str, new: str) -> MergeResult:
    eol = line_end(users_text)
    users = read_parts(users_text)
    if isinstance(users, Unmergeable):
        return NotMerged("keep-user", f"your file's frontmatter {users.reason}")
    baseline, ours = (read_parts(unix(text).replace("\n", eol)) for text in (old, new))
    if isinstance(baseline, Unmergeable) or isinstance(ours, Unmergeable):
        return NotMerged("conflict", "the frontmatter of our own versions cannot be merged")
    reasons = []
    yaml, body = users.yaml, users.body
    try:
        yaml = merge_yaml(baseline.yaml, users.yaml, ours.yaml)
    except KeyConflictError as conflict:
        reasons.append(str(conflict))
    try:
        body = merge_lines(baseline.body, users.body, ours.body, eol)
    except LineConflictError as conflict:
        reasons.append(conflict.reason(users_text.count("\n", 0, len(users_text) - len(users.body))))
    if reasons:
        return NotMerged("conflict", "; ".join(reasons))
    fence = users.fence if users.fence.endswith("\n") or not body else users.fence + eol
    merged = users.head + yaml.text + fence + body
    reread = read_parts(merged)
    if isinstance(reread, Unmergeable) or (reread.yaml.meanings, reread.body) != (yaml.meanings, body):
        return NotMerged("conflict", "the merged frontmatter would not have the values of yours and ours")
    return Merged(merged.encode())
