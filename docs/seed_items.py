"""Writes docs/seed-items.md: where each of the seed's items is answered now, from docs/seed-items.json.

`python3 dev.py generate` runs it. The items' words come from the seed itself.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "seed-items.md"
CHOICES = ROOT / "docs" / "seed-items.json"
SEED = ROOT / "tests" / "lint" / "data" / "seed" / "ops.performance.md"
#: The test that the sections which rest on judgement say how the work is done.
SECTION_TEST = "tests/agents/test_agents_seed_items.py"
INTRODUCTION = """\
# What answers each item of the original agent

The *seed* is the agent definition from which this project began. It lists {count} things that a performance consultant
does. It does not say how. This table says where each one is now. `docs/seed_items.py` writes it from
`docs/seed-items.json`.

*Answered by* has commands of `acolytes-perf`. No command can decide what says *judgement*. There, the section has a
checklist, a template or steps. The words in quotes are where they begin. The agent reads the *section*. The *test*
holds the first command to published or simulated figures, or the section to its form.

[seed-map.md](seed-map.md) has the other parts of the seed.

"""


class Item(NamedTuple):
    """A thing that the seed lists: the heading above it, its name, and what it is."""

    heading: str
    name: str
    text: str


def seed_items() -> list[Item]:
    """The items of the seed, from its core responsibilities to its last list, in order.

    Returns:
        Every line such as "- **Name**: text" or "1. **Name**: text".
    """
    body = SEED.read_text("utf-8").partition("## Core Responsibilities\n")[2].partition("## CRITICAL RULES")[0]
    heading, found = "Core Responsibilities", []
    for line in body.splitlines():
        if match := re.match(r"(?:#+ |\*\*)(.+?)(?::?\*\*)?:?$", line):
            heading = match[1]
        elif match := re.match(r"(?:-|\d+\.) \*\*(.+?)\*\*: (.+)$", line):
            found.append(Item(heading, match[1], match[2]))
    return found


def page() -> str:
    """The text of docs/seed-items.md.

    Raises:
        ValueError: the names in docs/seed-items.json are not those of the seed, in its order.
    """
    items, choices = seed_items(), json.loads(CHOICES.read_text("utf-8"))
    if len(items) != len(choices["items"]):
        raise ValueError(f"docs/seed-items.json has {len(choices['items'])} items, and the seed {len(items)}")
    lines, heading = [], ""
    for item, choice in zip(items, choices["items"], strict=True):
        if item.name != choice["item"]:
            raise ValueError(f"docs/seed-items.json has {choice['item']!r} where the seed has {item.name!r}")
        if item.heading != heading:
            heading = item.heading
            lines += [
                "",
                f"## {heading}",
                "",
                "| Item of the seed | Answered by | Section | Test |",
                "|---|---|---|---|",
            ]
        lines.append(_row(item, choice, choices["tests"]))
    return INTRODUCTION.format(count=len(items)) + "\n".join(lines[1:]) + "\n"


def _row(item: Item, choice: dict[str, Any], tests: dict[str, str]) -> str:
    commands = choice.get("commands")
    answered = ", ".join(f"`{name}`" for name in commands) if commands else f'judgement: "{choice["judgement"]} .."'
    test = tests[commands[0]] if commands else SECTION_TEST
    return f"| **{item.name}**: {item.text} | {answered} | `{choice['section']}` | `{test}` |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
