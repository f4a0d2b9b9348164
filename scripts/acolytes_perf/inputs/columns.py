"""`--columns`: which column of a file plays which role, such as `time=ts,duration=ms:latency,label=path`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, one_line, quoted

#: Roles of columns of a result file. `label=fold:HEADING` puts `{id}` for numbers and UUIDs in the names.
RESULT_ROLES = ("time", "duration", "label", "status", "success")


class ColumnChoice(NamedTuple):
    """One `role=heading` of `--columns`.

    Attributes:
        role: what the command uses the column for.
        text: everything after the `=`: a heading, with or without a unit before it.
        unit: the part before the first colon, empty without a colon.
        heading: the part after the first colon, or all of it.
    """

    role: str
    text: str
    unit: str
    heading: str

    def column(self, headings: Sequence[str]) -> tuple[int, str] | None:
        """The index of the column with this heading, and the unit; None where no heading fits.

        A heading that has a colon itself is compared as a whole first.

        >>> parse_columns("time=ms:ts")[0].column(["ts", "load"])
        (0, 'ms')
        """
        for wanted, unit in ((self.text, ""), (self.heading, self.unit)):
            for same in (str.strip, _plain):
                matches = [index for index, heading in enumerate(headings) if same(heading) == same(wanted)]
                if len(matches) == 1:
                    return matches[0], unit
        return None


def parse_columns(text: str | None, roles: Sequence[str] = (), pointer: str = "/columns") -> list[ColumnChoice]:
    """The choices of a `--columns` text; a heading with a comma stands in double quotes.

    Args:
        text: `role=heading` or `role=unit:heading`, separated by commas; None for no choice.
        roles: the roles that the command knows; empty accepts any.
        pointer: of the input, for errors.

    Raises:
        InputError: a part has no role or no heading, or the role is unknown.

    >>> parse_columns('time=date,value=ms:"p99, all"')[1]
    ColumnChoice(role='value', text='ms:p99, all', unit='ms', heading='p99, all')
    """
    choices = []
    for part in _split(text or ""):
        role, equals, heading = (piece.strip() for piece in part.partition("="))
        if not equals or not role or not heading:
            message = f"{quoted(part)} is not a choice of a column: write ROLE=HEADING, such as time=ts"
            raise InputError(pointer, message)
        role = role.lower().replace("-", "_")
        if roles and role not in roles:
            nearest = did_you_mean(role, list(roles))
            hint = f" (did you mean {nearest}?)" if nearest else f": the roles are {', '.join(roles)}"
            raise InputError(pointer, f"{quoted(role)} is not a role of a column here{hint}")
        unit, colon, rest = heading.partition(":")
        choices.append(ColumnChoice(role, heading, unit.strip() if colon else "", rest.strip() if colon else heading))
    if text is not None and not choices:
        raise InputError(pointer, "is empty: write ROLE=HEADING, such as time=ts")
    return choices


def unknown_heading(choice: ColumnChoice, headings: Sequence[str], where: str, pointer: str = "/columns") -> InputError:
    """The error for a heading that the file does not have."""
    nearest = did_you_mean(choice.heading, list(headings))
    hint = f" (did you mean {one_line(nearest)}?)" if nearest else f": it has {listed(headings)}"
    return InputError(pointer, f"{where} has no column {quoted(choice.heading)}{hint}")


def listed(names: Sequence[str], most: int = 8) -> str:
    """The names for a message, at most so many of them."""
    shown = ", ".join(one_line(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _plain(heading: str) -> str:
    """A heading without case, and without the unit in brackets at its end."""
    return heading.split("[", maxsplit=1)[0].split(" (", maxsplit=1)[0].strip().lower() or heading.strip().lower()


def _split(text: str) -> list[str]:
    """The parts between commas that stand outside double quotes, without the quotes."""
    parts, part, quoted_part = [], "", False
    for char in text:
        if char == '"':
            quoted_part = not quoted_part
        elif char == "," and not quoted_part:
            parts.append(part)
            part = ""
        else:
            part += char
    return [part.strip() for part in [*parts, part] if part.strip()]
