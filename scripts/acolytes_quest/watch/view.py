"""The lines of the view: the quests in as much detail as the height allows, then the newest messages."""

from __future__ import annotations

import time

from ..describe import age
from ..framing import counted, visible
from ..trees import elsewhere
from .cells import BAD, CALL, FAINT, GOOD, PLAIN, STRONG, one_line, padded

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.overview import MemberView, Overview, QuestView
    from ..board.rows import Message, Quest, Turn
    from .cells import Line

_LEAST_MESSAGES = 4  # lines that are kept for the messages where quests could fill the screen
_PLACE = 30  # characters of the name of a working tree
_TEXT = 300  # characters of a text that a line holds at most; a line is cut to the terminal afterwards
# How many members, waiting turns, and questions and reviews of a quest are listed, from much detail to little.
_DETAILS = ((40, 12, 12), (20, 6, 6), (10, 3, 3), (5, 1, 2), (3, 0, 1), (0, 0, 0))


class Marks:
    """The characters for the state of a member, and the rule below the title."""

    def __init__(self, *, unicode: bool) -> None:
        self.works, self.idle, self.gone, self.call = ("●", "○", "✗", "▸") if unicode else ("*", "-", "x", ">")
        self.rule = "─" if unicode else "-"


class View:
    """Makes lines of an overview for a terminal of `columns` and `rows`; rows is None for a print without end.

    A working tree other than `own_tree` is named.
    """

    def __init__(self, overview: Overview, now: float, marks: Marks, own_tree: str) -> None:
        self._overview = overview
        self._now = now
        self._marks = marks
        self._own_tree = own_tree

    def lines(self, columns: int, rows: int | None) -> list[Line]:
        """Return the lines, at most `rows` of them."""
        title: list[Line] = [[(STRONG, self._title())], [(FAINT, self._marks.rule * columns)]]
        if not self._overview.quests:
            return [*title, [(PLAIN, "no quest is open; `acolytes-quest create` makes one")]]
        messages = self._messages()
        if rows is None:
            body = self._quests(_DETAILS[0])
            return [*title, *body, *self._with_heading(messages[-20:])]
        room = rows - len(title)
        kept = min(len(messages), _LEAST_MESSAGES) + 1 if messages else 0
        body = self._quests(_DETAILS[0])
        for details in _DETAILS[1:]:
            if len(body) <= room - kept:
                break
            body = self._quests(details)
        body = self._cut(body, max(1, room - kept))
        left = room - len(body) - 1
        shown = messages[-left:] if left > 0 else []
        return [*title, *body, *(self._with_heading(shown) if shown else [])][:rows]

    def _title(self) -> str:
        overview = self._overview
        shown = overview.quests
        at_work = sum(quest.counts.get("leased", 0) for quest in shown)
        parts = [counted(len(shown) + overview.others, "open quest")] if len(shown) != 1 or overview.others else []
        parts.append(counted(at_work, "turn") + " at work")
        for number, what in (
            (sum(len(quest.questions) for quest in shown), "question"),
            (sum(len(quest.reviews) for quest in shown), "review"),
        ):
            if number:
                parts.append(counted(number, what))
        unread = sum(quest.unread for quest in shown)
        return "quest board: " + ", ".join([*parts, f"{unread} unread"] if unread else parts)

    def _quests(self, details: tuple[int, int, int]) -> list[Line]:
        lines: list[Line] = []
        for quest in self._overview.quests:
            lines.extend(self._quest(quest, details))
        if self._overview.others:
            lines.append([(FAINT, f"and {counted(self._overview.others, 'older open quest')}")])
        return lines

    def _cut(self, lines: list[Line], room: int) -> list[Line]:
        """Return the first lines, and how many quests are not shown: each takes one line here."""
        left = len(lines) - (room - 1) + max(0, self._overview.others - 1)
        return lines if len(lines) <= room else [*lines[: room - 1], [(FAINT, f"and {counted(left, 'older quest')}")]]

    def _quest(self, view: QuestView, details: tuple[int, int, int]) -> list[Line]:
        members, waiting, calls = details
        lines = [self._head(view, short=not members)]
        if not members:
            return lines
        if members > 3:
            lines.append([(PLAIN, "  " + one_line(view.quest.mission, _TEXT))])
        lines.extend(self._calls(view, calls))
        lines.extend(self._member_lines(view, members))
        lines.extend(self._waiting(view, waiting))
        return lines

    def _head(self, view: QuestView, *, short: bool) -> Line:
        quest = view.quest
        line = [(STRONG, f"quest {quest.id}"), (PLAIN, f"{self._place(quest)} {quest.status}")]
        counts = ", ".join(f"{number} {state}" for state, number in view.counts.items())
        if short:
            calls = len(view.questions) + len(view.reviews)
            line.append((CALL, f" {self._marks.call}{calls}" if calls else ""))
            line.append((PLAIN, f": {counts or 'no turns'}; {one_line(quest.mission, _TEXT)}"))
            return line
        unread = f", {view.unread} unread" if view.unread else ""
        mode = ", one turn at a time" if quest.mode == "single" else ""
        line.append((PLAIN, f", led by {quest.leader}{mode}"))
        line.append((CALL, unread))
        line.append((PLAIN, f"; turns: {counts or 'none'}"))
        if quest.phase:
            line.append((PLAIN, f"; phase {one_line(quest.phase, 40)}"))
        return line

    def _place(self, quest: Quest) -> str:
        """Return in which other working tree a quest is; of a long path, the end."""
        place = visible(elsewhere(quest.tree, self._own_tree))
        return place if len(place) <= _PLACE else f" in ...{place[-_PLACE:]}"

    def _calls(self, view: QuestView, limit: int) -> list[Line]:
        """Return what waits for the leader: questions, then reviews."""
        lines: list[Line] = [
            [
                (CALL, f"  {self._marks.call} {row.kind} of turn {row.turn}"),
                (PLAIN, f" {row.assignee}, {self._ago(row.at)}: {one_line(row.text, _TEXT)}"),
            ]
            for row in view.questions
        ]
        lines.extend(
            [
                (CALL, f"  {self._marks.call} review of turn {row.turn}"),
                (PLAIN, f" by {row.reviewer or view.quest.leader}"),
            ]
            for row in view.reviews
        )
        return self._bounded(lines, limit, "more that wait for the leader")

    def _member_lines(self, view: QuestView, limit: int) -> list[Line]:
        # Those that work come first, then those that turns wait for.
        ordered = sorted(
            view.members, key=lambda member: (not member.held, not member.waiting, member.role != "leader")
        )
        name_columns = min(24, max(len(member.name) for member in ordered))
        lines: list[Line] = []
        for member in ordered:
            lines.extend(self._member(view, member, name_columns))
        return self._bounded(lines, limit, "more of the members and their turns")

    def _member(self, view: QuestView, member: MemberView, name_columns: int) -> list[Line]:
        name = padded(member.name, name_columns)
        if not member.held:
            return [[(FAINT, f"  {self._marks.idle} {name} "), (PLAIN, self._idle(member))]]
        return [self._work(view, turn, name) for turn in member.held]

    def _work(self, view: QuestView, turn: Turn, name: str) -> Line:
        doing = view.activities[turn.id]
        since = f" for {self._age(doing.since)}" if doing.since is not None else ""
        sign = f", last sign {self._ago(doing.last_sign)}" if doing.last_sign is not None else ""
        what = f"review of turn {turn.about}" if turn.kind == "review" else f"turn {turn.id}"
        attempt = f", attempt {turn.attempt}" if turn.attempt > 1 else ""
        task = f"  {one_line(view.tasks[turn.id], _TEXT)}" if turn.id in view.tasks else ""
        if doing.client_ended:
            return [(BAD, f"  {self._marks.gone} {name} "), (BAD, f"{what}, its client has ended{sign}"), (PLAIN, task)]
        return [
            (GOOD, f"  {self._marks.works} "),
            (STRONG, name),
            (PLAIN, f" {what}{since}{sign}{attempt}"),
            (FAINT, task),
        ]

    def _idle(self, member: MemberView) -> str:
        sign = f", last sign {self._ago(member.last_sign)}" if member.last_sign is not None else ""
        if member.role == "leader":
            return ("leads, waits for news" if member.listens else "leads") + sign
        turns = f"{counted(member.waiting, 'turn')} for it" if member.waiting else "no turn"
        listens = {True: ", waits for one", False: ", not waiting", None: ""}[member.listens]
        return turns + listens + sign

    def _waiting(self, view: QuestView, limit: int) -> list[Line]:
        queued = [turn for turn in view.turns if turn.state == "queued"]
        blocked = [turn for turn in view.turns if turn.state == "blocked"]
        lines: list[Line] = []
        for turn in [*queued, *blocked]:
            since = view.activities[turn.id].since
            ago = f" for {self._age(since)}" if since is not None else ""
            task = f": {one_line(view.tasks[turn.id], _TEXT)}" if turn.id in view.tasks else ""
            lines.append([(FAINT, f"    turn {turn.id} {turn.assignee}, {turn.state}{ago}{task}")])
        return self._bounded(lines, limit, "more queued or blocked") if limit else []

    def _bounded(self, lines: list[Line], limit: int, what: str) -> list[Line]:
        if len(lines) <= limit:
            return lines
        return [*lines[: limit - 1], [(FAINT, f"    and {len(lines) - limit + 1} {what}")]]

    def _messages(self) -> list[Line]:
        """Return the newest messages of all quests that are shown, oldest first."""
        rows = sorted((row for view in self._overview.quests for row in view.messages), key=lambda row: row.at)
        return [self._message(row) for row in rows[-200:]]

    def _message(self, row: Message) -> Line:
        where = f" quest {row.quest}" if len(self._overview.quests) > 1 else ""
        who = f"{row.sender} to {row.recipient}" if row.recipient else row.sender
        about = f" turn {row.turn}" if row.turn else ""
        style = CALL if row.kind in {"clarification", "blocked"} else PLAIN
        return [
            (FAINT, time.strftime("%H:%M", time.localtime(row.at)) + where),
            (PLAIN, f" {who}, "),
            (style, row.kind + about),
            (PLAIN, f": {one_line(row.text, _TEXT)}"),
        ]

    def _with_heading(self, messages: list[Line]) -> list[Line]:
        return [[(STRONG, "newest messages")], *messages] if messages else []

    def _ago(self, at: float) -> str:
        return self._age(at) + " ago"

    def _age(self, at: float) -> str:
        """Return an age in steps of 10 s, so that the view is not drawn again each second."""
        seconds = max(0.0, self._now - at)
        return age(seconds - seconds % 10)
