"""Blocks of HTML as the client finds them: what is in one is no text for it, and it imports nothing there.

They are those of CommonMark: a tag of the first list begins one on any line; another tag only when it stands alone, and
does not go on with a paragraph. A blank line ends it. Where that is not certain, nothing is taken for HTML.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.markdown import Structure
from acolytes_cc.definitions.source import Span

_BLOCK = re.compile(
    r" {0,3}</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    r"|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link"
    r"|main|menu|menuitem|meta|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th"
    r"|thead|title|tr|track|ul)(?:[ \t\r\n>]|/>|\Z)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r" {0,3}<(?:/[a-zA-Z][\w-]*[ \t]*|[a-zA-Z][\w-]*"
    r"(?:[ \t]+[a-zA-Z_][\w-]*(?:[ \t]*=[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'=<>`]+))?)*[ \t]*/?)>[ \t]*\r?(?:\n|\Z)"
)
# A heading, the end of a fence or a comment
_NO_PARAGRAPH = re.compile(r" {0,3}(?:#{1,6}[ \t]|```|~~~|<!--[^\n]*-->[ \t]*\r?\n)")
# These have an end of their own
_OTHER_BLOCK = re.compile(r"<(?:\?|/?(?:pre|script|style|textarea)\b)", re.IGNORECASE)

_BLANK_LINE = re.compile(r"\n[ \t]*\r?(?=\n)")
# No line that imports a file is longer
_LONGEST_LINE = 2_000


@dataclass(frozen=True)
class HtmlBlocks:
    """The blocks of HTML in a text; each part between two blank lines is looked at once."""

    text: str
    structure: Structure
    comments: Sequence[Span]

    def hold(self, offset: int) -> bool:
        """Whether an offset that is in no fence is in a block of HTML, and not in inline code there."""
        number = bisect_right(self._starts, offset) - 1
        if number not in self._html:
            self._html[number] = self._html_of(number)
        html = self._html[number]
        if not html.start <= offset < html.end:
            return False
        line = self.text.rfind("\n", max(html.start - 1, offset - _LONGEST_LINE), offset) + 1 or html.start
        return offset - line < _LONGEST_LINE and self.text.count("`", line, offset) % 2 == 0

    def is_hidden(self, offset: int) -> bool:
        """Whether an offset is in a comment."""
        number = bisect_right(self.comments, (offset, len(self.text))) - 1
        return number >= 0 and offset < self.comments[number].end

    @cached_property
    def _starts(self) -> list[int]:
        """Where the parts start."""
        body = self.structure.body
        return [body, *(found.end() + 1 for found in _BLANK_LINE.finditer(self.text, body))]

    @cached_property
    def _html(self) -> dict[int, Span]:
        return {}

    def _html_of(self, number: int) -> Span:
        """The HTML of a part; it ends where something begins that has an end of its own."""
        text, start = self.text, self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(text)
        if text.find("<", start, end) < 0:
            return Span(start, start)
        other = _OTHER_BLOCK.search(text, start, end)
        end = other.start() if other else end
        above, line = -1, start
        while line < end:
            begins = above < 0 or _NO_PARAGRAPH.match(text, above)
            is_tag = _BLOCK.match(text, line, end) or (begins and _ALONE.match(text, line, end))
            if is_tag and not self.is_hidden(line) and self.structure.fence_at(line) is None:
                return Span(line, end)
            above, line = line, text.find("\n", line, end) + 1 or end
        return Span(start, start)
