"""The facts about the client that age, from the one dated file that holds them: ``schemas/client-registry.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from acolytes_cc.resources import data_path


@dataclass(frozen=True)
class Registry:
    """What the client knows: tools, models, fields and the values they take.

    ``removed_tools`` and ``off_by_default`` map a tool to what to use instead, ``misspelt_fields`` a key to the field
    that was meant.
    """

    client: str
    tools: frozenset[str]
    tool_aliases: Mapping[str, str]
    removed_tools: Mapping[str, str]
    never_for_subagents: frozenset[str]
    off_by_default: Mapping[str, str]
    only_without_bash: frozenset[str]
    mcp_servers: frozenset[str]
    model_aliases: frozenset[str]
    model_names_contain: str
    values: Mapping[str, tuple[str, ...]]
    fields: frozenset[str]
    misspelt_fields: Mapping[str, str]
    hook_events: frozenset[str]


@lru_cache(maxsize=1)
def registry() -> Registry:
    """The registry; read once."""
    facts = json.loads((data_path("schemas") / "client-registry.json").read_text("utf-8"))
    tools, models = facts["tools"], facts["models"]
    return Registry(
        client=facts["about"]["clients"][0],
        tools=frozenset(tools["current"]),
        tool_aliases=tools["aliases"],
        removed_tools=tools["removed"],
        never_for_subagents=frozenset(tools["never_for_subagents"]),
        off_by_default=tools["off_by_default"],
        only_without_bash=frozenset(tools["only_without_bash"]),
        mcp_servers=frozenset(facts["mcp_servers"]),
        model_aliases=frozenset(models["aliases"]),
        model_names_contain=models["full_name_contains"],
        values={field: tuple(values) for field, values in facts["values"].items()},
        fields=frozenset(facts["fields"]),
        misspelt_fields=facts["misspelt_fields"],
        hook_events=frozenset(facts["hook_events"]),
    )
