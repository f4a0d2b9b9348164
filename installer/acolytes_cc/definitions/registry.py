"""The facts about the client that age, from the one dated file that holds them: ``schemas/client-registry.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from acolytes_cc.resources import data_path

Version = tuple[int, ...]


@dataclass(frozen=True)
class HookFacts:
    """What the client knows of hooks: ``types`` maps a handler's type to the keys it needs."""

    events: frozenset[str]
    types: Mapping[str, tuple[str, ...]]
    tool_events: frozenset[str]
    matcher_values: Mapping[str, tuple[str, ...]]
    without_matcher: frozenset[str]


@dataclass(frozen=True)
class Registry:
    """What one version of the client knows: tools, models, fields and the values they take.

    ``removed_tools`` and ``off_by_default`` map a tool to what to use instead, ``misspelt_fields`` a key to the field
    that was meant; ``conditional_tools`` arrive in some surroundings only; ``later_tools`` and ``later_fields`` map
    what only later clients have to the first of them.
    """

    client: str
    verified: str
    tools: frozenset[str]
    later_tools: Mapping[str, str]
    tool_aliases: Mapping[str, str]
    removed_tools: Mapping[str, str]
    never_for_subagents: frozenset[str]
    off_by_default: Mapping[str, str]
    only_without_bash: frozenset[str]
    conditional_tools: frozenset[str]
    built_in_agents: tuple[str, ...]
    mcp_servers: frozenset[str]
    model_aliases: frozenset[str]
    model_names_contain: str
    retirements: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]
    fields: frozenset[str]
    later_fields: Mapping[str, str]
    misspelt_fields: Mapping[str, str]
    main_thread_fields: frozenset[str]
    plugin_ignores: frozenset[str]
    skill_fields: frozenset[str]
    hooks: HookFacts


@lru_cache(maxsize=8)
def registry(version: str | None = None) -> Registry:
    """What the client of that version knows, as far as we do: the newest one that we know when not given.

    Between two clients that were looked at, the older one's facts count. Raises ValueError for no version at all.
    """
    facts = _facts()
    client = version or known_clients()[-1]
    now = parse_version(client)
    tools, models, hooks = facts["tools"], facts["models"], facts["hooks"]
    return Registry(
        client=client,
        verified=facts["about"]["verified"],
        tools=_present(tools, now),
        later_tools=_later(tools, now),
        tool_aliases=tools["aliases"],
        removed_tools=tools["removed"],
        never_for_subagents=frozenset(tools["never_for_subagents"]),
        off_by_default=tools["off_by_default"],
        only_without_bash=frozenset(tools["only_without_bash"]),
        conditional_tools=frozenset(tools["conditional"]),
        built_in_agents=tuple(facts["agents"]["built_in"]),
        mcp_servers=frozenset(facts["mcp_servers"]),
        model_aliases=frozenset(models["aliases"]),
        model_names_contain=models["full_name_contains"],
        retirements=models["retirements"],
        values={field: tuple(values) for field, values in facts["values"].items()},
        fields=_present(facts["fields"], now),
        later_fields=_later(facts["fields"], now),
        misspelt_fields=facts["misspelt_fields"],
        main_thread_fields=frozenset(facts["main_thread_fields"]),
        plugin_ignores=frozenset(facts["plugin_ignores"]),
        skill_fields=frozenset(facts["skill_fields"]),
        hooks=HookFacts(
            events=_present(hooks["events"], now),
            types={kind: tuple(keys) for kind, keys in hooks["types"].items()},
            tool_events=frozenset(hooks["tool_events"]),
            matcher_values={event: tuple(values) for event, values in hooks["matcher_values"].items()},
            without_matcher=frozenset(hooks["without_matcher"]),
        ),
    )


def known_clients() -> tuple[str, ...]:
    """The versions that the facts were taken from, oldest first."""
    return tuple(_facts()["about"]["clients"])


def parse_version(text: str) -> Version:
    """``2.1.330`` as numbers that compare; raises ValueError for anything else."""
    try:
        return tuple(map(int, text.split(".")))
    except ValueError:
        raise ValueError(f"`{text}` is no version; write one like {known_clients()[-1]}") from None


@lru_cache(maxsize=1)
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((data_path("schemas") / "client-registry.json").read_text("utf-8"))
    return facts


def _present(section: Mapping[str, Any], now: Version) -> frozenset[str]:
    """The names of a section that the client has."""
    gone = {name for name, last in section.get("until", {}).items() if now > parse_version(last)}
    return frozenset(section["known"]) - gone - _later(section, now).keys()


def _later(section: Mapping[str, Any], now: Version) -> dict[str, str]:
    return {name: first for name, first in section["since"].items() if now < parse_version(first)}
