"""keybindings.json of the user: contexts, keys, actions, shapes and odd JSON. One client in a terminal reads them all.

The class comes from what the client says of the file: how many bindings it loaded, and its complaints. Names of keys
are not among them: the client loads any name. Which names arrive was tried by pressing them; see the rule
`keybindings-entry`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bench.client_truth.case import Case, Class, Content
from bench.client_truth.kinds.settings.odd_json import odd_content
from bench.client_truth.terminal import Terminal

KINDS = ("keybindings",)

_DATA = json.loads((Path(__file__).resolve().parents[3] / "schemas" / "keybindings.json").read_text("utf-8"))
_FILE = ".claude/keybindings.json"
_LETTERS = "abefgjklnopqrstuvwxy"
_NAMED = ("up", "down", "enter", "tab", "escape", "space", "delete", "backspace", "home", "end", "pageup", "esc")
_MODIFIERS = ("ctrl", "alt", "shift", "cmd", "meta", "option", "control", "super", "command", "opt", "win", "Ctrl")
_ODD_KEYS = (
    *("ctrl+", "+k", "ctrl++k", "hyper+k", "fn+k", "windows+k", "k+l", "ctrl + k", "ctrl +k", "", "ctrl+k+l", "+"),
    *("ctrl+c", "ctrl+d", "ctrl+m", "ctrl+i", "ctrl+h", "ctrl+[", "ctrl+z", "ctrl+\\", "capslock", "CTRL+C"),
    *(
        "ctrl+k ctrl+c",
        "shift+ctrl+c",
        "ctrl+shift+k",
        " ctrl+k ",
        "ctrl+k  ctrl+l",
        "ctrl+K",
        "control+c",
        "ctrl+alt+c",
    ),
)
_ODD_CONTEXTS = ("chat", "CHAT", "Editor", "Terminal", "*", "", "Input", "global", "chatInput", "Chat ", "Prompt")
_ODD_ACTIONS = (
    *("newline", "chat:Newline", "chat:clear", "submit", "", "chat", "chat:", ":submit", "workbench.action.quickOpen"),
    *("/help", "command:", "command:a b", "command:a.b", "command:/help", "none", "unbound", "chat:submit ", "null"),
)
_WRONG: tuple[Any, ...] = (None, 5, True, "x", [], {}, ["chat:submit"], {"k": 5})
_Block = dict[str, Any]


def generate(random: Random) -> Iterator[Case]:
    """Cases without end; a third of them are good files."""
    for number in count():
        blocks = [_block(random) for _ in range(random.randint(1, 3))]
        mistake = random.choices(tuple(_MISTAKES), tuple(_MISTAKES.values()))[0]
        text: Content | None = None
        document: Any = {"bindings": blocks}
        if random.random() < 0.3:
            document = {"$schema": "https://www.schemastore.org/claude-code-keybindings.json", **document}
        made = mistake(random, document)
        if made is not None:
            text = made
        yield Case(
            id=f"keys{number}-{mistake.__name__.strip('_')}",
            kind="keybindings",
            files={},
            home={_FILE: json.dumps(document, indent=2) if text is None else text},
        )


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what the client said."""
    with Terminal(client, scratch) as terminal:
        said = terminal.said_of(map(_content, cases))
        return [_judged(case, lines) for case, lines in zip(cases, said, strict=True)]


def _content(case: Case) -> bytes:
    match case.home[_FILE]:
        case {"base64": encoded}:
            return base64.b64decode(encoded)
        case text:
            return str(text).encode("utf-8", "surrogatepass")


def _judged(case: Case, lines: list[str]) -> Case:
    complaints = tuple(line for line in lines if re.match(r"\[(error|warning)\]|Invalid|Error", line))
    is_lost = any(line.startswith(("Invalid", "Error")) for line in lines)
    verdict: Class = "DROP" if is_lost else "CHANGE" if complaints else "OK"
    return replace(case, verdict=verdict, observed=complaints or ("loaded",))


def _block(random: Random) -> _Block:
    actions = [_action(random) for _ in range(random.randint(1, 4))]
    needs_chat = any(str(action).startswith("command:") for action in actions)
    context = "Chat" if needs_chat else random.choice(_DATA["contexts"])
    return {"context": context, "bindings": {_keys(random): action for action in actions}}


def _keys(random: Random) -> str:
    return " ".join(_press(random) for _ in range(random.choice((1, 1, 1, 2))))


def _press(random: Random) -> str:
    modifiers = random.sample(_MODIFIERS, random.choice((1, 1, 1, 2)))
    if {"ctrl", "control"} <= {word.lower() for word in modifiers}:  # one key under two names
        modifiers.pop()
    return "+".join([*modifiers, random.choice((random.choice(_LETTERS), random.choice(_NAMED)))])


def _action(random: Random) -> str | None:
    return random.choice((random.choice(_DATA["actions"]), random.choice(_DATA["actions"]), None, "command:help"))


def _nothing_wrong(_random: Random, _document: Any) -> None:
    """A good file."""


def _odd_key(random: Random, document: Any) -> None:
    bindings = random.choice(document["bindings"])["bindings"]
    bindings[random.choice(_ODD_KEYS)] = random.choice(_DATA["actions"])


def _odd_action(random: Random, document: Any) -> None:
    bindings = random.choice(document["bindings"])["bindings"]
    bindings[random.choice(tuple(bindings))] = random.choice(_ODD_ACTIONS)


def _command_elsewhere(random: Random, document: Any) -> None:
    block = random.choice(document["bindings"])
    block["bindings"][_keys(random)] = "command:review"
    block["context"] = random.choice(_DATA["contexts"])


def _odd_context(random: Random, document: Any) -> None:
    random.choice(document["bindings"])["context"] = random.choice(_ODD_CONTEXTS)


def _bound_twice(random: Random, document: Any) -> None:
    block = random.choice(document["bindings"])
    first, action = random.choice(list(block["bindings"].items()))
    again = random.choice(
        (first, first.upper(), "+".join(reversed(first.split("+"))), first.replace("ctrl", "control"))
    )
    document["bindings"].append({"context": block["context"], "bindings": {again: action}})


def _same_key(random: Random, document: Any) -> Content:
    block = random.choice(document["bindings"])
    key = random.choice(tuple(block["bindings"]))
    text = json.dumps(document, indent=2)
    return text.replace(f"{json.dumps(key)}:", f"{json.dumps(key)}: null,\n        {json.dumps(key)}:", 1)


def _wrong_shape(random: Random, document: Any) -> None:
    block = random.choice(document["bindings"])
    match random.randrange(5):
        case 0:
            document["bindings"] = random.choice(_WRONG)
        case 1:
            block["context"] = random.choice(_WRONG)
        case 2:
            block["bindings"] = random.choice(_WRONG)
        case 3:
            block["bindings"][_keys(random)] = random.choice(_WRONG)
        case _:
            document["bindings"].append(random.choice(_WRONG))


def _other_names(random: Random, document: Any) -> None:
    block = random.choice(document["bindings"])
    match random.randrange(4):
        case 0:
            document["keybindings"] = document.pop("bindings")
        case 1:
            block["Context"] = block.pop("context")
        case 2:
            block["keys"] = block.pop("bindings")
        case _:
            document["bindings"] = [{"key": "ctrl+k", "command": "chat:submit", "when": "focus"}]


def _json(random: Random, document: Any) -> Content:
    return odd_content(random, json.dumps(document, indent=2))


_MISTAKES: dict[Callable[[Random, Any], Content | None], int] = {
    _nothing_wrong: 30,
    _odd_key: 14,
    _odd_action: 12,
    _odd_context: 6,
    _command_elsewhere: 4,
    _bound_twice: 6,
    _same_key: 3,
    _wrong_shape: 12,
    _other_names: 4,
    _json: 10,
}
