"""Files that the client does not read because of their place or name, although they are meant for it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable

from acolytes_cc.definitions.frontmatter import TOP_KEY
from acolytes_cc.definitions.kinds import AGENTS, COMMANDS, ENDING, OTHER_ENDINGS, SKILL, SKILLS, is_in_skill
from acolytes_cc.definitions.looks import frontmatter_keys, looks_like
from acolytes_cc.definitions.places import CLAUDE, MANIFESTS, Place, place_of, split_absolute

_FOLDERS = (AGENTS, COMMANDS, SKILLS, "rules", "output-styles")
# Names that people give to a folder in place of the one that the client reads
_OTHER_NAMES = {"subagents": AGENTS, "subagent": AGENTS, "slashcommands": COMMANDS}
_MEMORY_NAMES = {"claude.md": "CLAUDE.md", "claude.local.md": "CLAUDE.local.md"}
_OF_SETTINGS = {"permissions", "hooks", "env"}
# In a file with `settings` in its name, these say that it is for the client, too
_OFTEN_IN_SETTINGS = _OF_SETTINGS | {"enabledPlugins", "language", "model", "outputStyle", "statusLine"}
# The client's own file in the home has neither
_NOT_OF_STATE = {"permissions", "hooks"}
# Forms in which other programs have their settings
_OTHER_SETTINGS = re.compile(r"settings(\.local)?\.(json[c5]?|ya?ml|toml)", re.IGNORECASE)
_MCP_NAMES = (".mcp.json", "mcp.json")
# Folders by which other products know a plugin of theirs
_OTHER_PLUGINS = (".cursor-plugin", ".codex-plugin", ".agents", "gemini-extension.json")


def misplaced(path: str, read: Callable[[], str]) -> str | None:
    """Return why the client does not read the file at ``path``, and where it would; None if that is not certain.

    Args:
        path: Where the file is; a place where the client reads it gives an answer for other places, so ask first.
        read: Gives its content, or the first thousands of characters. It is called when the place alone does not tell.
    """
    folder, name = split_absolute(path)
    place = place_of(folder)
    if name.endswith(".json"):
        return _misplaced_json(place, folder, name, read)
    if memory := _misplaced_memory(place, name):
        return memory
    if is_yaml_of_client(folder, name):
        return _definition_as_yaml(place, read())
    if is_settings_of_other_form(folder, name):
        right = "settings.local.json" if "local" in name.lower() else "settings.json"
        return f"The client does not read this file: no rule, hook or variable of it counts. Write JSON into `{right}`."
    if place.kind == "other" or os.path.splitext(name)[1].lower() not in (ENDING, *OTHER_ENDINGS):
        return None
    text, top = read(), place.inside[0] if place.inside else ""
    if not frontmatter_keys(text) and not _is_meant_as_rule(place, top):
        return None
    if top == MANIFESTS:
        return _beside_manifest(place.inside[1:])
    if top == SKILLS:
        return _misplaced_skill(place, folder, name)
    if top in _FOLDERS:
        return _other_ending(top, name)
    if name == SKILL and place.kind == "plugin" and not top:
        return f"With a folder `{SKILLS}`, the client does not read a `{SKILL}` in the root. Move it into `{SKILLS}`."
    if top == "plugins" and place.kind == "claude":
        return _not_a_plugin(place, text)
    return _in_other_folder(place, top, text)


def is_settings_of_other_form(folder: str, name: str) -> bool:
    """Whether a file is meant as settings of the client, but has another ending than `.json`."""
    return os.path.basename(folder) == CLAUDE and not name.endswith(".json") and bool(_OTHER_SETTINGS.fullmatch(name))


def is_yaml_of_client(folder: str, name: str) -> bool:
    """Whether a YAML file lies directly in a folder of agents, skills or commands that the client reads."""
    folder_above, last = os.path.split(folder)
    is_yaml = name.lower().endswith((".yaml", ".yml"))
    return is_yaml and last in (AGENTS, COMMANDS, SKILLS) and os.path.basename(folder_above) == CLAUDE


def _definition_as_yaml(place: Place, text: str) -> str | None:
    """The fields of a definition at the top of a YAML file; other YAML files are somebody's data."""
    fields = {"description"} if place.inside[0] == COMMANDS else {"name", "description"}
    if not fields <= set(TOP_KEY.findall(text)):
        return None
    form = f"`{SKILLS}/<name>/{SKILL}`" if place.inside[0] == SKILLS else "a Markdown file"
    return f"The client reads no YAML files in `{place.inside[0]}`. Write {form} with these fields as its frontmatter."


def _misplaced_memory(place: Place, name: str) -> str | None:
    meant = _MEMORY_NAMES.get(name.lower())
    if meant is None or place.inside[:1] == (AGENTS,):
        return None
    if name != meant:
        return f"On Linux, the client does not read this file. Rename it to `{meant}`."
    if place.kind == "claude" and not place.inside and meant == "CLAUDE.local.md":
        return f"The client does not read `{meant}` in `{CLAUDE}`. Move it into the folder above."
    return None


def _is_meant_as_rule(place: Place, top: str) -> bool:
    """Whether a file without frontmatter may be a rule or a style: many have none."""
    return place.kind == "claude" and bool({top, _meant_folder(top)} & {"rules", "output-styles"})


def _in_other_folder(place: Place, top: str, text: str) -> str | None:
    """A file of a folder whose name is like one that the client reads, or an agent outside of any folder."""
    shown = f"`{CLAUDE}/" if place.kind == "claude" else "`"
    meant = _meant_folder(top)
    if top == "prompts" and looks_like(text) == "command":  # others keep there what a skill tells the model to read
        meant = COMMANDS
    if meant:
        return f"The client does not read {shown}{top}`. Rename the folder to {shown}{meant}`."
    if not top and place.kind == "claude" and looks_like(text) == "agent":
        return f"The client reads agents only from `{CLAUDE}/{AGENTS}`. Move this file there."
    return None


def _meant_folder(name: str) -> str | None:
    plain = re.sub("[-_. ]", "", name).lower()
    if plain in _OTHER_NAMES:
        return _OTHER_NAMES[plain]
    return next((folder for folder in _FOLDERS if plain.rstrip("s") == folder.replace("-", "").rstrip("s")), None)


def _misplaced_skill(place: Place, folder: str, name: str) -> str | None:
    if len(place.inside) == 1:
        stem = os.path.splitext(name)[0]
        return f"The client finds no skill here: a skill is a folder. Move this file to `{SKILLS}/{stem}/{SKILL}`."
    if is_in_skill(folder) and (name != SKILL or is_in_skill(os.path.dirname(folder))):
        return None
    if name == SKILL:
        nearest = f"{SKILLS}/{place.inside[-1]}"
        return f"The client does not look for skills in deeper folders. Move the folder to `{nearest}`."
    if os.path.splitext(name)[0].lower() in ("skill", "index", "readme") and len(place.inside) == 2:
        return f"The client finds no skill here: it reads only `{SKILL}`. Rename this file."
    return None


def _other_ending(folder: str, name: str) -> str | None:
    if name.endswith(ENDING) or folder == AGENTS:  # agents with another ending have a rule of their own
        return None
    return f"The client reads only `*{ENDING}` files in `{folder}`. Rename this file."


def _not_a_plugin(place: Place, text: str) -> str | None:
    meant = any(part in _FOLDERS for part in place.inside[1:])
    if not meant or place.inside[1] in ("cache", "marketplaces", "data") or not looks_like(text):
        return None
    return f"The client loads nothing from this folder: it is not a plugin without `{MANIFESTS}/plugin.json`."


def _beside_manifest(inside: tuple[str, ...]) -> str | None:
    if not inside or inside[0] not in _FOLDERS:
        return None
    return f"The client does not read `{MANIFESTS}/{inside[0]}`. Move the folder into the root of the plugin."


def _misplaced_json(place: Place, folder: str, name: str, read: Callable[[], str]) -> str | None:
    top = place.inside[0] if place.inside else ""
    if top == MANIFESTS and name in ("hooks.json", *_MCP_NAMES):
        target = "hooks/hooks.json" if name == "hooks.json" else ".mcp.json"
        return f"The client does not read this file in `{MANIFESTS}`. Move it to `{target}` in the root of the plugin."
    if name == "marketplace.json" and place.kind != "claude" and {"plugins", "owner"} <= _keys(read()):
        if re.fullmatch(r"\.[\w-]+", os.path.basename(folder)):  # a marketplace of another product, as `.grok-plugin`
            return None
        above = os.path.basename(os.path.dirname(folder))
        is_read = os.path.exists(os.path.join(folder, MANIFESTS, name)) or above == MANIFESTS
        return (
            None if is_read else f"The client reads a marketplace only from `{MANIFESTS}/{name}`. Move this file there."
        )
    if place.kind == "plugin" and place.inside in ((), ("hooks",)):
        return _of_plugin(place, name, read)
    if place.kind == "other" and name == "mcp.json" and _is_project(folder) and "mcpServers" in _keys(read()):
        return "The client reads the servers of a project only from `.mcp.json`, with a dot in front. Rename this file."
    if name == ".claude.json" and place.kind == "other" and _keys(read()) & _NOT_OF_STATE:
        return f"The client reads no settings from this file. Move them to `{CLAUDE}/settings.json`."
    if place.kind != "claude":
        return None
    if place.inside in ((), ("settings",)) and _keys_of_settings(name) & _keys(read()):
        target = "settings.local.json" if "local" in name.lower() else "settings.json"
        return f"The client does not read this file: no rule, hook or variable of it counts. Rename it to `{target}`."
    if not top and name in _MCP_NAMES:
        return f"The client does not read `{CLAUDE}/{name}`. Move it to `.mcp.json` in the root of the project."
    if name == "hooks.json" and place.inside in ((), ("hooks",)):
        return f"The client does not read this file. Move the hooks to the key `hooks` of `{CLAUDE}/settings.json`."
    if top == AGENTS and {"name", "description"} <= _keys(read()):
        return "The client reads no agents from JSON files. Write a Markdown file with frontmatter."
    return None


def _is_project(folder: str) -> bool:
    """Whether the folder is the root of a project that uses the client, and has its servers nowhere else."""
    names = (CLAUDE, "CLAUDE.md")
    is_of_client = any(os.path.exists(os.path.join(folder, name)) for name in names)
    return is_of_client and not os.path.exists(os.path.join(folder, ".mcp.json"))


def _of_plugin(place: Place, name: str, read: Callable[[], str]) -> str | None:
    """Hooks or servers of a plugin in a file that the client does not know, unless another product reads it there."""
    if any(os.path.exists(os.path.join(place.root, folder)) for folder in _OTHER_PLUGINS):
        return None
    is_servers = name == "mcp.json" and not place.inside
    right, key = (".mcp.json", "mcpServers") if is_servers else ("hooks/hooks.json", "hooks")
    is_meant = is_servers or place.inside == ("hooks",) or name in ("hooks.json", "hook.json")
    if not is_meant or os.path.exists(os.path.join(place.root, right)) or key not in _keys(read()):
        return None
    return (
        f"The client reads the {'servers' if is_servers else 'hooks'} of a plugin only from `{right}`. Move them there."
    )


def _keys_of_settings(name: str) -> set[str]:
    """The keys of which one tells that a file with this name is meant as settings of the client."""
    word = re.search("setting|config", name, re.IGNORECASE)
    return set() if word is None else _OF_SETTINGS if word[0].lower() == "config" else _OFTEN_IN_SETTINGS


def _keys(text: str) -> set[str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return set()
    return set(value) if isinstance(value, dict) else set()
