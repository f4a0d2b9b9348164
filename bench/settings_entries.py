"""What the schema of settings.json says of entries: of settings whose keys are the user's own, and of lists.

`bench/settings_schema.py` cannot try these by itself. Each was tried in the client, one mistake a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMED = {"type": "string"}
_SOURCE = {
    "type": "object",
    "required": ["source"],
    "properties": {
        # other than a missing one, an unknown source costs the whole file
        "source": {
            "enum": [
                *("directory", "file", "git", "github", "hostPattern", "npm", "pathPattern", "settings", "skills-dir"),
                "url",
            ],
            "x-when-wrong": "file ignored",
        },
        **dict.fromkeys(("hostPattern", "path", "pathPattern", "ref", "repo", "url"), _NAMED),
    },
    "x-required-with": {
        "source": {
            "directory": ["path"],
            "file": ["path"],
            "git": ["url"],
            "github": ["repo"],
            "hostPattern": ["hostPattern"],
            "npm": ["package"],
            "pathPattern": ["pathPattern"],
            "settings": ["name", "plugins"],
            "url": ["url"],
        }
    },
}
_SERVER = {
    "type": "object",
    "x-when-wrong": "entry ignored",
    "x-exactly-one": ["serverName", "serverCommand", "serverUrl"],
    "properties": {"serverName": _NAMED, "serverUrl": _NAMED},
}
_MARKETPLACE = {
    "type": "object",
    "x-when-wrong": "entry ignored",
    "required": ["source"],
    "properties": {"autoUpdate": {"type": "boolean"}, "installLocation": _NAMED, "source": _SOURCE},
}
_TIME = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "examples": ["22:00"]}
_ROW_OF_PICKER = {
    "type": "object",
    "x-when-wrong": "entry ignored",
    "required": ["model"],
    "properties": dict.fromkeys(("model", "label", "description", "behavesAs"), _NAMED),
}
ENTRIES: Mapping[str, Mapping[str, Any]] = {
    # another name of extraKnownMarketplaces, by which the client calls it in its messages
    "additionalMarketplaces": {
        "type": "object",
        "x-when-wrong": "ignored",
        "additionalProperties": _MARKETPLACE,
    },
    "allowedMcpServers": {"items": _SERVER},
    "deniedMcpServers": {"items": _SERVER},
    "deniedModels": {"type": "array", "x-when-wrong": "ignored", "items": _NAMED | {"x-when-wrong": "entry ignored"}},
    "enabledPlugins": {"additionalProperties": {"type": ["boolean", "array"], "items": _NAMED}},
    "extraKnownMarketplaces": {"additionalProperties": _MARKETPLACE},
    "managedMcpServers": {"type": "object", "x-when-wrong": "ignored"},
    "modelPicker": {
        "properties": {"options": {"type": "array", "x-when-wrong": "ignored", "items": _ROW_OF_PICKER}},
    },
    "modelOverrides": {"additionalProperties": _NAMED},
    "remoteControl": {"additionalProperties": False},
    "quietHours": {"properties": {"enabled": {"type": "boolean"}, "end": _TIME, "start": _TIME}},
    "pluginConfigs": {
        "additionalProperties": {
            "type": "object",
            "properties": {
                "mcpServers": {"type": "object"},
                "options": {
                    "type": "object",
                    "additionalProperties": {"type": ["string", "number", "boolean", "array"]},
                },
            },
        }
    },
}
