"""The three-way merge of one installed file: what we rendered last, what the user made of it, what we render now.

Nothing is read from the installation and nothing is written to it: bytes go in, bytes or a refusal come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.source import Source
from acolytes_cc.install.merge_frontmatter import DisagreementError, Unmergeable, merge_yaml, read_parts
from acolytes_cc.install.merge_lines import OverlapError, line_end, merge_lines, unix


@dataclass(frozen=True)
class Taken:
    """The merge succeeded: ``content`` is what to write."""

    content: bytes


@dataclass(frozen=True)
class Refused:
    """The user's file stays as it is.

    ``keep-user``: it cannot be merged; ``conflict``: both sides changed the same key or lines, which ``reason`` names.
    """

    action: Literal["keep-user", "conflict"]
    reason: str


Merged = Taken | Refused


def merge(baseline: bytes, users: bytes, ours: bytes) -> Merged:
    """Bring the change from ``baseline`` to ``ours`` into ``users``.

    Where all three have frontmatter it merges by top-level key and the body by lines; else everything merges by lines.
    Every byte of the user's outside a key or line that we changed stays as it is; where the user changed that, too, the
    answer is a conflict. What we bring gets the line ends of the user's file. Raises UserError where git is missing.
    """
    if users == baseline:
        return Taken(ours)
    if ours in (baseline, users):
        return Taken(users)
    sources = [Source(data) for data in (baseline, users, ours)]
    for whose, source in zip(("the last version", "your file", "the new version"), sources, strict=True):
        if problem := _not_text(source):
            return Refused("keep-user", f"{whose} {problem}")
    old, mine, new = (source.text for source in sources)
    if frontmatter.find(old) and frontmatter.find(new):
        return _merge_definition(old, mine, new)
    try:
        return Taken(merge_lines(old, mine, new, line_end(mine)).encode())
    except OverlapError as overlap:
        return Refused("conflict", overlap.reason(0))


def _not_text(source: Source) -> str | None:
    if len(source.data) > SIZE_LIMIT:
        return f"is larger than {SIZE_LIMIT:,} bytes"
    if source.undecodable:
        return f"is not UTF-8 (line {source.position(source.undecodable[0]).line})"
    return "is not text" if "\0" in source.text else None


def _merge_definition(old: str, mine: str, new: str) -> Merged:
    eol = line_end(mine)
    users = read_parts(mine)
    if isinstance(users, Unmergeable):
        return Refused("keep-user", f"your file's frontmatter {users.reason}")
    baseline, ours = (read_parts(unix(text).replace("\n", eol)) for text in (old, new))
    if isinstance(baseline, Unmergeable) or isinstance(ours, Unmergeable):
        return Refused("conflict", "our own versions' frontmatter cannot be merged")
    reasons = []
    yaml, body = users.yaml, users.body
    try:
        yaml = merge_yaml(baseline.yaml, users.yaml, ours.yaml)
    except DisagreementError as disagreement:
        reasons.append(str(disagreement))
    try:
        body = merge_lines(baseline.body, users.body, ours.body, eol)
    except OverlapError as overlap:
        reasons.append(overlap.reason(mine.count("\n", 0, len(mine) - len(users.body))))
    if reasons:
        return Refused("conflict", "; ".join(reasons))
    fence = users.fence if users.fence.endswith("\n") or not body else users.fence + eol
    merged = users.head + yaml.text + fence + body
    again = read_parts(merged)
    if isinstance(again, Unmergeable) or (again.yaml.meanings, again.body) != (yaml.meanings, body):
        return Refused("conflict", "put together, your frontmatter and ours would not mean what each says")
    return Taken(merged.encode())
