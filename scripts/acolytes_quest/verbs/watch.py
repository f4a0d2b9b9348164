"""The verb watch: the open quests in the terminal, drawn again when something has changed."""

from __future__ import annotations

import time

from ..board import overview
from ..call import Reply, VerbCall
from ..describe import message_data, quest_data, utc, utc_or_none
from ..errors import QuestError
from ..framing import visible
from ..stores.engine import WATCHER
from ..trees import tree_of
from ..watch import screen
from ..watch.cells import BAD, drawn
from ..watch.view import Marks, View

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.overview import Overview, QuestView
    from ..stores.engine import Listener
    from ..watch.cells import Line

# What rings no bell is noticed by then: that a turn was taken, on a server, or that a client has ended.
_LOOK_SECONDS = 2.0
# Whether a process waits for turns rings no bell either. To find it out takes longer.
_LISTENERS_SECONDS = 10.0


def run(call: VerbCall) -> Reply:
    """Show the view once, or until `q` if standard output is a terminal."""
    options = call.options
    with call.board.listen(WATCHER) as listener:
        found = _look(call, listener)
        if options.format != "json" and not options.once and screen.is_possible(dict(call.environ)):
            _Live(call).show(listener, found)
            return Reply({})
    return Reply(_data(found), *_print(call, found))


def _look(call: VerbCall, listener: Listener) -> Overview:
    with call.board.read() as tx:
        return overview.Overview(tx, call.options.quest, listener.listening())


def _print(call: VerbCall, found: Overview) -> list[str]:
    """Return the view without colours, as wide as $COLUMNS says, else 80 columns."""
    wanted = call.environ.get("COLUMNS", "")
    columns = max(40, min(int(wanted), 1000)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 80
    lines = View(found, found.at, Marks(unicode=False), _own_tree(call)).lines(columns, None)
    return [drawn(line, columns, colours=False, unicode=True) for line in lines]


def _own_tree(call: VerbCall) -> str:
    return tree_of(call.cwd, call.environ)


class _Live:
    """The live view."""

    def __init__(self, call: VerbCall) -> None:
        environ = dict(call.environ)
        self._call = call
        self._colours = screen.has_colours(environ)
        self._unicode = screen.has_unicode(environ)
        self._own_tree = _own_tree(call)

    def show(self, listener: Listener, found: Overview) -> None:
        """Show the view until `q`, the end of the terminal, or a signal. Ctrl-C raises KeyboardInterrupt."""
        mark = self._mark()
        looked = time.monotonic()
        problem = ""
        ahead = found.at - time.time()  # the clock of a server may be another
        with screen.Screen() as terminal:
            while not terminal.has_ended:
                self._draw(terminal, found, time.time() + ahead, problem)
                try:
                    listener.wait(_LOOK_SECONDS, terminal.wakes)
                    if "q" in terminal.keys().lower():
                        return
                    new = self._mark()
                    if new != mark or problem or time.monotonic() - looked > _LISTENERS_SECONDS:
                        found = _look(self._call, listener)
                        mark, looked, problem = new, time.monotonic(), ""
                        ahead = found.at - time.time()
                except QuestError as error:
                    problem = visible(" ".join(str(error).split()))
                    if self._pressed_q(terminal):
                        return

    def _pressed_q(self, terminal: screen.Screen) -> bool:
        """Wait before the next try; return whether `q` was pressed."""
        import select

        select.select(terminal.wakes, [], [], _LOOK_SECONDS)
        return "q" in terminal.keys().lower()

    def _mark(self) -> tuple[object, ...]:
        with self._call.board.read() as tx:
            return overview.mark(tx)

    def _draw(self, terminal: screen.Screen, found: Overview, now: float, problem: str) -> None:
        columns, rows = terminal.size
        lines: list[Line] = View(found, now, Marks(unicode=self._unicode), self._own_tree).lines(columns, rows - 1)
        lines.extend([] for _ in range(rows - 1 - len(lines)))
        lines.append([(BAD, problem)] if problem else [("faint", "q to quit")])
        terminal.draw([drawn(line, columns, colours=self._colours, unicode=self._unicode) for line in lines])


def _data(found: Overview) -> dict[str, object]:
    return {"at": utc(found.at), "quests": [_quest(view) for view in found.quests], "left_out": found.others}


def _quest(view: QuestView) -> dict[str, object]:
    return {
        **quest_data(view.quest),
        "turns": view.counts,
        "live": [
            {
                "turn": turn.id,
                "agent": turn.assignee,
                "state": turn.state,
                "attempt": turn.attempt,
                "since": utc_or_none(view.activities[turn.id].since),
                "last_sign": utc_or_none(view.activities[turn.id].last_sign),
                "client_ended": view.activities[turn.id].client_ended,
            }
            for turn in view.turns
        ],
        "members": [
            {
                "agent": member.name,
                "role": member.role,
                "turns": [turn.id for turn in member.held],
                "waiting_turns": member.waiting,
                "last_sign": utc_or_none(member.last_sign),
                "listens": member.listens,
            }
            for member in view.members
        ],
        "unread": view.unread,
        "to_decide": [row.turn for row in view.questions],
        "to_review": [row.turn for row in view.reviews],
        "messages": [message_data(row) for row in view.messages],
    }
