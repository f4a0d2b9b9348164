"""The tools that an agent gets from its definition, as the client resolves them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import lru_cache
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.context.other_products import NAMES, product_of

_MCP = "mcp__"
# A server, all its tools, or one of them; the client matches no other pattern.
_MCP_GRANT = re.compile(r"mcp__[^*]+?(?:__\*)?")
# A longer list is resolved each time, for what is kept stays in memory.
_MOST_SHARED = 200
_ADDED_BY_MEMORY = frozenset({"Read", "Write", "Edit"})


class Outcome(IntEnum):
    """What the client does with one entry of ``tools``; only the first gives the agent a tool."""

    __hash__ = int.__hash__  # that of an enumeration is a function of Python, and takes several times as long

    GRANTED = auto()
    REMOVED = auto()
    WITHHELD = auto()
    BESIDE_BASH = auto()
    DISALLOWED = auto()
    SERVER = auto()
    UNKNOWN = auto()


class Resolved(NamedTuple):
    """An entry, the tool that it means, and what becomes of it."""

    entry: ToolEntry
    tool: str
    outcome: Outcome


@dataclass(frozen=True)
class Toolbox:
    """The tools of one definition, as the client resolves them."""

    definition: Definition
    registry: Registry

    @cached_property
    def listed(self) -> tuple[ToolEntry, ...]:
        """The entries of ``tools`` as written."""
        return self.definition.tool_entries("tools")

    @cached_property
    def entries(self) -> tuple[Resolved, ...]:
        """The entries of ``tools``, resolved."""
        resolution = self._resolution
        return tuple(map(Resolved, self.listed, resolution.tools, resolution.outcomes))

    def with_outcome(self, outcome: Outcome) -> Sequence[Resolved]:
        """The entries of ``tools`` that this becomes of, in their order."""
        return [self.entries[number] for number in self._resolution.numbers.get(outcome, ())]

    @cached_property
    def _resolution(self) -> _Resolution:
        names = tuple([entry.name for entry in self.listed])
        resolution = _resolution if len(names) < _MOST_SHARED else _resolution.__wrapped__
        return resolution(names, self._terms)

    @cached_property
    def _terms(self) -> _Terms:
        mode = self.definition.field("permissionMode")
        is_in_plan_mode = mode is not None and mode.value.data == "plan"
        return _Terms(
            self.registry,
            self.definition.field("tools") is None,
            self.disallowed,
            self.declared_servers,
            is_in_plan_mode,
        )

    @cached_property
    def is_for_main_agent(self) -> bool:
        """Whether the agent is meant for `claude --agent`: only there its ``initialPrompt`` is used."""
        field = self.definition.field("initialPrompt")
        return field is not None and bool(field.value.data)

    @property
    def other_product(self) -> str | None:
        """The other product whose tools ``tools`` lists; None if it does not look like such a list."""
        return self._resolution.other_product

    @cached_property
    def disallowed(self) -> frozenset[str]:
        """The tools that ``disallowedTools`` takes away."""
        aliases = self.registry.tool_aliases
        return frozenset(
            [aliases.get(entry.name, entry.name) for entry in self.definition.tool_entries("disallowedTools")]
        )

    @property
    def inherits(self) -> bool:
        """Whether the agent gets every tool that subagents may have."""
        return self._resolution.inherits

    @cached_property
    def granted(self) -> frozenset[str]:
        """The tools named in ``tools`` that arrive, and those that ``memory`` adds."""
        memory = self.definition.field("memory")
        if memory is not None and memory.value.data in self.registry.values["memory"]:
            return self._resolution.granted | _ADDED_BY_MEMORY
        return self._resolution.granted

    def grants(self, tool: str) -> bool:
        """Whether the agent gets ``tool``."""
        meant = self.registry.tool_aliases.get(tool, tool)
        if meant in self.granted:
            return True
        return self.inherits and _outcome(meant, self._terms, has_bash=self._resolution.has_bash) is Outcome.GRANTED

    def grants_server(self, server: str) -> bool:
        """Return whether the agent may get tools of the MCP server ``server``; case and punctuation do not matter."""
        plain = _plain(server)
        if self.inherits:
            return self._plain_disallowed.isdisjoint({"mcp", f"mcp{plain}"})
        return any(plain in tool for tool in self._plain_granted)

    @cached_property
    def _plain_disallowed(self) -> frozenset[str]:
        return frozenset(_plain(tool) for tool in self.disallowed if tool.startswith(_MCP))

    @cached_property
    def _plain_granted(self) -> frozenset[str]:
        return frozenset(_plain(tool) for tool in self.granted if tool.startswith(_MCP))

    @cached_property
    def declared_servers(self) -> frozenset[str]:
        """The MCP servers that the definition's own ``mcpServers`` names."""
        field = self.definition.field("mcpServers")
        if field is None:
            return frozenset()
        names = {str(item.data) for item in field.value.items if item.kind == "string"}
        maps = [field.value, *(item for item in field.value.items if item.kind == "map")]
        return frozenset(names | {entry.key for value in maps for entry in value.fields})


class _Terms(NamedTuple):
    """What, beside the list itself, decides what becomes of the entries of ``tools``."""

    registry: Registry
    is_unlisted: bool
    disallowed: frozenset[str]
    servers: frozenset[str]
    is_in_plan_mode: bool


class _Resolution(NamedTuple):
    """What the client makes of the entries of ``tools``: each one's tool and outcome, and which have an outcome."""

    tools: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    numbers: dict[Outcome, list[int]]
    granted: frozenset[str]
    inherits: bool
    has_bash: bool
    other_product: str | None


@lru_cache(maxsize=512)  # agents of a collection share their lists: see `definitions/tool_list.py`
def _resolution(names: tuple[str, ...], terms: _Terms) -> _Resolution:
    aliases = terms.registry.tool_aliases
    tools = tuple([aliases.get(name, name) for name in names])
    inherits = terms.is_unlisted or "*" in names
    has_bash = (inherits or "Bash" in tools) and "Bash" not in terms.disallowed
    outcomes = tuple([_outcome(tool, terms, has_bash=has_bash) for tool in tools])
    numbers: dict[Outcome, list[int]] = {}
    for number, outcome in enumerate(outcomes):
        numbers.setdefault(outcome, []).append(number)
    granted = frozenset([tools[number] for number in numbers.get(Outcome.GRANTED, ())])
    unknown = [names[number] for what in (Outcome.UNKNOWN, Outcome.SERVER) for number in numbers.get(what, ())]
    other_product = product_of(unknown, len(names) - len(unknown)) if unknown else None
    return _Resolution(tools, outcomes, numbers, granted, inherits, has_bash, other_product)


def _outcome(tool: str, terms: _Terms, *, has_bash: bool) -> Outcome:
    """What becomes of a tool; ``has_bash`` is whether Bash arrives, which keeps other tools away."""
    facts = terms.registry
    if tool in facts.removed_tools:
        return Outcome.REMOVED
    if (tool in facts.never_for_subagents or tool in facts.off_by_default) and not (
        tool == "ExitPlanMode" and terms.is_in_plan_mode
    ):
        return Outcome.WITHHELD
    if tool not in facts.tools and tool != "*" and not is_mcp_grant(tool):
        is_server = (tool in facts.mcp_servers and tool not in NAMES) or tool in terms.servers
        return Outcome.SERVER if is_server else Outcome.UNKNOWN
    if tool in terms.disallowed:
        return Outcome.DISALLOWED
    if tool in facts.only_without_bash and has_bash:
        return Outcome.BESIDE_BASH
    return Outcome.GRANTED


def is_mcp_grant(entry: str) -> bool:
    """Return whether an entry can mean a server, all its tools, or one of them."""
    return _MCP_GRANT.fullmatch(entry) is not None and not entry.endswith("__")


def own_servers(definition: Definition) -> frozenset[str]:
    """Return the servers that the definition itself configures, as the names of their tools have them."""
    field = definition.field("mcpServers")
    items = field.value.items if field else ()
    return frozenset(tool_prefix(entry.key) for item in items for entry in item.fields)


def tool_prefix(server: str) -> str:
    """Return how the names of a server's tools have its name.

    >>> tool_prefix("my server.2")
    'my_server_2'
    """
    return re.sub(r"[^a-zA-Z0-9_-]", "_", server)


@lru_cache(maxsize=512)
def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
