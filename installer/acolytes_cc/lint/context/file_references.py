"""What settings, hooks and the manifest of a plugin name: files, and an output style."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.context.declared_servers import declared_servers, in_plugin, is_remote
from acolytes_cc.lint.context.hook_scripts import INTERPRETER, ROOT, script_of
from acolytes_cc.lint.context.hook_values import entries, handlers

Use = Literal[
    "file",
    "folder",
    "part",
    "program",
    "script",
    "blocking-script",
    "bare-script",
    "server",
    "bare-server",
    "source",
    "only-source",
    "import",
    "link",
    "agent",
    "style",
]
NOT_FROM_ROOT: frozenset[Use] = frozenset(("import", "link", "agent", "style"))
"""What Markdown names, and names that are no paths: neither counts from the root of the project or the plugin."""
_PARTS: dict[str, Use] = {
    "commands": "part",
    "agents": "file",
    "skills": "folder",
    "hooks": "file",
    "lspServers": "file",
    "monitors": "file",
    "outputStyles": "part",
    "themes": "part",
    "workflows": "part",
}
_PATH = re.compile(r"[\w./-]+")
# What a marketplace may say of a plugin only when the plugin does not
_OWN_PARTS = ("commands", "agents", "skills", "hooks", "outputStyles", "themes")
# Of what a marketplace adds to a plugin, the client says of these when the path is not there
_LOOKED_UP = ("commands", "agents", "skills", "outputStyles", "themes")
# With one of these, an interpreter runs no file
_CODE = ("-c", "-e", "-m", "-p", "--eval", "--print", "run", "install")


class Reference(NamedTuple):
    """A file that another names, relative to the project or the plugin; or an output style.

    Attributes:
        use: What it must be; a program must be executable, too. With "bare", it lacks the root of the plugin.
        key: The key of the manifest or the settings, or `command`; for an import, why there is none, as in ``imports``.
        path: The path as it is written.
        line: The line of the value in the file, from 1.
        column: Its column, from 1.
    """

    use: Use
    key: str
    path: str
    line: int
    column: int


def references(document: JsonDocument) -> Iterator[Reference]:
    """Each path that the document names and that has to be there."""
    if document.kind == "plugin":
        yield from _parts(document)
    if document.kind == "marketplace":
        yield from _sources(document)
    style = document.field("outputStyle") if document.kind == "settings" else None
    if style and isinstance(style.value.data, str):
        yield _reference(document, "style", style.key, style.value.data, style.value)
    if document.kind in ("mcp", "plugin"):
        yield from _servers(document)
    if document.kind in ("settings", "hooks", "plugin"):
        for _, entry in entries(document):
            for handler in handlers(entry):
                command = handler.member("command")
                text = command.value.data if command and not handler.member("args") else None
                script = script_of(text, plugin=document.kind != "settings") if isinstance(text, str) else None
                if command and script:
                    yield _reference(document, script.use, "command", script.path, command.value)


def _parts(document: JsonDocument) -> Iterator[Reference]:
    """The paths of a plugin's manifest."""
    experimental = document.field("experimental")
    for key, use in _PARTS.items():
        inner = experimental.value.member(key) if experimental and key in ("themes", "monitors") else None
        for field in filter(None, (document.field(key), inner)):
            for value in _paths(field):
                yield _reference(document, use, key, str(value.data), value)


def _paths(field: Field) -> Iterator[Value]:
    """The paths that a key of a plugin has: one, some, or those of named commands."""
    sources = [command.value.member("source") for command in field.value.fields if field.key == "commands"]
    for value in (field.value, *field.value.items, *(source.value for source in sources if source)):
        if isinstance(value.data, str) and value.data.startswith("./"):
            yield value


def _sources(document: JsonDocument) -> Iterator[Reference]:
    """The plugins of a marketplace, and what it adds to them. An "only-source" must not have a manifest of its own."""
    plugins, metadata = document.field("plugins"), document.field("metadata")
    root = metadata.value.member("pluginRoot") if metadata else None
    for plugin in plugins.value.items if plugins else ():
        name, source, strict = map(plugin.member, ("name", "source", "strict"))
        path = source.value.data if source else None
        if source is None or not isinstance(path, str) or ".." in path.split("/"):
            continue
        if not path.startswith(("./", "/")) and path != "." and root and isinstance(root.value.data, str):
            path = os.path.join(root.value.data, path)
        elif not path.startswith("./"):
            continue  # the rule marketplace-source says what is wrong with it
        is_only = strict is not None and strict.value.data is False and any(map(plugin.member, _OWN_PARTS))
        key = str(name.value.data) if name else ""
        yield _reference(document, "only-source" if is_only else "source", key, path, source.value)
        for part in filter(None, map(plugin.member, _LOOKED_UP)):
            for value in _paths(part):
                inside = os.path.normpath(os.path.join(path, str(value.data)))
                yield _reference(document, _PARTS[part.key], part.key, f"./{inside}", value)


def _servers(document: JsonDocument) -> Iterator[Reference]:
    """The program or the script of each server, where it is clear that it must be a file of the plugin or project."""
    plugin = document.kind == "plugin" or in_plugin(document)
    for server in declared_servers(document):
        command, args = server.value.member("command"), server.value.member("args")
        value = command.value if command else None
        if is_remote(server.value) or value is None or not isinstance(value.data, str):
            continue
        if INTERPRETER.fullmatch(value.data):
            items = args.value.items if args else ()
            value = next((item for item in items if not str(item.data).startswith("-")), None)
            if value is None or not _has_ending(str(value.data)) or any(str(item.data) in _CODE for item in items):
                continue
        text = str(value.data)
        root = ROOT.match(text) if text.startswith("${CLAUDE_PLUGIN_ROOT}") else None
        path = text[root.end() :] if root else text.removeprefix("./")
        is_path = root or text.startswith("./") or value is not (command.value if command else None)
        if is_path and _PATH.fullmatch(path) and not path.startswith("/"):
            use: Use = "bare-server" if plugin and not root else "server"
            if plugin or not root:
                yield _reference(document, use, server.key, path, value)


def _has_ending(path: str) -> bool:
    return os.path.splitext(path)[1] in (".py", ".js", ".mjs", ".cjs", ".ts", ".sh", ".rb", ".pl")


def _reference(document: JsonDocument, use: Use, key: str, path: str, value: Value) -> Reference:
    return Reference(use, key, path, *document.source.position(value.span.start))
