"""Values of settings: right ones by the schema, ones of any type, and a value in a wrong shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

SCHEMA = Path(__file__).resolve().parents[4] / "schemas" / "settings.schema.json"
_ANYTHING: tuple[Any, ...] = (
    *(None, True, False, 5, 0, -1, 1.5, 0.5, "x", "", "5", "true", "high", "auto", [], {}, ["x"], [5], [""], [None]),
    *([{}], {"a": 5}, {"a": "x"}, {"a": None}, {"enabled": True}, {"type": "command", "command": "true"}),
)
# These change what a run shows of the parts, or keep the client from starting, although the file is good.
_UNTESTABLE = frozenset(
    {
        *("disableAllHooks", "allowManagedHooksOnly", "allowManagedPermissionRulesOnly", "model", "env", "hooks"),
        *("availableModels", "enforceAvailableModels", "modelOverrides", "apiKeyHelper", "awsAuthRefresh"),
        *("awsCredentialExport", "gcpAuthRefresh", "processWrapper", "proxyAuthHelper", "policyHelper", "sandbox"),
        *("forceLoginMethod", "forceLoginOrgUUID", "requiredMinimumVersion", "requiredMaximumVersion", "agent"),
        *("minimumVersion", "otelHeadersHelper", "forceRemoteSettingsRefresh", "disableBundledSkills"),
        *(
            "disableWorkflows",
            "enableWorkflows",
            "outputStyle",
            "language",
            "fallbackModel",
            "advisorModel",
            "worktree",
        ),
    }
)
_INNER_UNTESTABLE = frozenset({"defaultMode", "allow", "ask", "deny", "denyInsteadOfPrompting"})


@cache
def _settings() -> dict[tuple[str, ...], Mapping[str, Any]]:
    """The settings by their keys; members of objects, too."""
    return dict(_flat(json.loads(SCHEMA.read_text("utf-8")), ()))


def _flat(schema: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for key, inner in schema.get("properties", {}).items():
        if key.startswith("$"):
            continue
        yield (*above, key), inner
        yield from _flat(inner, (*above, key))


def another_setting(random: Random) -> tuple[tuple[str, ...], Any]:
    """The keys of a setting, and a value of any type, often one of the type that the schema has."""
    while True:
        keys, schema = random.choice(list(_settings().items()))
        if len(keys) > 1 and random.random() < 0.6:  # members outnumber the settings
            continue
        value = _right_value(random, schema) if random.random() < 0.4 else random.choice(_ANYTHING)
        is_right = keys[0] in _UNTESTABLE or bool(_INNER_UNTESTABLE & set(keys))
        if not is_right:
            return keys, value


def of_wrong_shape(random: Random, value: Any) -> Any:
    """A value of another type, or the value inside or outside of a list or object."""
    others: list[Any] = [None, 5, [], {}, True, [value], {"value": value}]
    if not isinstance(value, str):  # no file tells that another text was meant
        others += ["x", json.dumps(value)]
    if isinstance(value, list):
        others += [*value, [*value, 5], [*value, None], [*value, {}], {str(at): item for at, item in enumerate(value)}]
    if isinstance(value, dict):
        others += [list(value), list(value.values()), [{key: inner} for key, inner in value.items()]]
    # an empty list or object in place of a full one declares less, but it is not wrong
    return random.choice([other for other in others if other or type(other) is not type(value)])


def good_settings() -> dict[str, Any]:
    """Settings as people have them."""
    return {
        "cleanupPeriodDays": 30,
        "includeCoAuthoredBy": False,
        "attribution": {"commit": "", "pr": ""},
        "statusLine": {"type": "command", "command": "~/.claude/statusline.sh", "padding": 0},
        "enableAllProjectMcpServers": True,
        "enabledMcpjsonServers": ["memory", "github"],
        "disabledMcpjsonServers": ["filesystem"],
        "alwaysThinkingEnabled": True,
        "spinnerTipsEnabled": False,
        "spinnerTipsOverride": {"excludeDefault": True, "tips": ["Drink water"]},
        "spinnerVerbs": {"mode": "append", "verbs": ["Pondering"]},
        "respectGitignore": False,
        "autoUpdatesChannel": "stable",
        "companyAnnouncements": ["Welcome to Acme Corp!"],
        "awaySummaryEnabled": True,
        "prefersReducedMotion": True,
        "plansDirectory": "./plans",
        "showTurnDuration": True,
        "terminalProgressBarEnabled": False,
        "fileSuggestion": {"type": "command", "command": "~/.claude/suggest.sh"},
        "enabledPlugins": {"formatter@acme-tools": True, "deployer@acme-tools": False},
        "extraKnownMarketplaces": {"acme-tools": {"source": {"source": "github", "repo": "acme/plugins"}}},
        "effortLevel": "high",
        "teammateMode": "in-process",
        "editorMode": "vim",
        "autoMemoryEnabled": False,
        "claudeMdExcludes": ["**/vendor/CLAUDE.md"],
        "fastModePerSessionOptIn": True,
        "skipDangerousModePermissionPrompt": True,
        "voice": {"enabled": True},
        "pluginConfigs": {"formatter@acme-tools": {"options": {"indent": 2}}},
        "viewMode": "verbose",
        "feedbackSurveyRate": 0.05,
        "verbose": True,
        "autoCompactEnabled": True,
        "theme": "dark",
        "tui": "fullscreen",
        "skillOverrides": {"deploy": "off"},
        "autoMemoryDirectory": "~/memory",
        "httpHookAllowedEnvVars": ["TOKEN"],
        "allowedHttpHookUrls": ["https://hooks.example.com/*"],
        "prUrlTemplate": "https://reviews.example.com/{owner}/{repo}/{number}",
        "autoMode": {"environment": ["Trusted: github.com/acme"]},
        "defaultShell": "bash",
        "showThinkingSummaries": True,
    }


def _right_value(random: Random, schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return random.choice(schema["enum"])
    types = schema.get("type", random.choice(("boolean", "string")))
    name = types if isinstance(types, str) else random.choice(types)
    if name == "array":
        items = schema.get("items", {"type": "string"})
        return [_right_value(random, items) for _ in range(random.randint(0, 2))]
    if name == "object":
        return _right_object(random, schema)
    return {
        "null": None,
        "boolean": random.random() < 0.5,
        "integer": random.randint(1, 90),
        "number": round(random.random(), 2),
        "string": random.choice(("opus", "dark", "./plans", "~/bin/run.sh", "https://example.com/{id}", "en")),
    }[name]


def _right_object(random: Random, schema: Mapping[str, Any]) -> dict[str, Any]:
    members = schema.get("properties", {})
    needed = schema.get("required", ())
    chosen = [key for key in members if key in needed or random.random() < 0.3]
    made = {key: _right_value(random, members[key]) for key in chosen}
    return made | {key: "x" for key in needed if key not in made}
