"""Lines that several reports have: files that are counted instead of named, and what a change drops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

#: First folder of a path -> what its files are called.
COUNTED = {"scripts": "quest script", "acolytes": "hook script", "skills": "skill"}


def counted_thing(path: str) -> str:
    """What is counted for a file: for a skill that is its folder, whatever it holds."""
    return "/".join(path.split("/")[:2]) if path.startswith("skills/") else path


def counted_lines(verb: str, paths: Sequence[str]) -> list[str]:
    """One line for each agent and for the settings; the rest is counted, without our own state."""
    seen = [path for path in paths if not path.startswith("acolytes/") or path.startswith("acolytes/hooks/")]
    things = dict.fromkeys(counted_thing(path) for path in seen)
    counted = Counter(COUNTED[part] for path in things if (part := path.split("/")[0]) in COUNTED)
    lines = [f"  {verb} {path}" for path in seen if path.split("/")[0] not in COUNTED]
    return lines + [f"  {verb} {count} {name}{'s' * (count > 1)}" for name, count in counted.items()]


def dropped_states(count: int) -> str:
    """The line that says what a change after a rollback costs."""
    return f"  dropped      {count} {'state' if count == 1 else 'states'} that `acolytes forward` could go to"
