"""The source of a plugin in a marketplace is not usable.

## What it does
Checks the `source` of each plugin in marketplace.json.

## Why
Client 2.1.332 adds such a marketplace, but it cannot install the plugin.

## Bad
```json
{"name": "reviewer", "source": {"source": "github", "url": "https://github.com/me/reviewer"}}
```

## Good
```json
{"name": "reviewer", "source": {"source": "github", "repo": "me/reviewer"}}
```

## How to fix
Write a path from the folder of the marketplace that starts with `./`, or an object with the keys of its kind.

## Source
Tested with client 2.1.332: 21 sources in a marketplace that was added.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO523"
NAME = "marketplace-source"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("marketplace",)

_KEYS = {"github": ("repo",), "url": ("url",), "git-subdir": ("url", "path"), "npm": ("package",)}


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    plugins, metadata = document.field("plugins"), document.field("metadata")
    has_root = metadata is not None and metadata.value.member("pluginRoot") is not None
    for plugin in plugins.value.items if plugins else ():
        source = plugin.member("source")
        problem = _problem(source.value, has_root=has_root) if source else None
        if source and problem:
            yield Problem(source.value.span.start, f"This plugin cannot be installed. {problem}")


def _problem(source: Value, *, has_root: bool) -> str | None:
    if isinstance(source.data, str):
        return _path_problem(source.data, has_root=has_root)
    kind = source.member("source")
    if source.kind != "map" or kind is None or kind.value.data not in _KEYS:
        return f"`source.source` must be one of {', '.join(_KEYS)}." if source.kind == "map" else None
    for key in _KEYS[str(kind.value.data)]:
        value = source.member(key)
        if value is None or not isinstance(value.value.data, str):
            return f"A source of the kind {kind.value.data} needs a text `{key}`."
        if key == "repo" and value.value.data.count("/") != 1:
            return "Write `repo` as `owner/name`."
    return None


def _path_problem(path: str, *, has_root: bool) -> str | None:
    if ".." in path.split("/"):
        return "The path must stay in the folder of the marketplace."
    is_bare = has_root and not path.startswith(("/", "."))
    if not path.startswith("./") and path != "." and not is_bare:
        return "Start the path with `./`."
    return None
