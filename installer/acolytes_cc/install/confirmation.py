"""Ask the user before something is changed."""

from __future__ import annotations

import select
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from acolytes_cc.dialogue import Dialogue, confirmed
from acolytes_cc.install.options import OutputFormat
from acolytes_cc.show import show_plan


class Dialog(NamedTuple):
    """Asks the user for confirmation, except with ``--yes``, with ``--json``, or without a terminal."""

    output: OutputFormat
    yes: bool

    @property
    def is_interactive(self) -> bool:
        """Whether a person at a terminal can answer questions."""
        return not self.yes and self.output != "json" and sys.stdin.isatty() and sys.stdout.isatty()

    def confirms(
        self, question: str, lines: Sequence[str], *, default: bool = True, dialogue: Dialogue | None = None
    ) -> bool | None:
        """Show ``lines`` and ask ``question`` on a terminal; True when the user agrees.

        None when the user goes back to the last question of ``dialogue``. Elsewhere nobody can be asked, and the change
        can be undone, so the answer is True, except where ``n`` is piped into standard input.
        """
        if self.yes or self.output == "json":
            return True
        if self.is_interactive:
            if lines:
                show_plan(lines)
            agreed = dialogue.confirms(question, default=default) if dialogue else confirmed(question, default=default)
            if agreed is None:
                return None
        else:
            agreed = not _piped_reply().strip().lower().startswith("n")
        if not agreed:
            click.echo("nothing was changed")
        return agreed


def _piped_reply() -> str:
    try:
        return sys.stdin.readline() if select.select([sys.stdin], [], [], 0)[0] else ""
    except (OSError, ValueError):  # standard input is closed, or is not a file that select can wait for
        return ""
