"""Keeps ``doctor --live`` from any real model, whatever the user's settings say.

The ``env`` of a settings file beats the environment of the process, so an environment alone protects nothing; what
``--settings`` says beats every settings file but the administrator's. Three things hold: each switch and address of a
provider is overridden by name, whichever the settings mention are overridden as found, and what speaks HTTP or HTTPS
to anywhere else is sent to the loopback server as its proxy, which lets nothing through.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from acolytes_cc.doctor.client import environment
from acolytes_cc.doctor.settings_files import SettingsFile, has_own_config, read_settings
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.errors import Exit, UserError

# Read in the program text of 2.1.330.
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
# The rest of the caller's client: a session inside which we run must not be taken for our own.
_NOT_PASSED_ON = ("ANTHROPIC_", "CLAUDE", "AI_AGENT")


def refuse_managed(subject: Subject) -> None:
    """UserError where the administrator's settings, which nothing overrides, could choose a model."""
    for file in subject.managed:
        named = [key for key in _HELPERS if key in file.data]
        named += [key for key in file.env if _PROVIDER.fullmatch(key)]
        named += ["what cannot be read"] if file.faults else []
        if named:
            raise UserError(
                f"--live is refused: managed settings ({file.path}) name {', '.join(sorted(named))}, which nothing "
                "overrides, so a real model might be asked; run `acolytes doctor` without --live",
                Exit.CANNOT,
            )


def overriding_settings(subject: Subject, url: str) -> str:
    """The JSON for ``--settings``: only the loopback server at ``url`` is left to talk to."""
    sources: list[Mapping[str, str]] = [os.environ, *(file.env for file in _with_global(subject))]
    env = dict.fromkeys(_PROVIDERS, "")
    env |= {key: "" for source in sources for key in source if _PROVIDER.fullmatch(key)}
    env |= _kept_on_the_loopback(url)
    # An empty helper is none; the key in the environment is what remains.
    settings: dict[str, Any] = {"env": env, "apiKeyHelper": ""}
    return json.dumps(settings)


def live_environment(subject: Subject, url: str) -> dict[str, str]:
    """The user's own environment for the client, without anything that names a model or another session."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(_NOT_PASSED_ON) and not _PROVIDER.fullmatch(key)
    }
    config = {"CLAUDE_CONFIG_DIR": str(subject.config)} if has_own_config(subject.config) else {}
    return {**kept, **config, **environment(Path.home(), url), **_kept_on_the_loopback(url)}


def _kept_on_the_loopback(url: str) -> dict[str, str]:
    spelt = [name for proxy in _PROXIES for name in (proxy, proxy.lower())]
    near = "127.0.0.1,localhost,::1"
    here = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "loopback", "NO_PROXY": near, "no_proxy": near}
    return {**dict.fromkeys(spelt, url), **here}


def _with_global(subject: Subject) -> Iterable[SettingsFile]:
    """The settings files, and the client's own file of state, whose ``env`` it obeys, too (seen in 2.1.330)."""
    own = [read_settings(folder / ".claude.json", "user") for folder in (Path.home(), subject.config)]
    return [*subject.settings, *(file for file in own if file)]
