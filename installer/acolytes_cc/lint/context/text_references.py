"""The files that a Markdown file names: imports of a CLAUDE.md, links of a skill, and the agent that runs a skill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.markdown import Structure
from acolytes_cc.definitions.source import Source, Span
from acolytes_cc.lint.context.file_references import Reference
from acolytes_cc.lint.context.html_blocks import HtmlBlocks
from acolytes_cc.lint.context.nested_fences import first_nested

# A path after a space, as the client reads it; the other signs before it are what people also write there
_IMPORT = re.compile(r"(?:(?<=[\s(\"'<:*_\[])|\A)@(?P<path>(?:[^\s\\]|\\ )+)")
_EMPHASIS = "*_"
HTML, NOT_ESCAPED = "html", "not-escaped"
# What a path that the client cuts may go on with
_LONGER = re.compile(r"(?: [^\n@`]{0,80}?|\\[\w.][^\s@`]{0,200}?)\.\w{1,10}(?![\w.])")
_COMMENT = re.compile(r"<!--[\s\S]*?-->")
_LINK = re.compile(r"\]\((?P<path><[^<>\n]+>|[^\s()<>]+)(?:[ \t]+[\"'(][^\n]*?)?\)")
# Addresses, anchors, and what is to be filled in
_NO_FILE = re.compile(r"[a-zA-Z][\w+.-]*:|[/#]|.*[{}$*<>]|(?:url|link|path|\.\.\.)$")


def text_references(definition: Definition) -> Iterator[Reference]:
    """What the text names, of a file of a kind whose text can name files."""
    if definition.kind in ("memory", "rule"):
        start = definition.block.body if definition.block else 0
        yield from imports(definition.text, definition.source, start)
    elif definition.kind == "skill":
        yield from _links(definition)
    if definition.kind in ("skill", "command"):
        yield from _agent(definition)


def imports(text: str, source: Source, start: int = 0) -> Iterator[Reference]:
    """The `@path` in a text that is not code; ``key`` says why the client does not import it.

    It is the character before the `@` when that is no space, `HTML`, or, for a path that may go on after a space or
    with a backslash, `NOT_ESCAPED`.
    """
    if "@" not in text:
        return
    structure, comments = Structure(text, start), [Span(*found.span()) for found in _COMMENT.finditer(text, start)]
    has_tags, blocks = "<" in text, HtmlBlocks(text, structure, comments)
    for found in _IMPORT.finditer(text, start):
        at, before = found.start(), text[found.start() - 1] if found.start() > start else ""
        path = found["path"].partition("#")[0].replace("\\ ", " ")
        if before and before in _EMPHASIS and before in path:
            path = path.rpartition(before)[0].rstrip(before)
        elif before == "[":
            path = path.partition("]")[0]
        if not path or blocks.is_hidden(at):
            continue
        if has_tags and structure.fence_at(at) is None and blocks.hold(at):
            yield Reference("import", HTML, path, *source.position(at))
        elif not structure.is_code(at, at + 1):
            if longer := _LONGER.match(text, found.end()):
                yield Reference("import", NOT_ESCAPED, found["path"] + longer[0], *source.position(at))
            yield Reference("import", before.strip("*_[ \t\r\n"), path, *source.position(at))


def _links(definition: Definition) -> Iterator[Reference]:
    """The relative links of a skill."""
    text, start = definition.text, definition.block.body if definition.block else 0
    structure = Structure(text, start)
    # where blocks end at blocks inside them, a link after the first one may be part of an example
    end = structure.fences[0].opening if first_nested(definition) else len(text)
    for found in _LINK.finditer(text, start, end) if "](" in text else ():
        path = found["path"].strip("<>")
        if path != found["path"] and re.fullmatch(r"[\w-]+", path):
            continue  # a placeholder: the angle brackets are for paths with spaces
        if not _NO_FILE.match(path) and not structure.is_code(found.start(), found.end()):
            yield Reference("link", "", re.split("[#?]", path)[0], *definition.source.position(found.start("path")))


def _agent(definition: Definition) -> Iterator[Reference]:
    """The agent in whose context a skill runs."""
    context, agent = definition.field("context"), definition.field("agent")
    if context and agent and context.value.data == "fork" and isinstance(agent.value.data, (str, int)):
        position = definition.source.position(agent.value.span.start)
        yield Reference("agent", "", str(agent.value.data), *position)
