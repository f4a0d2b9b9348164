"""Settings files: good ones, and ones with one mistake in a value, a key, a place or the JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from bench.client_truth.case import Case, Content
from bench.client_truth.kinds.settings.odd_json import odd_content
from bench.client_truth.kinds.settings.parts import PARTS, SCOPES
from bench.client_truth.kinds.settings.values import another_setting, good_settings, of_wrong_shape

_MOST_PARTS = 5
_MISSPELT = {
    "env": ("Env", "ENV", "envs", "environment", "env_vars"),
    "permissions": ("permission", "Permissions", "permision", "perms", "permissons"),
    "hooks": ("hook", "Hooks", "hoks"),
    "deny": ("denied", "Deny", "denny", "disallow", "block"),
    "allow": ("allowed", "Allow", "alow", "allows"),
    "additionalDirectories": ("additionalDirectory", "additional_directories", "addDirs", "additionaldirectories"),
    "SessionStart": ("sessionStart", "session_start", "SessionStarted", "Sessionstart"),
    "language": ("Language", "lang", "langauge", "languages"),
    "model": ("Model", "models", "modle"),
    "outputStyle": ("output-style", "outputstyle", "output_style", "outputStyles"),
}
# Not here: `.claude` in a subfolder or settings.local.json of the home, which count when the client starts there; and
# names of copies that people set aside, such as settings.json.bak
_OTHER_PLACES = {
    "project": (
        *(".claude/setting.json", ".claude/settings.yaml", ".claude/config.json", ".claude/Settings.json"),
        *(".claude/settings.JSON", ".claude/settings.jsonc", ".claude.json", ".claude/settings/settings.json"),
        *(".claude/settings.toml", ".claude/Settings.yml"),
    ),
    "local": (
        *(".claude/settings-local.json", ".claude/local.settings.json", ".claude/settings.locale.json"),
        *(".claude/settings.Local.json", ".claude/settings.local.jsonc", ".claude/settings.local.yaml"),
    ),
    "user": (".claude/config.json", ".claude/setting.json", ".claude/settings.jsonc", ".claude/settings.yml"),
}
_ALONE_SHARE = 0.3  # three cases share a run, but only one of them may have a part that the others would hide


@dataclass(slots=True)
class Draft:
    """A file that is being made: what stands in it, which parts of it can be observed, and where it lies."""

    scope: str
    parts: list[str]
    document: dict[str, Any]
    path: str
    variables: list[str] = field(default_factory=list)
    text: Content | None = None

    @property
    def content(self) -> Content:
        """What is written into the file."""
        return json.dumps(self.document, indent=2) if self.text is None else self.text


def generate(random: Random) -> Iterator[Case]:
    """Cases without end; a third of them are good files."""
    for number in count():
        draft = draft_of(random, random.choice(tuple(SCOPES)))
        mistake = random.choices([one for one, _ in MISTAKES], [weight for _, weight in MISTAKES])[0]
        mistake(random, draft)
        files = {draft.path: draft.content}
        yield Case(
            id=f"settings{number}-{mistake.__name__.strip('_')}",
            kind="settings",
            files={} if draft.scope == "user" else files,
            home=files if draft.scope == "user" else {},
            intent={"scope": draft.scope, "parts": draft.parts, "variables": draft.variables},
        )


def draft_of(random: Random, scope: str) -> Draft:
    """A good file with some parts that can be observed."""
    may_be_alone = random.random() < _ALONE_SHARE
    usable = [name for name, part in PARTS.items() if may_be_alone or not part.alone]
    parts: list[str] = []
    while len({PARTS[name].path[0] for name in parts}) < 2:  # else one wrong key would look like a lost file
        parts = random.sample(usable, random.randint(2, _MOST_PARTS))
    document: dict[str, Any] = {"$schema": "https://json.schemastore.org/claude-code-settings.json"}
    if random.random() < 0.6:
        document = {}
    for name in parts:
        inner = document
        for key in PARTS[name].path[:-1]:
            inner = inner.setdefault(key, {})
        inner[PARTS[name].path[-1]] = PARTS[name].value(scope)
    return Draft(scope, parts, document, SCOPES[scope])


def _nothing_wrong(random: Random, draft: Draft) -> None:
    for key, value in random.sample(list(good_settings().items()), random.randint(0, 4)):
        if key not in draft.document:
            draft.document[key] = value


def _any_value(random: Random, draft: Draft) -> None:
    """A setting with a value of any type, which may be right."""
    path, value = another_setting(random)
    if path[0] in draft.document and len(path) == 1:
        return
    inner = draft.document
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    inner.setdefault(path[-1], value)
    draft.document = _shuffled(random, draft.document)


def _wrong_shape(random: Random, draft: Draft) -> None:
    """A part whose value has a wrong type somewhere."""
    path = PARTS[random.choice(draft.parts)].path
    depth = random.randrange(len(path))
    inner = draft.document
    for key in path[:depth]:
        inner = inner[key]
    value = of_wrong_shape(random, inner[path[depth]])
    # an event that is null has no hooks that could be lost
    inner[path[depth]] = 5 if value is None and path[: depth + 1] == ("hooks", "SessionStart") else value


def _misspelt(random: Random, draft: Draft) -> None:
    path = PARTS[random.choice(draft.parts)].path
    depth = random.randrange(len(path))
    inner = draft.document
    for key in path[:depth]:
        inner = inner[key]
    other = random.choice(_MISSPELT[path[depth]]) if random.random() < 0.7 else _typo(random, path[depth])
    value = inner.pop(path[depth])
    inner[other] = value


def _misplaced_key(random: Random, draft: Draft) -> None:
    """A key one level too high, or in another object."""
    path = PARTS[random.choice(draft.parts)].path
    if len(path) == 1:
        # a variable may have a name without capitals
        others = ("env",) if path[0] != path[0].lower() else ()
        into = random.choice(("permissions", "hooks", "settings", *others))
        value = draft.document.pop(path[0])
        target = draft.document.setdefault(into, {})
        target[path[0]] = value
    else:
        draft.document[path[1]] = draft.document[path[0]].pop(path[1])
        if not draft.document[path[0]]:
            del draft.document[path[0]]


def misplaced_file(random: Random, draft: Draft) -> None:
    """A name or folder that people may think the client reads."""
    draft.path = random.choice(_OTHER_PLACES[draft.scope])


def _duplicate(random: Random, draft: Draft) -> None:
    """A key that is there twice, so that the first is lost or the second is the same."""
    key = random.choice([name for name in draft.document if name != "$schema"])
    first = json.dumps(draft.document, indent=2)
    again: Any = random.choice((deepcopy(draft.document[key]), {}, draft.document[key]))
    if isinstance(draft.document[key], str):
        again = draft.document[key]
    draft.text = first[:-2] + f',\n  "{key}": {json.dumps(again)}\n}}\n'


def _json(random: Random, draft: Draft) -> None:
    draft.text = odd_content(random, json.dumps(draft.document, indent=2))
    if not draft.text:  # an empty file declares nothing
        draft.parts = []


def _variables(random: Random, draft: Draft) -> None:
    """Variables of which the client may heed only some in this scope, or whose values are no strings."""
    # a run has a file of each scope
    names = [f"{name}_{draft.scope.upper()}" for name in random.sample(_ENVIRONMENT, random.randint(1, 2))]
    env = draft.document.setdefault("env", {})
    for name in names:
        env[name] = random.choice(_VARIABLE_VALUES)
        draft.variables.append(name)


def _shuffled(random: Random, document: dict[str, Any]) -> dict[str, Any]:
    keys = list(document)
    random.shuffle(keys)
    return {key: document[key] for key in keys}


def _typo(random: Random, word: str) -> str:
    at = random.randrange(1, len(word) - 1) if len(word) > 2 else 1
    return random.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word + "s"))


_ENVIRONMENT = ("PATH_TO_SHOP", "DEBUG_SHOP")
_VARIABLE_VALUES: tuple[Any, ...] = ("1", "true", "/opt/tools", "", 1, 1.5, True, False, None, [], {}, ["a"], {"a": 1})
_Mistake = Callable[[Random, Draft], None]
MISTAKES: tuple[tuple[_Mistake, int], ...] = (
    (_nothing_wrong, 25),
    (_any_value, 30),
    (_wrong_shape, 12),
    (_misspelt, 10),
    (_misplaced_key, 6),
    (misplaced_file, 6),
    (_duplicate, 4),
    (_json, 12),
    (_variables, 8),
)
