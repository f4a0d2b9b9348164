"""What the schema of settings.json says of entries: of settings whose keys are the user's own, and of lists.

`bench/settings_schema.py` cannot try these by itself. Each was tried in the client, one mistake a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMED = {"type": "string"}
_SOURCES = ("directory", "file", "git", "github", "hostPattern", "npm", "pathPattern", "settings", "skills-dir", "url")
_SOURCE = {
    "type": "object",
    "required": ["source"],
    "properties": {
        # other than a missing one, an unknown source costs the whole file
        "source": {"enum": list(_SOURCES), "x-when-wrong": "file ignored"},
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
_VARIABLE = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "examples": ["MY_TOKEN"]}
_STRINGS = {"type": "array", "items": _NAMED}
_PROTECTION = {"enum": ["deny", "mask"]}
_NUMBER = {"type": "number"}
_PRICE = {"cacheRead": _NUMBER, "cacheWrite": _NUMBER, "input": _NUMBER, "output": _NUMBER}


def _server(name: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a list of servers, with what a name must be."""
    return {
        "type": "object",
        "x-when-wrong": "entry ignored",
        "x-exactly-one": ["serverName", "serverCommand", "serverUrl"],
        "properties": {
            "serverCommand": _STRINGS | {"minItems": 1},
            "serverName": {**_NAMED, **name},
            "serverUrl": _NAMED,
        },
    }


_MARKETPLACE = {
    "type": "object",
    "x-when-wrong": "entry ignored",
    "required": ["source"],
    "properties": {"autoUpdate": {"type": "boolean"}, "installLocation": _NAMED, "source": _SOURCE},
}


def _with_sources(*more: str) -> dict[str, Any]:
    """An entry of a list of sources: each mistake in it costs the whole file."""
    properties: Any = _SOURCE["properties"]
    return _SOURCE | {"properties": properties | {"source": {"enum": sorted((*_SOURCES, *more))}}}


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
    "allowedChannelPlugins": {"items": {"properties": dict.fromkeys(("marketplace", "plugin"), _NAMED)}},
    "allowedMcpServers": {"items": _server({"pattern": "^[A-Za-z0-9_-]+$", "examples": ["my-server"]})},
    # there, null removes a key without a message
    "attribution": {
        "x-in-managed": {
            "properties": {
                **{key: {"type": ["string", "null"]} for key in ("commit", "pr")},
                "sessionUrl": {"type": "boolean"},
            }
        }
    },
    "attributionProjectPolicy": {"type": "object", "x-when-wrong": "ignored"},
    "availableModelsMatch": {"enum": ["prefix", "exact"], "x-when-wrong": "ignored"},
    "blockedMarketplaces": {"items": _with_sources("pluginDirectory")},
    "deniedMcpServers": {"items": _server({"minLength": 1})},
    "deniedModels": {"type": "array", "x-when-wrong": "ignored", "items": _NAMED | {"x-when-wrong": "entry ignored"}},
    # elsewhere, one name may be a string
    **{key: {"x-in-managed": {"type": "array"}} for key in ("disabledMcpjsonServers", "enabledMcpjsonServers")},
    "enabledPlugins": {"additionalProperties": {"type": ["boolean", "array"], "items": _NAMED}},
    "extraKnownMarketplaces": {"additionalProperties": _MARKETPLACE},
    "managedMcpServers": {
        "type": "object",
        "x-when-wrong": "ignored",
        "additionalProperties": {
            "type": "object",
            "x-when-wrong": "entry ignored",
            "required": ["type"],
            "properties": {"type": {"enum": ["http", "sse"]}},
        },
    },
    "modelPicker": {
        "properties": {"options": {"type": "array", "x-when-wrong": "ignored", "items": _ROW_OF_PICKER}},
    },
    "modelOverrides": {"additionalProperties": _NAMED},
    "modelPricing": {
        "properties": {
            "overrides": {
                "additionalProperties": {
                    "type": "object",
                    "x-when-wrong": "entry ignored",
                    "required": list(_PRICE),
                    "properties": _PRICE,
                }
            }
        }
    },
    "remoteControl": {"additionalProperties": False},
    "sandbox": {
        "properties": {
            "credentials": {
                "properties": {
                    "awsPairs": {
                        "items": {
                            "properties": dict.fromkeys(
                                ("accessKeyIdVar", "secretAccessKeyVar", "sessionTokenVar"), _VARIABLE
                            )
                        }
                    },
                    "envVars": {
                        "items": {"properties": {"injectHosts": _STRINGS, "mode": _PROTECTION, "name": _VARIABLE}}
                    },
                    "files": {"items": {"properties": {"mode": _PROTECTION, "path": _NAMED | {"minLength": 1}}}},
                }
            }
        }
    },
    "skillOverrides": {"additionalProperties": {"enum": ["on", "name-only", "user-invocable-only", "off"]}},
    "sshConfigs": {
        "items": {
            "properties": {
                **dict.fromkeys(("id", "name", "sshHost", "sshIdentityFile", "startDirectory"), _NAMED),
                "sshPort": {"type": "integer"},
            }
        }
    },
    "strictKnownMarketplaces": {"items": _with_sources()},
    # elsewhere, no value is refused
    "strictPluginOnlyCustomization": {
        "x-in-managed": {
            "type": ["boolean", "array", "null"],
            "items": {"enum": ["skills", "agents", "hooks", "mcp"], "x-when-wrong": "entry ignored"},
        }
    },
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
