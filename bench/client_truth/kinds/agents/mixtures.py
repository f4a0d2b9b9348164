"""Whole definitions: good ones as people write them, and mutated ones that only have to be loaded or not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker, mark_of
from bench.client_truth.kinds.agents.words import WORDS

_DUTIES = (
    *(
        "Reviews SQL migrations for locks and data loss",
        "Writes release notes from merged changes",
        "Finds flaky tests",
    ),
    *(
        "Explains query plans, and proposes indexes",
        "Checks accessibility of pages against WCAG 2.2 AA",
        "Keeps docs true",
    ),
)
_OCCASIONS = (
    *("Use after a change is written.", "Use PROACTIVELY when tests fail.", "MUST BE USED before a release."),
    *('Use when the user asks "why is this slow?".', "Use for pull requests, not for commits.", "Use when asked."),
)
_PARTS = (
    *(
        "# Role",
        "## Steps\n\n1. Read the change.\n2. Run `git diff`.\n3. Report.",
        "```sh\nnpm test -- --watch=false\n```",
    ),
    *(
        "Answer with a table:\n\n| File | Finding |\n|---|---|\n| a.py | ok |",
        "Never change files that you were not asked to.",
    ),
    *(
        "> Quote the error.",
        "- one\n- two\n  - three",
        "<example>\nuser: hi\n</example>",
        "Costs about $5? No. 100 % sure.",
    ),
)
_MUTATIONS = (
    "",
    "\n",
    "\n\n",
    " ",
    "\t",
    ":",
    ": ",
    " #",
    "#",
    "-",
    "- ",
    "---",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&",
    "*",
    "!",
)
_MUTATIONS_MORE = (
    "|",
    ">",
    "%",
    "@",
    "`",
    "\\",
    "\0",
    "\r",
    "\r\n",
    "é",
    "\u0085",
    "<<",
    "? ",
    "null",
    "true",
    "1e3",
    "=",
    "~",
)


def good(random: Random, draft: Draft) -> Case:
    """A definition as a careful person writes it."""
    text = f"{random.choice(_DUTIES)}. {random.choice(_OCCASIONS)} For {draft.token}."
    block = random.choice(
        (
            text,
            f'"{text.replace(chr(34), chr(92) + chr(34))}"',
            f">-\n  {text.replace('. ', '.' + chr(10) + '  ')}",
            f"|\n  {text}",
        )
    )
    draft = replace(draft, description=f"description: {block}", wants={"description": text})
    tools = random.sample(WORDS["given"][:8], random.randint(1, 5))
    form = random.choice((", ".join(tools), f"[{', '.join(tools)}]", "".join(f"\n  - {tool}" for tool in tools)))
    more = [
        ("model", random.choice(WORDS["models"][:5])),
        ("color", random.choice(WORDS["colors"])),
        ("effort", random.choice(WORDS["efforts"])),
        ("maxTurns", str(random.randint(5, 60))),
    ]
    for key, value in random.sample(more, random.randint(0, 3)):
        draft = draft.with_field(f"{key}: {value}", **({} if key == "maxTurns" else {key: value}))
    if random.random() < 0.7:
        draft = draft.with_field(f"tools: {form}", tools=tools)
    body = "\n\n".join([f"{mark_of(draft.token)} You help.", *random.sample(_PARTS, random.randint(1, 6))])
    return replace(draft, body=body + "\n").case("good")


def mutated(random: Random, draft: Draft) -> Case:
    """A definition with some random edits: all that counts is whether the client loads it."""
    form = random.choice(("Read, Bash", "[Read, Bash]", "\n  - Read\n  - Bash", '["Read"]', "Read"))
    words = random.choice(
        ("x", "one\n  two", "Use this: now", '"quoted words"', "'single'", ">-\n  folded\n  lines", "|\n  a\n  b")
    )
    fields = [f"description: {words}", f"tools: {form}", "model: haiku", "metadata:\n  a: b\n  c: [1, 2]", "hooks: {}"]
    random.shuffle(fields)
    lines = [f"name: {draft.token}", *fields[: random.randint(2, 5)]]
    if not any(line.startswith("description") for line in lines):
        lines.append(f"description: {words}")
    text = "\n".join(lines)
    start = text.index("\n") + 1
    for _ in range(random.randint(1, 4)):
        at = random.randrange(start, len(text) + 1)
        text = text[:at] + random.choice(_MUTATIONS + _MUTATIONS_MORE) + text[at + random.choice((0, 0, 1, 1, 2)) :]
    content = f"---\n{text}\n---\n\n{draft.plain_body}"
    return replace(draft, wants={"only_loaded": True, "description": ""}).case("fuzz", content)


MAKERS: dict[str, Maker] = {"good": good, "fuzz": mutated}
