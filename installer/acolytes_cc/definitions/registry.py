"""Facts about each version of the client, from one dated file: ``schemas/client-registry.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from acolytes_cc.resources import data_path

Version = tuple[int, ...]

if TYPE_CHECKING:
    from typing import TypedDict

    class _About(TypedDict):
        verified: str
        clients: list[str]

    class _Names(TypedDict):
        known: list[str]
        since: dict[str, str]

    class _VersionedNames(_Names, total=False):
        """Names that some client has, the first client with a name, and the last one."""

        until: dict[str, str]

    class _Tools(_VersionedNames):
        aliases: dict[str, str]
        removed: dict[str, str]
        never_for_subagents: list[str]
        off_by_default: dict[str, str]
        only_without_bash: list[str]
        conditional: list[str]

    class _Agents(TypedDict):
        built_in: list[str]

    class _Skills(TypedDict):
        bundled: list[str]

    class _Models(TypedDict):
        aliases: list[str]
        replaced: list[str]
        full_name_contains: str
        retirements: dict[str, str]

    class _Hooks(TypedDict):
        events: _VersionedNames
        types: dict[str, list[str]]
        tool_events: list[str]
        matcher_values: dict[str, list[str]]
        without_matcher: list[str]

    class _Facts(TypedDict):
        about: _About
        tools: _Tools
        agents: _Agents
        mcp_servers: list[str]
        models: _Models
        values: dict[str, list[str]]
        fields: _VersionedNames
        misspelt_fields: dict[str, str]
        main_thread_fields: list[str]
        plugin_ignores: list[str]
        skill_fields: list[str]
        skills: _Skills
        hooks: _Hooks


@dataclass(frozen=True)
class HookFacts:
    """Facts about hooks. ``types`` maps the type of a handler to the keys that it needs."""

    events: frozenset[str]
    types: Mapping[str, tuple[str, ...]]
    tool_events: frozenset[str]
    matcher_values: Mapping[str, tuple[str, ...]]
    without_matcher: frozenset[str]


@dataclass(frozen=True, eq=False)
class Registry:
    """The tools, models, fields and values of one version of the client. There is one object for each version.

    Attributes:
        client: The version of the client, such as ``2.1.330``.
        verified: The date of the facts, such as ``2026-10-01``.
        later_tools: Tools that only later clients have, each with the first version that has it.
        removed_tools: Tools of earlier clients, each with what to use instead.
        off_by_default: Tools that are off by default, each with what to use instead.
        conditional_tools: Tools that subagents get only in some environments.
        replaced_models: Models in place of which the client asks for the newest one of the same family.
        retirements: Parts of model names, each with the date on which these models are retired.
        values: The valid values of fields that have a fixed list of values.
        later_fields: Fields that only later clients have, each with the first version that has it.
        misspelt_fields: Common wrong keys, each with the correct field.
        main_thread_fields: Fields that work only for an agent that was started with ``--agent``.
        bundled_skills: Skills that come with the client.
        plugin_ignores: Fields that the client ignores in an agent of a plugin.
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
    replaced_models: frozenset[str]
    retirements: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]
    fields: frozenset[str]
    later_fields: Mapping[str, str]
    misspelt_fields: Mapping[str, str]
    main_thread_fields: frozenset[str]
    plugin_ignores: frozenset[str]
    skill_fields: frozenset[str]
    bundled_skills: frozenset[str]
    hooks: HookFacts


@lru_cache(maxsize=8)
def registry(version: str | None = None) -> Registry:
    """The facts about one version of the client; without an argument, about the newest observed one.

    For a version between two observed ones, the facts of the older one are used.

    Raises:
        ValueError: ``version`` is not a version number.
    """
    facts = _facts()
    client = version or observed_clients()[-1]
    number = parse_version(client)
    tools, models, hooks = facts["tools"], facts["models"], facts["hooks"]
    return Registry(
        client=client,
        verified=facts["about"]["verified"],
        tools=_present(tools, number),
        later_tools=_later(tools, number),
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
        replaced_models=frozenset(models["replaced"]),
        retirements=models["retirements"],
        values={field: tuple(values) for field, values in facts["values"].items()},
        fields=_present(facts["fields"], number),
        later_fields=_later(facts["fields"], number),
        misspelt_fields=facts["misspelt_fields"],
        main_thread_fields=frozenset(facts["main_thread_fields"]),
        plugin_ignores=frozenset(facts["plugin_ignores"]),
        skill_fields=frozenset(facts["skill_fields"]),
        bundled_skills=frozenset(facts["skills"]["bundled"]),
        hooks=HookFacts(
            events=_present(hooks["events"], number),
            types={kind: tuple(keys) for kind, keys in hooks["types"].items()},
            tool_events=frozenset(hooks["tool_events"]),
            matcher_values={event: tuple(values) for event, values in hooks["matcher_values"].items()},
            without_matcher=frozenset(hooks["without_matcher"]),
        ),
    )


def observed_clients() -> tuple[str, ...]:
    """The versions of the client that the facts come from, oldest first."""
    return tuple(_facts()["about"]["clients"])


def parse_version(text: str) -> Version:
    """Parse a version into numbers that can be compared.

    >>> parse_version("2.1.330")
    (2, 1, 330)

    Raises:
        ValueError: ``text`` is not a version number.
    """
    try:
        return tuple(map(int, text.split(".")))
    except ValueError:
        raise ValueError(f"`{text}` is not a version. Write one like {observed_clients()[-1]}.") from None


@lru_cache(maxsize=1)
def _facts() -> _Facts:
    facts: _Facts = json.loads((data_path("schemas") / "client-registry.json").read_text("utf-8"))
    return facts


def _present(section: _VersionedNames, number: Version) -> frozenset[str]:
    """The names of a section that the client of that version has."""
    removed = {name for name, last in section.get("until", {}).items() if number > parse_version(last)}
    return frozenset(section["known"]) - removed - _later(section, number).keys()


def _later(section: _VersionedNames, number: Version) -> dict[str, str]:
    """The names that only later clients have, each with the first version that has it."""
    return {name: first for name, first in section["since"].items() if number < parse_version(first)}
