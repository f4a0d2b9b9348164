"""A plan of a quest: its mission, and its turns with all that they need. `plan_file` reads where that is written."""

from __future__ import annotations

import os
import re

from . import checks
from .errors import RefusalError
from .framing import quoted
from .plan_file import Cell, PlanFile

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .board.reservations import ReservedPath

_MODES = ("parallel", "single")
_LEADER = "leader"  # as a reviewer: the leader, whatever its name
_NAME = re.compile(r"[A-Za-z0-9_-]{1,20}")


class PlannedTurn:
    """A row of the plan. `after` are names of turns above it; `reviewer` is an agent, or None for the leader."""

    __slots__ = (
        "after",
        "agent",
        "done_when",
        "files",
        "name",
        "paths",
        "phase",
        "place",
        "reviewed",
        "reviewer",
        "task",
    )

    def __init__(self, name: str, place: Cell) -> None:
        self.name = name
        self.place = place  # of the files
        self.agent = ""
        self.phase = ""
        self.after: list[str] = []
        self.reviewed = False
        self.reviewer: str | None = None
        self.files: list[str] = []
        self.paths: list[ReservedPath] = []  # of the files
        self.task = ""
        self.done_when = ""

    def text(self, reserve: str) -> str:
        """Return the message that assigns the turn. `reserve` is the command that reserves its files."""
        parts = [
            self.task,
            f"Files: {', '.join(self.files)} (reserve them first: {reserve} --paths '{','.join(self.files)}')"
            if self.files
            else "",
            f"Done when: {self.done_when}",
            f"Phase: {self.phase}" if self.phase else "",
            f"This is turn {self.name} of the plan.",
        ]
        return "\n".join(part for part in parts if part)


class Plan:
    """A plan that has been checked."""

    def __init__(self, file: PlanFile, leader: str, cwd: str, environ: Mapping[str, str]) -> None:
        self._file = file
        self._leader = leader
        self._surroundings = (cwd, environ)
        fields = file.fields
        self.mission = self._checked(fields, "Mission")
        self.mode = fields["Mode"].text if "Mode" in fields else _MODES[0]
        if self.mode not in _MODES:
            raise self._file.wrong(fields["Mode"], f"Mode: {quoted(self.mode)} is not parallel or single")
        phases = fields.get("Phases")
        self.phases = [part.strip() for part in phases.text.split(",") if part.strip()] if phases else []
        self.turns: dict[str, PlannedTurn] = {}
        self._names = [leader, _LEADER]
        for row in file.rows:
            turn = self._turn(row)
            self._check_files(turn)
            self.turns[turn.name] = turn
        if not self.turns:
            raise self._file.wrong(file.header, "the table has no turns: add a row for each")

    @property
    def agents(self) -> list[str]:
        """The workers: who has a turn, or reviews one; each once."""
        names = [name for turn in self.turns.values() for name in (turn.agent, turn.reviewer) if name]
        return list(dict.fromkeys(names))

    def _checked(self, fields: dict[str, Cell], name: str) -> str:
        if name not in fields:
            raise self._file.wrong(Cell("", 1, 1), f"{name}: is missing; write a line {name}: ... above the table")
        return self._text(fields[name], name)

    def _text(self, cell: Cell, name: str) -> str:
        try:
            return checks.text(cell.text, "text")
        except RefusalError as error:
            raise self._file.wrong(cell, f"{name}: {error}") from None

    def _turn(self, row: dict[str, Cell]) -> PlannedTurn:
        name = row["Turn"].text
        if not _NAME.fullmatch(name):
            raise self._file.wrong(row["Turn"], "Turn: use 1 to 20 letters, digits, _ and -, such as A")
        if name in self.turns:
            raise self._file.wrong(row["Turn"], f"Turn: there is a turn {name} above; use another name")
        turn = PlannedTurn(name, row["Files"])
        turn.agent = self._agent(row["Agent"], "Agent")
        turn.phase = self._phase(row["Phase"])
        turn.after = list(self._after(row["After"]))
        if row["Review"].text:
            turn.reviewed = True
            if row["Review"].text not in {_LEADER, self._leader}:
                turn.reviewer = self._agent(row["Review"], "Review")
                if turn.reviewer == turn.agent:
                    raise self._file.wrong(
                        row["Review"], f"Review: {turn.agent} has the turn itself; name another, or leader"
                    )
        turn.files = [part.strip() for part in row["Files"].text.split(",") if part.strip()]
        turn.paths = self._paths(row["Files"]) if turn.files else []
        turn.task = self._text(row["Task"], "Task")
        turn.done_when = self._text(row["Done when"], "Done when")
        return turn

    def _agent(self, cell: Cell, name: str) -> str:
        try:
            agent = checks.agent_name(cell.text)
        except RefusalError as error:
            raise self._file.wrong(cell, f"{name}: {error}") from None
        if agent == self._leader:
            raise self._file.wrong(cell, f"{name}: {agent} leads the quest and has no turns; name a worker")
        if same := checks.same_but_for_case([*self._names, agent]):
            raise self._file.wrong(cell, f"{name}: {agent} differs from {same[0]} only in case; write {same[0]}")
        self._names.append(agent)
        return agent

    def _phase(self, cell: Cell) -> str:
        if not cell.text and not self.phases:
            return ""
        named = [phase for phase in self.phases if cell.text in {phase, phase.partition(" ")[0]}]
        if not named:
            listed = ", ".join(self.phases) or "none"
            raise self._file.wrong(cell, f"Phase: {quoted(cell.text)} is not in the line Phases ({listed})")
        return named[0]

    def _after(self, cell: Cell) -> Iterator[str]:
        for name in dict.fromkeys(part.strip() for part in cell.text.split(",") if part.strip()):
            if name not in self.turns:
                listed = ", ".join(self.turns) or "none"
                raise self._file.wrong(cell, f"After: {quoted(name)} is not a turn of a row above ({listed})")
            yield name

    def _paths(self, cell: Cell) -> list[ReservedPath]:
        from .reserved_paths import read

        try:
            return read(cell.text, *self._surroundings)
        except RefusalError as error:
            raise self._file.wrong(cell, str(error).replace("--paths", "Files", 1)) from None

    def _check_files(self, turn: PlannedTurn) -> None:
        """Refuse a file of a turn that may run at the same time."""
        if self.mode == "single":
            return
        from .board.reservations import overlap

        before = self._before(turn.after)
        for other in self.turns.values():
            if other.name in before:
                continue
            for path in turn.paths:
                if any(overlap(path, theirs) for theirs in other.paths):
                    raise self._file.wrong(
                        turn.place,
                        f"Files: turns {other.name} and {turn.name} may run at the same time, and both write to"
                        f" {quoted(path.path)}; put {other.name} into After of {turn.name}, or give it to one of them",
                    )

    def _before(self, after: list[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(after)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.turns[name].after)
        return found


def read(path: str, text: str, leader: str, cwd: str, environ: Mapping[str, str]) -> Plan:
    """Return the plan in the file `path`, which holds `text`."""
    return Plan(PlanFile(os.path.normpath(path), text), leader, cwd, environ)
