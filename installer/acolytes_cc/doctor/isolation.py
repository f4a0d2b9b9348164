"""Keep ``doctor --live`` from any real model, whatever the user's settings are.

``env`` in a settings file beats the environment of the process, so a clean environment is not enough. What
``--settings`` says beats every settings file except the administrator's. Three things follow:

- Each known switch and address of a provider is overridden by name.
- Every other one that the settings mention is overridden too.
- HTTP and HTTPS to any other address go to the loopback server as their proxy, which lets nothing through.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from acolytes_cc.doctor.client_run import environment
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.settings_files import SettingsFile, has_own_config, read_settings
from acolytes_cc.errors import Exit, UserError

# Names that occur in the program of the client 2.1.330.
_PROVIDERS = (
    "ANTHROPIC_API_HOST",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_BASE_URL",
    "ANTHROPIC_BEDROCK_BASE_URL",
    "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_FOUNDRY_BASE_URL",
    "ANTHROPIC_GOOGLE_CLOUD_BASE_URL",
    "ANTHROPIC_UNIX_SOCKET",
    "ANTHROPIC_VERTEX_BASE_URL",
    "CLAUDE_CODE_API_BASE_URL",
    "CLAUDE_CODE_HOST_CREDS_FILE",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_GATEWAY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_VERTEX",
)
_PROVIDER = re.compile(
    r"ANTHROPIC_\w+|CLAUDE_CODE_(USE_\w+|SKIP_\w*AUTH|API_\w+|\w*(OAUTH|SOCKET|GATEWAY|PROVIDER|_URL)\w*|HOST_\w+)|\w+_PROXY",
    re.IGNORECASE,
)
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_HELPERS = (
    "apiKeyHelper",
    "awsAuthRefresh",
    "awsCredentialExport",
    "forceLoginGatewayUrl",
    "forceLoginMethod",
    "gcpAuthRefresh",
    "policyHelper",
)
# Variables of a session in which we may be running: the client must not take it for its own.
_NOT_PASSED_ON = ("ANTHROPIC_", "CLAUDE", "AI_AGENT")


def refuse_managed(inspection: Inspection) -> None:
    """UserError where the administrator's settings, which nothing overrides, could choose a real model."""
    for file in inspection.managed:
        named = [key for key in _HELPERS if key in file.data]
        named += [key for key in file.env if _PROVIDER.fullmatch(key)]
        if named or file.faults:
            reason = f"set {', '.join(sorted(named))}" if named else "cannot be read"
            message = f"--live is refused: managed settings ({file.path}) {reason}, and nothing overrides these"
            hint = "so a real model could be called; run `acolytes doctor` without --live"
            raise UserError(f"{message}, {hint}", Exit.CANNOT)


def overriding_settings(inspection: Inspection, url: str) -> str:
    """The JSON for ``--settings``: with it, the client can talk only to the loopback server at ``url``."""
    sources: list[Mapping[str, str]] = [os.environ, *(file.env for file in _with_state_files(inspection))]
    env = dict.fromkeys(_PROVIDERS, "")
    env |= {key: "" for source in sources for key in source if _PROVIDER.fullmatch(key)}
    env |= _loopback_only(url)
    # An empty helper counts as none, so the client uses the key in the environment.
    settings: dict[str, Any] = {"env": env, "apiKeyHelper": ""}
    return json.dumps(settings)


def live_environment(inspection: Inspection, url: str, *, temporary: Path) -> dict[str, str]:
    """The user's own environment, without anything that names a model or another session of the client.

    What the client and the hooks leave among temporary files goes to the folder ``temporary``.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(_NOT_PASSED_ON) and not _PROVIDER.fullmatch(key)
    }
    config = {"CLAUDE_CONFIG_DIR": str(inspection.config)} if has_own_config(inspection.config) else {}
    return {**kept, **config, **environment(Path.home(), url), **_loopback_only(url), "TMPDIR": str(temporary)}


def _loopback_only(url: str) -> dict[str, str]:
    proxies = [name for proxy in _PROXIES for name in (proxy, proxy.lower())]
    direct = "127.0.0.1,localhost,::1"
    model = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "loopback"}
    return {**dict.fromkeys(proxies, url), **model, "NO_PROXY": direct, "no_proxy": direct}


def _with_state_files(inspection: Inspection) -> Iterable[SettingsFile]:
    """The settings files, and the client's own state files, whose ``env`` it uses too (seen in 2.1.330)."""
    state_files = [read_settings(folder / ".claude.json", "user") for folder in (Path.home(), inspection.config)]
    return [*inspection.settings, *(file for file in state_files if file)]
