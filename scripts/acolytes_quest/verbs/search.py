"""The verb search: messages and missions that have some words."""

from __future__ import annotations

from .. import checks
from ..board import quests, search
from ..board.rows import Quest
from ..call import Reply, VerbCall
from ..describe import message_data, message_title, quest_data, utc
from ..framing import Frame, counted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

_EXCERPT = 400
_SHOWN = 20


def run(call: VerbCall) -> Reply:
    """Show the newest messages with all of the words, and the quests whose mission has them."""
    options = call.options
    words = search.Words(checks.text(options.text, "text"))
    agent = call.agent
    with call.board.read() as tx:
        if options.quest is not None:
            quests.find(tx, options.quest)
        most: int = options.limit or call.bound(_SHOWN)
        missions = [] if agent else _missions(tx, words, options.quest)
        rows = search.messages(tx, words, quest=options.quest, agent=agent)
        left_out = len(rows) - len(rows[:most])
        missions, rows = missions[:most], rows[:most]
    frame = Frame()
    data = {
        "quests": [quest_data(quest) for quest in missions],
        "messages": [message_data(row) for row in rows],
        "left_out": left_out,
    }
    found = f"{counted(len(rows), 'message')} and {counted(len(missions), 'mission')}"
    return Reply(
        data,
        f"found {found}, the newest first" if rows or missions else "nothing has these words",
        *(
            frame.around(f"quest {quest.id} {quest.status}, mission", words.excerpt(quest.mission, _EXCERPT))
            for quest in missions
        ),
        *(
            frame.around(f"quest {row.quest}, {message_title(row)} at {utc(row.at)}", words.excerpt(row.text, _EXCERPT))
            for row in rows
        ),
        f"and {counted(left_out, 'older message')}: raise --limit ({most}), or add words" if left_out else "",
    )


def _missions(tx: Transaction, words: search.Words, quest: int | None) -> list[Quest]:
    condition, values = words.condition("mission")
    if quest is not None:
        condition += " AND id = ?"
        values.append(quest)
    rows = tx.rows(Quest, f"SELECT * FROM quest WHERE 1 = 1{condition} ORDER BY id DESC", *values)
    return [row for row in rows if words.match(row.mission)]
