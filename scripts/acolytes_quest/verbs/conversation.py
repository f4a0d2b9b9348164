"""The verb conversation: the messages of a quest, within a limit."""

from __future__ import annotations

from ..board import messages, quests
from ..call import Reply, VerbCall
from ..describe import message_data, message_title, quest_data
from ..framing import Frame, counted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Message

MAX_CHARACTERS = 20_000  # unless --max-chars gives another number
# How many characters of --max-chars are kept for other lines, and how many a frame takes at most and at least.
_OWN_CHARACTERS = 500
_TITLE_CHARACTERS = 250
_LEAST_CHARACTERS = 50


def run(call: VerbCall) -> Reply:
    """Show the mission and the newest messages, as many as fit into --max-chars characters."""
    options = call.options
    if call.is_for_program and options.max_chars is None:
        return _whole(call)
    most: int = options.max_chars or MAX_CHARACTERS
    with call.board.read() as tx:
        quest = quests.find(tx, options.quest)
        number, size = messages.measure(tx, quest.id, options.since)
        rows = messages.newest(tx, quest.id, options.since, most // _LEAST_CHARACTERS)
    frame = Frame()
    room = most - _OWN_CHARACTERS
    mission = []
    if options.since == 0:
        mission.append(frame.around(f"mission from {quest.leader}", quest.mission, room // 4))
        room -= len(mission[0])
    blocks = _blocks(rows, frame, room)
    shown = rows[: len(blocks)][::-1]
    left_out = number - len(shown)
    everything = size + number * _TITLE_CHARACTERS + 4 * len(quest.mission) + 2 * _OWN_CHARACTERS
    everything = max(everything, 2 * most)  # escaped characters take more room than was counted
    whole = call.command("conversation", "--quest", quest.id, "--since", options.since, "--max-chars", everything)
    data = {
        **quest_data(quest),
        "messages": [message_data(row) for row in shown],
        "left_out": left_out,
        "all": whole if left_out else None,
    }
    span = f"messages {shown[0].seq} to {shown[-1].seq}" if shown else "no messages"
    rest = f"left out {counted(left_out, 'older message')}; all: {whole}" if left_out or frame.cut else ""
    first = f"quest {quest.id} {quest.status}, {span} of {quest.next_seq - 1}"
    return Reply(data, first, rest, *mission, *reversed(blocks))


def _whole(call: VerbCall) -> Reply:
    """Return everything as data. To put it all into frames would take longer than to read it."""
    with call.board.read() as tx:
        quest = quests.find(tx, call.options.quest)
        rows = messages.newest(tx, quest.id, call.options.since, 2**62)
    data = {**quest_data(quest), "messages": [message_data(row) for row in reversed(rows)], "left_out": 0, "all": None}
    return Reply(data)


def _blocks(rows: list[Message], frame: Frame, room: int) -> list[str]:
    """Return the first rows that fit, in frames. If even the first does not fit, it is cut."""
    blocks: list[str] = []
    for row in rows:
        title = message_title(row) + (f" to {row.recipient}" if row.recipient else "")
        block = frame.around(title, row.text)
        if len(block) >= room:
            if blocks:
                break
            block = frame.around(title, row.text, max(room - _TITLE_CHARACTERS, 100))
        blocks.append(block)
        room -= len(block) + 1
    return blocks
