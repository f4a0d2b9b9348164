"""What authors write into the manifest of a plugin, right and wrong: values of each type, paths, inner keys, shapes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from random import Random
from typing import Any

from bench.client_truth.kinds.plugins.draft import Draft
from bench.client_truth.kinds.plugins.paths import PATHS

Change = Callable[[Random, Draft], None]

VALUES: tuple[Any, ...] = (
    "",
    "text",
    "./x",
    5,
    -1,
    1.5,
    True,
    False,
    None,
    [],
    ["x"],
    [5],
    {},
    {"k": "v"},
    {"k": 5},
    [{}],
)
_KEYS = (
    *("name", "displayName", "version", "description", "author", "homepage", "repository", "license", "keywords"),
    *("metadata", "defaultEnabled", "userConfig", "channels", "settings", "network", "lspServers", "outputStyles"),
    *(
        "themes",
        "monitors",
        "experimental",
        "workflows",
        "agents",
        "commands",
        "skills",
        "hooks",
        "mcpServers",
        "$schema",
    ),
)
_OTHER_KEYS = (
    *("skill", "agent", "command", "hook", "mcp", "Name", "tags", "category", "strict", "source", "icon", "engines"),
    *("mcp_servers", "lsp", "tools", "rules", "permissions", "env", "model", "requires", "contributors", "bugs"),
)


def any_value(random: Random, draft: Draft) -> None:
    """Some key with a value of some type."""
    key, value = random.choice(_KEYS), random.choice(VALUES)
    if (key, value) != ("defaultEnabled", False):  # which is right, and keeps the plugin off
        draft.manifest[key] = value


def good_name(random: Random, draft: Draft) -> None:
    """Names that the client takes."""
    draft.manifest["name"] = draft.name + random.choice(("", ".v2", "_x", "+1", "-ü", "X", "'s", "#1"))


def bad_name(random: Random, draft: Draft) -> None:
    """Names that the client refuses."""
    wrong = (" x", "@mk", ":x", "/x", "\\x", "\tx", "\u200b", " ")
    draft.manifest["name"] = draft.name + random.choice(wrong)


def other_key(random: Random, draft: Draft) -> None:
    """A key that the client does not know, or the metadata of others."""
    draft.key = random.choice(_OTHER_KEYS)
    draft.manifest[draft.key] = random.choice(("x", "./x", ["x"], {"k": "v"}, True))


def author(random: Random, draft: Draft) -> None:
    """Forms of the author."""
    draft.manifest["author"] = random.choice(
        (
            {"name": "Ada"},
            {"name": ""},
            {"name": 5},
            {"email": "a@b.c"},
            "Ada",
            {"name": "A", "email": 5},
            {"name": "A", "team": 1},
        )
    )


def homepage(random: Random, draft: Draft) -> None:
    """Forms of the URL."""
    draft.manifest["homepage"] = random.choice(
        (
            "https://example.org",
            "example.org",
            "http://localhost:1",
            "mailto:a@b.c",
            "/x",
            "HTTPS://EXAMPLE.org/a b",
            "x:y",
        )
    )


def inner_value(random: Random, draft: Draft) -> None:
    """A known inner key with some value, or one more key, in a part that is fine without it."""
    key, whole, part, extra = random.choice(_PARTS)(random)
    if random.random() < 0.6:
        inner = random.choice((*part, *extra))
        if random.random() < 0.15 and inner in part:
            del part[inner]
        else:
            part[inner] = random.choice((*VALUES, "a", 3, 3, True))
    draft.manifest[key] = whole


def _option(random: Random) -> tuple[str, Any, dict[str, Any], tuple[str, ...]]:
    kind = random.choice(("string", "string", "number", "boolean", "directory", "file"))
    part: dict[str, Any] = {"type": kind, "title": "Title", "description": "What it is for."}
    name = random.choice(("api_key", "apiKey", "KEY", "_x", "key2", "api-key", "2key", "a key", "a.b"))
    return (
        "userConfig",
        {name: part},
        part,
        ("default", "required", "sensitive", "multiple", "min", "max", "placeholder", "enum"),
    )


def _language_server(random: Random) -> tuple[str, Any, dict[str, Any], tuple[str, ...]]:
    endings = random.choice(({".xyz": "xyz"}, {".xyz": "xyz", ".abc": "abc"}, {"xyz": "xyz"}, {}, {".xyz": ""}))
    part: dict[str, Any] = {
        "command": random.choice(("true", "true", "/bin/true", "my server")),
        "extensionToLanguage": endings,
    }
    extra = (
        *("args", "transport", "env", "initializationOptions", "settings", "workspaceFolder", "startupTimeout"),
        *("shutdownTimeout", "restartOnCrash", "maxRestarts", "diagnostics", "requestTimeout", "cwd", "languages"),
    )
    return "lspServers", {"xyz": part}, part, extra


def _monitor(random: Random) -> tuple[str, Any, dict[str, Any], tuple[str, ...]]:
    part = {"name": "watch", "command": "true", "description": "Watches."}
    if random.random() < 0.4:
        part["when"] = random.choice(("always", "on-skill-invoke:x", "never", "on-skill-invoke:"))
    key = random.choice(("monitors", "experimental"))
    return key, [part] if key == "monitors" else {"monitors": [part]}, part, ("when", "timeout", "env")


def _channel(_random: Random) -> tuple[str, Any, dict[str, Any], tuple[str, ...]]:
    part: dict[str, Any] = {"server": "chat"}
    return "channels", [part], part, ("displayName", "userConfig", "name")


_PARTS = (_option, _language_server, _monitor, _channel)


def shape(random: Random, draft: Draft) -> None:
    """The text of plugin.json in odd shapes."""
    text = json.dumps(draft.manifest, indent=random.choice((None, 2, "\t")))
    shaped = (
        *(
            "\ufeff" + text,
            text.replace("\n", "\r\n"),
            text + "\n\n",
            text[:-1] + ",}",
            "// note\n" + text,
            text + "x",
            "",
        ),
        *(
            f"[{text}]",
            text.replace('"', "'"),
            text[:-1],
            '{"name": "other", ' + text[1:],
            "null",
            "{}",
            f'"{draft.name}"',
        ),
        *("/* a */" + text, text.replace(":", " :"), "  " + text, text.replace('"name"', '"n\\u0061me"')),
    )
    chosen = random.choice((*shaped, text.encode("utf-16"), text.encode() + b"\xff"))
    if isinstance(chosen, str) and '"other"' in chosen:
        draft.wants.append("other")
    draft.text = {"base64": base64.b64encode(chosen).decode()} if isinstance(chosen, bytes) else chosen


MANIFEST: tuple[Change, ...] = (
    *(any_value, any_value, any_value, good_name, bad_name, other_key, author, homepage),
    *(*PATHS, inner_value, inner_value, inner_value, shape),
)
