"""The kinds of files that the client reads, and how the place of a file decides its kind.

`placed_kind` says what the client makes of a file where it lies. `kind_of` also guesses for a file that lies where the
client does not look: a user names such a file, or keeps a collection that others copy from.
"""

from __future__ import annotations

import os
from pathlib import Path

from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.places import CLAUDE, MANIFESTS, Place, holds_file, place_of, split_absolute

MARKDOWN_KINDS: frozenset[Kind] = frozenset(
    ("agent", "plugin-agent", "skill", "command", "rule", "memory", "output-style")
)
"""The kinds that are Markdown. A misplaced file has the form that its ending says; all others are JSON."""

AGENTS, SKILLS, COMMANDS = "agents", "skills", "commands"
ENDING = ".md"
# Endings that the client does not read, although people use them for agents
OTHER_ENDINGS = (".markdown", ".mdc", ".mdown", ".mdx", ".txt")
SKILL = "SKILL.md"
_FOLDERS: dict[str, Kind] = {COMMANDS: "command", "rules": "rule", "output-styles": "output-style"}
_IN_PLUGIN: dict[str, Kind] = {AGENTS: "plugin-agent", COMMANDS: "command", "output-styles": "output-style"}
_CLAUDE_FILES: dict[str, Kind] = {
    "settings.json": "settings",
    "settings.local.json": "settings",
    "keybindings.json": "keybindings",
}
_MANIFEST_FILES: dict[str, Kind] = {"plugin.json": "plugin", "marketplace.json": "marketplace"}
_MEMORY = ("CLAUDE.md", "CLAUDE.local.md")
_ANYWHERE: dict[str, Kind] = {
    **dict.fromkeys(_MEMORY, "memory"),
    ".mcp.json": "mcp",
    "managed-settings.json": "settings",
}
# Names that say what a file is meant to be, wherever it lies
_BY_NAME: dict[str, Kind] = {**_CLAUDE_FILES, **_MANIFEST_FILES, "hooks.json": "hooks", "mcp.json": "mcp"}


def placed_kind(path: Path | str) -> Kind | None:
    """Return what the client makes of the file at ``path``, by its place alone; None if it does not read it there."""
    return kind_in(*split_absolute(path))


def kind_in(folder: str, name: str) -> Kind | None:
    """Return what the client makes of the file ``name`` in the folder at an absolute path; None as in `placed_kind`."""
    place = place_of(folder)
    if place.kind == "claude":
        return _kind_in_claude(place, name)
    if os.path.basename(folder) == MANIFESTS and name in _MANIFEST_FILES:
        return _MANIFEST_FILES[name]
    if place.kind == "plugin":
        return _kind_in_plugin(place, name) or (_ANYWHERE.get(name) if place.inside[:1] != (MANIFESTS,) else None)
    if name.endswith(".json") and os.path.basename(folder) == "managed-settings.d":
        return "settings"
    return _ANYWHERE.get(name)


def kind_of(path: Path | str) -> Kind | None:
    """Return the kind of the file at ``path``, or what its name and folder say that it is meant to be.

    None means that nothing tells. A Markdown file then is what its text looks like, see `looks`.
    """
    if placed := placed_kind(path):
        return placed
    folder, name = split_absolute(path)
    if name == SKILL:
        return "skill"
    if name.endswith(".json"):
        return _BY_NAME.get(name)
    for part in reversed(folder.split(os.sep)):
        if part == AGENTS:
            return "agent"
        if part in _FOLDERS:
            return _FOLDERS[part]
    return None


def plugin_root(folder: Path) -> Path | None:
    """Return the root of the plugin around ``folder``; None when there is none, or when a `.claude` is nearer."""
    place = place_of(os.path.abspath(folder))
    return Path(place.root) if place.kind == "plugin" else None


def is_in_skill(folder: str) -> bool:
    """Return whether the folder at an absolute path belongs to a skill: its files are for the skill, not the client.

    A skill may have an `agents` folder of its own. Below `.claude/agents`, a SKILL.md is an agent like any other file.
    """
    left_claude = False
    while True:
        parent = os.path.dirname(folder)
        place = place_of(folder)
        is_skills_folder = place.kind == "claude" and place.inside == (SKILLS,)  # the client reads no SKILL.md in it
        is_plugin = place.kind == "plugin" and not place.inside  # it may have a skill in its root
        is_other = is_skills_folder or is_plugin or place.inside[:1] in ((AGENTS,), (MANIFESTS,))
        if not is_other and holds_file(folder, SKILL):
            # a repository that is one skill as a whole may have a `.claude` of its own
            return not left_claude or os.path.basename(parent) == SKILLS
        left_claude = left_claude or os.path.basename(folder) == CLAUDE
        if parent == folder:
            return False
        folder = parent


def _kind_in_claude(place: Place, name: str) -> Kind | None:
    if name in _MEMORY:
        if name == "CLAUDE.local.md" and not place.inside:
            return None
        return "memory" if place.inside[:1] != (AGENTS,) else "agent"
    if not place.inside:
        return _CLAUDE_FILES.get(name)
    top = place.inside[0]
    if top == AGENTS:
        return "agent" if name.endswith(ENDING) else None
    if top == SKILLS:
        return "skill" if name == SKILL and len(place.inside) == 2 else None
    return _FOLDERS.get(top) if name.endswith(ENDING) else None


def _kind_in_plugin(place: Place, name: str) -> Kind | None:
    top = place.inside[0] if place.inside else ""
    if name == SKILL:
        return "skill" if _is_skill_of_plugin(place) else _IN_PLUGIN.get(top)
    if name == "hooks.json" and place.inside == ("hooks",):
        return "hooks"
    # unlike elsewhere, `.MD` counts for the agents of a plugin
    if top in _IN_PLUGIN and (name.lower() if top == AGENTS else name).endswith(ENDING):
        return _IN_PLUGIN[top]
    return _declared(place, name)


def _is_skill_of_plugin(place: Place) -> bool:
    """Whether the client finds the SKILL.md in this folder of a plugin."""
    path, parent = "/".join(place.inside), "/".join(place.inside[:-1]) or "."
    if any(target in (path or ".", parent) for target in place.declared.get("skills", ())):
        return True
    if not place.inside:
        return not os.path.isdir(os.path.join(place.root, SKILLS))
    return place.inside[0] == SKILLS and len(place.inside) == 2


def _declared(place: Place, name: str) -> Kind | None:
    """What the manifest says of a file of the plugin."""
    path = "/".join((*place.inside, name))
    for key, kind in (("agents", "plugin-agent"), ("commands", "command"), ("outputStyles", "output-style")):
        if name.endswith(ENDING) and any(_is_below(path, target) for target in place.declared.get(key, ())):
            return kind  # type: ignore[return-value] # mypy takes the words in the tuple for any text
    if path in place.declared.get("hooks", ()):
        return "hooks"
    return "mcp" if path in place.declared.get("mcpServers", ()) else None


def _is_below(path: str, target: str) -> bool:
    return path == target or path.startswith(f"{target}/")
