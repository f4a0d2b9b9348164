"""What the client asks of a manifest beyond the type of each value: names of keys, and values that need each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.support.schema_errors import SchemaError

_OPTION_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def broken_relations(manifest: Value) -> Iterator[SchemaError]:
    """The parts of a manifest for which client 2.1.332 refuses all of it, although each value has the right type."""
    for options in _maps(manifest, "userConfig"):
        yield from _wrong_options(options)
    for commands in _maps(manifest, "commands"):
        for command in commands.fields:
            if command.value.kind == "map" and _has_text(command.value, "source") == _has_text(
                command.value, "content"
            ):
                words = f"the command {quoted(command.key)} needs either `source` or `content`"
                yield SchemaError(command.span.start, ("commands",), words)
    for servers in _maps(manifest, "lspServers"):
        for server in servers.fields:
            endings = server.value.member("extensionToLanguage")
            for ending in endings.value.fields if endings else ():
                if not ending.key.startswith("."):
                    words = f"the file ending {quoted(ending.key)} must start with a dot"
                    yield SchemaError(ending.span.start, ("extensionToLanguage",), words)
    experimental = manifest.member("experimental")
    for holder in (manifest, experimental.value) if experimental else (manifest,):
        monitors = holder.member("monitors")
        yield from _repeated_names(monitors) if monitors else ()


def broken_marketplace(marketplace: Value, events: Collection[str]) -> Iterator[SchemaError]:
    """The parts of a marketplace that client 2.1.332 does not take, although each value has the right type."""
    name = marketplace.member("name")
    if name and isinstance(name.value.data, str) and ".." in name.value.data:
        yield SchemaError(name.value.span.start, ("name",), "must not have `..`")
    plugins = marketplace.member("plugins")
    seen: set[object] = set()
    for plugin in plugins.value.items if plugins else ():
        hooks = plugin.member("hooks")
        for event in hooks.value.fields if hooks else ():
            if event.key not in events:
                yield SchemaError(event.span.start, ("plugins", "hooks"), f"the event {quoted(event.key)} is unknown")
        own = plugin.member("name")
        if own and isinstance(own.value.data, str):
            if own.value.data in seen:
                words = f"the name {quoted(own.value.data)} is there twice, and only the first counts"
                yield SchemaError(own.value.span.start, ("plugins", "name"), words)
            seen.add(own.value.data)


def _wrong_options(options: Value) -> Iterator[SchemaError]:
    for option in options.fields:
        if not _OPTION_NAME.fullmatch(option.key):
            words = f"the name {quoted(option.key)} must have only letters, digits and `_`, with no digit in front"
            yield SchemaError(option.span.start, ("userConfig",), words)
        choices, default, required = map(option.value.member, ("options", "default", "required"))
        is_required = required is not None and required.value.data is True
        if choices and not is_required:
            allowed = [choice.data for choice in choices.value.items]
            if default is None or default.value.data not in allowed:
                words = "a `default` from `options` is missing, or `required: true`"
                yield SchemaError(option.span.start, (option.key,), words)


def _repeated_names(monitors: Field) -> Iterator[SchemaError]:
    seen: set[object] = set()
    for monitor in monitors.value.items:
        name = monitor.member("name")
        if name is None or not isinstance(name.value.data, str):
            continue
        if name.value.data in seen:
            yield SchemaError(
                name.value.span.start, ("monitors",), f"the name {quoted(name.value.data)} is there twice"
            )
        seen.add(name.value.data)


def _maps(manifest: Value, key: str) -> Iterator[Value]:
    """The objects under a key: its value, or the items of its list."""
    field = manifest.member(key)
    for value in (field.value, *field.value.items) if field else ():
        if value.kind == "map":
            yield value


def _has_text(command: Value, key: str) -> bool:
    field = command.member(key)
    return field is not None and field.value.data not in (None, "")
