"""What a terminal can show: colours by the usual rules, and how many columns it has. Imports next to nothing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TextIO

    Style = Literal["added", "removed", "changed", "error", "warning", "info", "good", "heading"]

#: The only place that says what a style looks like. The eight basic colours follow the theme of the terminal.
STYLES: dict[Style, str] = {
    "added": "32",
    "removed": "31",
    "changed": "33",
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "good": "1;32",
    "heading": "1",
}
_USUAL_COLUMNS, _USUAL_LINES = 80, 24


def painted(text: str, style: Style) -> str:
    """Return a text in a style."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees at once what is written to ``stream``."""
    return stream is not None and not stream.closed and stream.isatty()


def colour_by_environment() -> bool | None:
    """What the user's environment says about colour; None where the stream decides.

    ``NO_COLOR`` is stronger than ``FORCE_COLOR`` and ``CLICOLOR_FORCE``, and these are stronger than ``TERM=dumb``.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0", "false") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if "0" in (os.environ.get("FORCE_COLOR"), os.environ.get("CLICOLOR")) or os.environ.get("TERM") == "dumb":
        return False
    return None


def has_colour(stream: TextIO | None) -> bool:
    """Whether to write colours to ``stream``."""
    said = colour_by_environment()
    return is_terminal(stream) if said is None else said


def columns(stream: TextIO) -> int:
    """The columns of the terminal behind ``stream``; 80 where it does not say. ``COLUMNS`` is stronger."""
    return _size("COLUMNS", stream)[0] or _USUAL_COLUMNS


def screen_lines(stream: TextIO) -> int:
    """The lines of the terminal behind ``stream``; 24 where it does not say. ``LINES`` is stronger."""
    return _size("LINES", stream)[1] or _USUAL_LINES


def _size(variable: str, stream: TextIO) -> tuple[int, int]:
    """The columns and lines; 0 is unknown. The variable is stronger."""
    named = os.environ.get(variable, "")
    if named.isdecimal() and int(named):
        return int(named), int(named)
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return 0, 0
    return size.columns, size.lines
