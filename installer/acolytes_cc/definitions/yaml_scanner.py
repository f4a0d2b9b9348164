"""Splits YAML into words as the client does. Imported late, because ruamel.yaml takes long to import."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.scanner import Scanner, ScannerError

_BRACKET = re.compile(r"[][]")


class ClientScanner(Scanner):
    """Takes a text that begins with a comma, as client 2.1.332 does, and refuses some tags that it refuses."""

    def fetch_flow_entry(self) -> None:
        """Outside of brackets, a comma begins a text."""
        if self.flow_level:
            super().fetch_flow_entry()
        else:
            self.fetch_plain()

    def scan_tag(self) -> Any:
        """A word that begins with `!`."""
        if self.reader.prefix(2) == "!!" and self.reader.peek(2) in "\0 \t\r\n":
            mark = self.reader.get_mark()
            raise ScannerError("while scanning a tag", mark, "`!!` without the name of a tag", mark)
        return super().scan_tag()

    def scan_tag_uri(self, name: Any, start_mark: Any) -> Any:
        """The text behind the `!` of a tag."""
        if self.reader.peek() == ",":
            raise ScannerError("while scanning a tag", start_mark, "unexpected `,` in a tag", start_mark)
        text = super().scan_tag_uri(name, start_mark)
        if odd := _BRACKET.search(text):
            raise ScannerError("while scanning a tag", start_mark, f"unexpected `{odd[0]}` in a tag", start_mark)
        return text
