"""The files that settings, hooks and the manifest of a plugin name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.declared_servers import declared_servers, in_plugin, is_remote
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
    "import",
    "link",
    "agent",
]
IN_TEXT: frozenset[Use] = frozenset(("import", "link", "agent"))
"""What Markdown names: such a path does not count from the root of the project or the plugin."""
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
_ROOT = re.compile(r"\"?\$(?:\{CLAUDE_(?:PROJECT_DIR|PLUGIN_ROOT)\}|CLAUDE_(?:PROJECT_DIR|PLUGIN_ROOT)\b)\"?/")
_PATH = re.compile(r"[\w./-]+")
_BARE = re.compile(r"(?:\./)?[\w-][\w.-]*/[\w./-]+(?=\s|\Z)|\./[\w.-]+(?=\s|\Z)|[\w-]+\.(?:sh|py|js|mjs|ts)(?=\s|\Z)")
# With one of these, an interpreter runs no file
_CODE = ("-c", "-e", "-m", "-p", "--eval", "--print", "run", "install")
_INTERPRETER = re.compile(r"(?:\S*/)?(?:ba|z|da)?sh|(?:\S*/)?(?:python|node|ruby|perl|bun)[\d.]*")
# Without its file, this ends with code 2, with which a hook blocks; bash with 127, node with 1
_ENDS_WITH_2 = re.compile(r"(?:\S*/)?(?:sh|dash|python[\d.]*)")


class Reference(NamedTuple):
    """A file that another names, relative to the project or the plugin.

    Attributes:
        use: What it must be; a program must be executable, too. With "bare", it lacks the root of the plugin.
        key: The key of the manifest, or `command`; for an import, the character before its `@`.
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
    if document.kind in ("mcp", "plugin"):
        yield from _servers(document)
    if document.kind in ("settings", "hooks", "plugin"):
        for _, entry in entries(document):
            for handler in handlers(entry):
                command = handler.member("command")
                text = command.value.data if command and not handler.member("args") else None
                script = _script(text, plugin=document.kind != "settings") if isinstance(text, str) else None
                if command and script:
                    yield _reference(document, *script, command.value)


def _parts(document: JsonDocument) -> Iterator[Reference]:
    """The paths of a plugin's manifest."""
    experimental = document.field("experimental")
    for key, use in _PARTS.items():
        inner = experimental.value.member(key) if experimental and key in ("themes", "monitors") else None
        for field in filter(None, (document.field(key), inner)):
            sources = [command.value.member("source") for command in field.value.fields if key == "commands"]
            named = [source.value for source in sources if source]
            for value in (field.value, *field.value.items, *named):
                if isinstance(value.data, str) and value.data.startswith("./"):
                    yield _reference(document, use, key, value.data, value)


def _servers(document: JsonDocument) -> Iterator[Reference]:
    """The program or the script of each server, where it is clear that it must be a file of the plugin or project."""
    plugin = document.kind == "plugin" or in_plugin(document)
    for server in declared_servers(document):
        command, args = server.value.member("command"), server.value.member("args")
        value = command.value if command else None
        if is_remote(server.value) or value is None or not isinstance(value.data, str):
            continue
        if _INTERPRETER.fullmatch(value.data):
            items = args.value.items if args else ()
            value = next((item for item in items if not str(item.data).startswith("-")), None)
            if value is None or not _has_ending(str(value.data)) or any(str(item.data) in _CODE for item in items):
                continue
        text = str(value.data)
        root = _ROOT.match(text) if text.startswith("${CLAUDE_PLUGIN_ROOT}") else None
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


def _script(command: str, *, plugin: bool) -> tuple[Use, str, str] | None:
    """The script below the project or the plugin that a command starts with; None if that is not sure."""
    rest, use = command.lstrip(), "program"
    word, _, behind = rest.partition(" ")
    if _INTERPRETER.fullmatch(word):
        rest, use = behind.lstrip(), "script"
    bare = _BARE.match(rest) if plugin else None
    if bare is not None:
        return "bare-script", "command", bare[0].removeprefix("./")
    root = _ROOT.match(rest)
    path = _PATH.match(rest, root.end()) if root else None
    if path is None or rest[path.end() : path.end() + 1] not in ("", " ", '"', ";"):
        return None
    blocks = use == "script" and _ENDS_WITH_2.fullmatch(word)
    return ("program" if use == "program" else "blocking-script" if blocks else "script"), "command", path[0]
