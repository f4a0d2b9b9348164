"""A key binding has no effect.

## What it does
Reports contexts, actions and keys of keybindings.json that the client does not know, reserved keys, keys that are bound
twice in a context to different actions, and `command:` outside the context `Chat`.

## Why
Client 2.1.332 ignores such a binding, or loads it and never sees the key. Only its debug file or nothing says so.

## Bad
```json
{"bindings": [{"context": "Chat", "bindings": {"ctrl-k": "chat:clear"}}]}
```

## Good
```json
{"bindings": [{"context": "Chat", "bindings": {"ctrl+k": "chat:clearInput"}}]}
```

## How to fix
Use the name in the message. `/keybindings` in the client writes a file with all contexts and actions.

## Source
Tested with client 2.1.332 in a terminal. What the client says of each file is compared by `bench/client_truth --kind
keybindings`. Names of keys were tried by pressing them: `pgup`, `arrowup`, `f5`, `insert`, `ctrl-k` and `^k` never
arrived; `k+ctrl` did. The contexts and actions are in `schemas/keybindings.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.key_bindings import key_problem, presses
from acolytes_cc.lint.support.suggest import closest_name
from acolytes_cc.resources import data_path

CODE = "ACO551"
NAME = "keybindings-entry"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("keybindings",)

_COMMAND = "command:"
_PUSH_TO_TALK = "voice:pushToTalk"


@lru_cache(maxsize=1)
def _known() -> Mapping[str, list[str]]:
    lists: Mapping[str, list[str]] = json.loads((data_path("schemas") / "keybindings.json").read_text("utf-8"))
    return lists


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    blocks = document.field("bindings") if isinstance(document.root, Value) else None
    bound: dict[tuple[str, tuple[str, ...]], tuple[Value, object]] = {}
    for block in blocks.value.items if blocks else ():
        context, inner = block.member("context"), block.member("bindings")
        name = context.value.data if context else None
        if context is None or inner is None or not isinstance(name, str):
            continue
        if name not in _known()["contexts"]:
            yield Problem(
                context.value.span.start, f"The client has no context {quoted(name)}. {_hint(name, 'contexts')}"
            )
        for field in inner.value.fields:
            yield from _problems(field, name)
            place = (name, tuple(presses(field.key)))
            action = field.value.plain()
            before, earlier_action = bound.get(place, (None, None))
            # the same action again, in a later block, costs nothing
            if before is not None and (before is block or action is None or action != earlier_action):
                message = f"{quoted(field.key)} is bound twice in {quoted(name)}. The client uses only the last one."
                yield Problem(field.span.start, message)
            bound[place] = block, action


def _problems(field: Field, context: str) -> Iterator[Problem]:
    if problem := key_problem(field.key):
        yield Problem(field.span.start, f"The key {quoted(field.key)} never arrives. {problem}")
    action = field.value.data
    if not isinstance(action, str):
        return
    problem = _action_problem(action, field.key, context)
    if problem:
        yield Problem(field.value.span.start, problem)


def _action_problem(action: str, key: str, context: str) -> str | None:
    if action.startswith(_COMMAND):
        if not re.fullmatch(r"[\w:-]+", action.removeprefix(_COMMAND), re.ASCII):
            return f"{quoted(action)} is not a command: write its name without `/`, spaces or dots."
        if context != "Chat":
            return f"`{_COMMAND}` works only in the context `Chat`. Move this key there."
    elif action not in _known()["actions"]:
        return f"The client has no action {quoted(action)}, so it ignores this key. {_hint(action, 'actions')}"
    elif action == _PUSH_TO_TALK and re.fullmatch(r"\w", key):
        return f"{quoted(key)} would also be typed. Use space, or a key with a modifier."
    return None


def _hint(name: str, kind: str) -> str:
    close = closest_name(name, _known()[kind])
    return f"Did you mean `{close}`?" if close else "`/keybindings` in the client writes a file with all names."
