"""What Markdown does not show of a paragraph: destinations of links, autolinks, and tags of HTML.

``markdown`` does not look for these, for rules rarely need them and the scan must be fast. A rule asks here before it
reports a word. markdown-it takes 60 ms to import, so that happens only where the paragraph may contain one of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from acolytes_cc.definitions.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

# A hostile body may be one line of a megabyte, or brackets alone; the parser would need minutes for it.
MAX_CHARACTERS = 4_000
_MAX_BRACKETS = 100


def is_shown(paragraph: str, start: int, end: int) -> bool:
    """Return whether a reader of the rendered paragraph sees all of ``paragraph[start:end]``.

    >>> is_shown("See [the LS tool](docs/ls.md).", 5, 16)
    True
    >>> is_shown("See [this](docs/ls.md).", 11, 21)
    False
    """
    if len(paragraph) > 3 * MAX_CHARACTERS or not may_hide(paragraph):
        return True
    if paragraph.count("[") + paragraph.count("<") > _MAX_BRACKETS:
        return True
    return all(hidden.end <= start or end <= hidden.start for hidden in _hidden_parts(paragraph))


def may_hide(text: str) -> bool:
    """Return whether the text has a sign of a link, an autolink or a tag."""
    return "<" in text or "](" in text


@lru_cache(maxsize=64)
def _hidden_parts(paragraph: str) -> tuple[Span, ...]:
    text = paragraph.replace("\r\n", " \n")  # the parser would make it one character, and offsets wrong
    hidden: list[Span] = []
    _parser().parseInline(text, {"text": text, "hidden": hidden})
    return tuple(hidden)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """A parser of inline Markdown that notes where hidden parts are; its tokens have no places."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import autolink, html_inline, image, link

    parser = MarkdownIt("commonmark")
    parser.inline.ruler.at("autolink", _noting(autolink, _whole))
    parser.inline.ruler.at("html_inline", _noting(html_inline, _whole))
    parser.inline.ruler.at("link", _noting(link, _label_end))
    parser.inline.ruler.at("image", _noting(image, lambda state: _label_end(state, 1)))
    return parser


def _noting(
    rule: Callable[[StateInline, bool], bool], hidden_from: Callable[[StateInline], int]
) -> Callable[[StateInline, bool], bool]:
    """The parser's rule, which also notes what it hides; ``hidden_from`` is asked before the rule moves on."""

    def noting(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it calls it so)
        environment: Any = state.env
        is_whole = state.src == environment["text"]  # the text of an image is parsed for itself
        start = hidden_from(state) if not silent and is_whole else 0
        matches = rule(state, silent)
        if matches and not silent and is_whole:
            environment["hidden"].append(Span(start, state.pos))
        return matches

    return noting


def _whole(state: StateInline) -> int:
    return state.pos


def _label_end(state: StateInline, mark: int = 0) -> int:
    """Where the text of a link ends, with its bracket; of an image, whose mark is one character longer, too."""
    if state.src[state.pos : state.pos + mark + 1] not in ("[", "!["):
        return state.pos
    end: int = state.md.helpers.parseLinkLabel(state, state.pos + mark, not mark)
    return end + 1
