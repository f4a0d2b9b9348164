"""What resolve reports: as JSON for programs, and in lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from acolytes_cc.install.conflicts.files import FileConflicts
from acolytes_cc.install.conflicts.resolution import Sides, sides
from acolytes_cc.install.disk.clashes import Clash
from acolytes_cc.install.disk.places import Places, location_arguments
from acolytes_cc.install.report_lines import dropped_states


class ConflictReport(NamedTuple):
    """The open conflicts."""

    places: Places
    files: Sequence[FileConflicts]
    has_texts: bool
    """whether to show both texts"""

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        return {
            "target": str(self.places.target),
            "conflicts": [
                {
                    "path": file.path,
                    "part": clash.name,
                    "lines": [clash.lines.start + 1, clash.lines.end],
                    "yours": "".join(texts.users),
                    "theirs": "".join(texts.theirs),
                }
                for file, clash, texts in self._rows
            ],
        }

    def lines(self) -> list[str]:
        """The list for a person."""
        if not self.files:
            return [f"no conflict is open in {self.places.target}"]
        rows = [f"  {file.path}  {_part(clash)}" for file, clash, _ in self._rows]
        if self.has_texts:
            rows = [line for file, clash, texts in self._rows for line in _both(file, clash, texts)]
        count = len(self._rows)
        head = f"{count} {'conflict is' if count == 1 else 'conflicts are'} open in {self.places.target}:"
        call = f"acolytes resolve{location_arguments(self.places)} {self.files[0].path if self.has_texts else 'FILE'}"
        see = [] if self.has_texts else [f"To see both texts: {call}"]
        return [head, *rows, *see, f"To settle: {call} --mine, --theirs or --edit"]

    @property
    def _rows(self) -> list[tuple[FileConflicts, Clash, Sides]]:
        return [(file, clash, sides(file.users, file.theirs, clash)) for file in self.files for clash in file.clashes]


class SettledReport(NamedTuple):
    """What was settled."""

    path: str
    choice: str
    settled: Sequence[Clash]
    still_open: Sequence[Clash]
    has_written: bool
    states_ahead: int
    """how many states a rollback left ahead: this change dropped them"""

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        return {
            "path": self.path,
            "choice": self.choice,
            "settled": [clash.name for clash in self.settled],
            "open": [clash.name for clash in self.still_open],
            "changed": self.has_written,
            "dropped_states": self.states_ahead,
        }

    def lines(self) -> list[str]:
        """The report for a person."""
        whose = {
            "mine": "your text stays",
            "theirs": "the new version's text is in the file",
            "edit": "as you edited it",
        }
        lines = [f"settled in {self.path}: {_names(self.settled)} ({whose[self.choice]})"]
        lines += [f"still open: {_names(self.still_open)}"] if self.still_open else []
        return lines + ([dropped_states(self.states_ahead)] if self.states_ahead else [])


def _both(file: FileConflicts, clash: Clash, texts: Sides) -> list[str]:
    yours = [f"  - {line.rstrip()}" for line in texts.users] or ["  - (you deleted it)"]
    theirs = [f"  + {line.rstrip()}" for line in texts.theirs] or ["  + (the new version has no such part)"]
    return [f"{file.path}  {_part(clash)}: yours is -, the new version is +", *yours, *theirs]


def _part(clash: Clash) -> str:
    if clash.key:
        return f"{clash.name} (line {clash.lines.start + 1})"
    return f"{'line' if clash.lines.size == 1 else 'lines'} {clash.name}"


def _names(clashes: Sequence[Clash]) -> str:
    return ", ".join(clash.name for clash in clashes)
