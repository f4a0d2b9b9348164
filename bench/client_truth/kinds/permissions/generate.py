"""Cases of one permission rule each, or of a few good ones together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any

from bench.client_truth.case import Case
from bench.client_truth.kinds.permissions.forms import FORMS, GOOD, WHOLE_TOOLS, Call

_LETTERS = "bcdfghjkmnpqrstvwxz"
_NO_TEXT: tuple[Any, ...] = (5, None, True, [], {}, "", " ", ["Bash(ls)"], {"tool": "Bash"})

_ALLOWED_ANYWAY = frozenset({"Read", "Agent", "Skill"})


def generate(random: Random) -> Iterator[Case]:
    """Cases without end."""
    for number in count():
        name = random.choice(_LETTERS) + random.choice(_LETTERS) + f"{number}x"
        key = random.choice(("allow", "deny", "ask"))
        sort = random.choices(("form", "slip", "good", "whole", "no text"), (45, 15, 25, 12, 3))[0]
        if sort == "good":
            chosen = random.sample(GOOD, random.randint(1, 4))
            key = _observable(random, key, [call for _, call in chosen])
            pairs = [
                (form.replace("@", f"{name}{at}"), _named(call, f"{name}{at}"))
                for at, (form, call) in enumerate(chosen)
            ]
        elif sort == "no text":
            wrong = random.choice(_NO_TEXT)
            pairs = [(f"Bash({name} *)", Call("Bash", {"command": f"{name} build", "description": "work"}))]
            yield _case(f"perm{number}-{key}", key, [wrong, *(rule for rule, _ in pairs)], pairs, name)
            continue
        else:
            form, call = random.choice(WHOLE_TOOLS if sort == "whole" else FORMS)
            if sort == "slip":
                form = slipped(random, form)
            key = _observable(random, key, [call])
            pairs = [(form.replace("@", name), _named(call, name))]
        yield _case(f"perm{number}-{key}", key, [rule for rule, _ in pairs], pairs, name, alone=sort == "whole")


def slipped(random: Random, form: str) -> str:
    """The form with one character lost, doubled, added, or in the other case: forms that nobody thought of.

    What is between brackets stays: no file tells that another word was meant there.
    """
    start = form.find("(")
    places = [
        at for at, letter in enumerate(form) if letter not in "@%" and (start < 0 or at <= start or at == len(form) - 1)
    ]
    if not places:
        return form
    at = random.choice(places)
    other = random.choice((form[at] * 2, "", form[at].swapcase(), form[at] + random.choice(" *:,.|()/"), form[at]))
    return form[:at] + other + form[at + 1 :]


def _observable(random: Random, key: str, calls: list[Call]) -> str:
    """A list in which a rule for these calls shows: the client allows some calls without a rule."""
    tools = {call.tool for call in calls}
    if key == "allow" and tools & _ALLOWED_ANYWAY:
        return random.choice(("ask", "deny"))
    return key


def _named(call: Call, name: str) -> Call:
    return Call(
        call.tool.replace("@", name),
        {key: value.replace("@", name) if isinstance(value, str) else value for key, value in call.input.items()},
    )


def _case(
    identity: str, key: str, rules: list[Any], pairs: list[tuple[str, Call]], name: str, *, alone: bool = False
) -> Case:
    return Case(
        id=identity,
        kind="permissions",
        files={".claude/settings.json": json.dumps({"permissions": {key: rules}}, indent=2) + "\n"},
        intent={
            "key": key,
            "rules": rules,
            "calls": [{"tool": call.tool, "input": dict(call.input)} for _, call in pairs],
            "name": name,
            "alone": alone,
        },
    )
