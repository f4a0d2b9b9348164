"""What project rules see of a run: a small summary of each file, so that the contents need not stay in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.kinds import placed_kind, plugin_root
from acolytes_cc.definitions.places import CLAUDE
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.context.file_references import NOT_FROM_ROOT, Reference, references
from acolytes_cc.lint.context.surroundings import Surroundings
from acolytes_cc.lint.context.text_references import text_references

CHARACTERS_A_TOKEN = 4
"""Measured on English prose: the definitions of the published collections."""


MOST_LISTED = 1536
"""The client cuts the description of a skill after so many characters."""
_LISTED: tuple[Kind, ...] = ("agent", "plugin-agent", "skill", "command")


class Mention(NamedTuple):
    """A name, and its place in the file."""

    name: str
    line: int
    column: int


class FileSummary(NamedTuple):
    """What project rules need of one file; plain values only, so that it can be cached as JSON.

    ``listed_tokens`` are always in the main agent's context, ``body_tokens`` in each request of the agent. ``skills``,
    ``servers`` and ``isolation`` are what an agent asks for, ``tool_servers`` and ``denied_servers`` the servers in the
    names of tools that it has or has not, ``own_servers`` what a file declares, ``references`` the files and agents
    that it names, and ``declared_keys`` the keys of a manifest that replace a folder.
    """

    path: str
    kind: Kind
    name: Mention | None = None
    listed_tokens: int = 0
    body_tokens: int = 0
    skills: tuple[Mention, ...] = ()
    servers: tuple[Mention, ...] = ()
    tool_servers: tuple[Mention, ...] = ()
    denied_servers: tuple[Mention, ...] = ()
    own_servers: tuple[str, ...] = ()
    isolation: Mention | None = None
    references: tuple[Reference, ...] = ()
    declared_keys: tuple[Mention, ...] = ()


@lru_cache(maxsize=4096)
def _collection(parent: str, cwd: str) -> Path | None:
    """The topmost folder `agents` that the client loads as a whole with the files in a folder; None outside of any."""
    nearest = Path(os.path.abspath(os.path.join(cwd, parent)))
    folders = (nearest, *nearest.parents)
    below_claude = [folder for folder in folders if folder.name == "agents" and folder.parent.name == ".claude"]
    return next(iter(below_claude or [folder for folder in folders if folder.name == "agents"]), None)


@lru_cache(maxsize=4096)
def _claude_around(folder: Path) -> Path | None:
    return folder.parent if folder.parent.name == CLAUDE else None


@dataclass(frozen=True)
class Project:
    """All files of one run, the paths of those that the user named one by one, and a view of the disk around them."""

    files: tuple[FileSummary, ...]
    named: frozenset[str] = frozenset()
    surroundings: Surroundings = field(default_factory=Surroundings)

    @cached_property
    def unplaced(self) -> frozenset[str]:
        """The paths of the files that the client does not read where they lie."""
        return frozenset(file.path for file in self.files if placed_kind(file.path) is None)

    @cached_property
    def agents(self) -> tuple[FileSummary, ...]:
        """The agents that load, of whatever kind."""
        return tuple(file for file in self.files if file.kind in ("agent", "plugin-agent") and file.name)

    @cached_property
    def collections(self) -> dict[Path | None, list[FileSummary]]:
        """The agents by the folder that the client loads as a whole; a subfolder of a plugin has its own prefix."""
        by_folder: dict[Path | None, list[FileSummary]] = {}
        for file, collection in self._placed:
            folder = Path(file.path).absolute().parent if file.kind == "plugin-agent" else collection
            by_folder.setdefault(folder, []).append(file)
        return by_folder

    def same(self, key: Callable[[str], str]) -> Iterator[list[tuple[str, Mention]]]:
        """Paths and names of agents of one collection whose names have the same ``key``, where there are several."""
        for files in self.collections.values():
            groups: dict[str, list[tuple[str, Mention]]] = {}
            for file in files:
                if file.name is not None:
                    groups.setdefault(key(file.name.name), []).append((file.path, file.name))
            yield from (group for group in groups.values() if len(group) > 1)

    def below_claude(self) -> list[tuple[FileSummary, Path]]:
        """The agents in a `.claude` folder, each with that folder: only there it is clear what is around them."""
        return self._below_claude

    @cached_property
    def _below_claude(self) -> list[tuple[FileSummary, Path]]:
        agents = ((file, _claude_around(folder)) for file, folder in self._placed if file.kind == "agent" and folder)
        return [(file, claude) for file, claude in agents if claude]

    @cached_property
    def _placed(self) -> list[tuple[FileSummary, Path | None]]:
        """The agents, each with the folder that the client loads as a whole."""
        cwd = os.getcwd()  # once, not for each of many files
        return [(file, _collection(os.path.dirname(file.path), cwd)) for file in self.agents]

    def references(self) -> list[tuple[FileSummary, Reference, Path]]:
        """Each file that settings or a plugin name, where it is clear to which folder the path belongs."""
        return self._references

    @cached_property
    def _references(self) -> list[tuple[FileSummary, Reference, Path]]:
        found = []
        for file in self.files:
            if not file.references:
                continue
            folder = Path(file.path).absolute().parent
            root = folder.parent if file.kind == "settings" and folder.name == CLAUDE else plugin_root(folder)
            root = root or (folder if file.kind == "mcp" else None)
            root = folder.parent if file.kind == "marketplace" else root
            if root:
                named = (one for one in file.references if one.use not in NOT_FROM_ROOT)
                found += [(file, one, Path(os.path.normpath(os.path.join(root, one.path)))) for one in named]
        return found


def summary_of(subject: Subject) -> FileSummary:
    """Return the summary of a file, whatever its content."""
    if isinstance(subject, JsonDocument):
        servers = _keys(subject.field("mcpServers"))
        return FileSummary(
            subject.path,
            subject.kind,
            own_servers=servers,
            references=tuple(references(subject)),
            declared_keys=tuple(_declared_keys(subject)),
        )
    if subject.kind == "output-style":
        return FileSummary(subject.path, subject.kind, _name_of_style(subject))
    if subject.kind not in _LISTED:
        return FileSummary(subject.path, subject.kind, references=tuple(text_references(subject)))
    name = _name(subject)
    return FileSummary(
        subject.path,
        subject.kind,
        name,
        tokens(_listed_characters(subject, name.name)) if name else 0,
        tokens(subject.body_length),
        tuple(_mention(subject, entry.text, entry.span.start) for entry in subject.tool_entries("skills")),
        tuple(_referred_servers(subject)),
        tuple(_tool_servers(subject, "tools")),
        tuple(_tool_servers(subject, "disallowedTools")),
        _keys(subject.field("mcpServers")),
        next((_mention(subject, entry.text, entry.span.start) for entry in subject.tool_entries("isolation")), None),
        tuple(text_references(subject)),
    )


def tokens(characters: int) -> int:
    """Return about how many tokens a text of that many characters has."""
    return -(-characters // CHARACTERS_A_TOKEN)


def _listed_characters(definition: Definition, name: str) -> int:
    """How long the entry of an agent or a skill is in the list that the main agent always sees."""
    texts = [field.value.data for key in ("description", "when_to_use") if (field := definition.field(key))]
    if definition.kind not in ("skill", "command"):
        description = definition.field("description")
        return len(f"{name}: {description.value.data or ''}".strip()) if description else len(f"{name}:")
    hidden = definition.field("disable-model-invocation")
    if hidden and str(hidden.value.data).lower() in ("true", "yes", "on", "1"):
        return 0
    return len(name) + len("- : ") + min(len(" - ".join(str(text or "") for text in texts)), MOST_LISTED)


def _name(definition: Definition) -> Mention | None:
    """What the client calls the agent or skill; None when it does not load it."""
    field = definition.field("name")
    if field is not None and isinstance(field.value.data, str) and field.value.data.strip():
        described = definition.kind != "agent" or definition.has_text("description")
        return _mention(definition, field.value.data, field.value.span.start) if described else None
    path = Path(definition.path)
    fallback = {"plugin-agent": path.stem, "skill": path.absolute().parent.name, "command": path.stem}
    return Mention(fallback[definition.kind], 1, 1) if definition.kind in fallback else None


def _name_of_style(definition: Definition) -> Mention | None:
    """What the client calls an output style; None where the name is no text."""
    field = definition.field("name")
    if field is None or field.value.data in (None, ""):
        return Mention(Path(definition.path).stem, 1, 1)
    name = field.value.data
    return _mention(definition, name, field.value.span.start) if isinstance(name, str) else None


def _tool_servers(definition: Definition, key: str) -> Iterator[Mention]:
    """The MCP servers in the names of tools."""
    for entry in definition.tool_entries(key):
        if entry.name.startswith("mcp__") and entry.name.strip("_*") != "mcp":
            yield _mention(definition, entry.name.split("__")[1], entry.span.start)


def _referred_servers(definition: Definition) -> Iterator[Mention]:
    """The MCP servers that an agent names in `mcpServers`, without a configuration."""
    field = definition.field("mcpServers")
    for item in field.value.items if field else ():
        if isinstance(item.data, str):
            yield _mention(definition, item.data, item.span.start)


def _keys(field: Field | None) -> tuple[str, ...]:
    """The keys of a map, or of the maps in a list."""
    values = (field.value, *field.value.items) if field else ()
    return tuple(entry.key for value in values for entry in value.fields)


def _declared_keys(document: JsonDocument) -> Iterator[Mention]:
    for key in ("agents", "commands", "outputStyles") if document.kind == "plugin" else ():
        field = document.field(key)
        if field is not None:
            yield Mention(key, *document.source.position(field.span.start))


def _mention(definition: Definition, name: str, offset: int) -> Mention:
    return Mention(name, *definition.source.position(offset))
