"""The verb export: a whole quest as Markdown or JSON, with its texts or, redacted, without them."""

from __future__ import annotations

import os
import re

from ..board import quests
from ..board.rows import Event, Message, Turn
from ..call import Reply, VerbCall
from ..describe import TurnDetails, event_data, message_data, message_title, quest_data, utc
from ..framing import Frame, visible
from ..new_file import new_file
from ..output import json_text

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Quest
    from ..stores.engine import Transaction


class _Export:
    """All that belongs to a quest. `redact` removes every text and path."""

    def __init__(self, tx: Transaction, quest: Quest) -> None:
        number = quest.id
        self.quest = quest
        self.members = quests.members(tx, number)
        turns = tx.rows(Turn, "SELECT * FROM turn WHERE quest = ? ORDER BY id", number)
        self.turns = [TurnDetails(tx, row) for row in turns]
        self.messages = tx.rows(Message, "SELECT * FROM message WHERE quest = ? ORDER BY seq", number)
        self.titles = [message_title(row) for row in self.messages]  # before a redaction, which takes their words out
        self.events = tx.rows(Event, "SELECT * FROM event WHERE quest = ? ORDER BY id", number)
        self.finished = utc(quest.finished_at) if quest.finished_at else None

    def redact(self) -> None:
        """Take out every text and path. Agents, sessions, times and states stay."""
        self.quest.mission = _redacted(self.quest.mission)
        self.quest.phase = self.quest.phase and _redacted(self.quest.phase)
        self.quest.summary = self.quest.summary and _redacted(self.quest.summary)
        for turn in self.turns:
            turn.files = [_redacted(path) for path in turn.files]
            for row in turn.reserved:
                row.path = _redacted(row.path)
        for message in self.messages:
            message.text = _redacted(message.text)
        for event in self.events:
            event.detail = event.detail and _redacted(event.detail)

    def data(self) -> dict[str, object]:
        """Return all of it for JSON."""
        return {
            **quest_data(self.quest),
            "members": [{"agent": row.agent, "role": row.role} for row in self.members],
            "turns": [turn.data() for turn in self.turns],
            "messages": [message_data(row) for row in self.messages],
            "events": [event_data(row) for row in self.events],
        }

    def markdown(self) -> str:
        """Return all of it as a Markdown document."""
        quest = self.quest
        ended = f", ended {self.finished}" if self.finished else ""
        frame = Frame()
        parts = [
            f"# Quest {quest.id}: {quest.status}",
            _escaped(f"{quest.mode}, led by {quest.leader}, created {utc(quest.created_at)}{ended}"),
            "Workers: " + ", ".join(row.agent for row in self.members if row.role == "worker"),
            "## Mission",
            _block(frame, f"mission from {quest.leader}", quest.mission),
            *([_block(frame, f"phase from {quest.leader}", quest.phase)] if quest.phase else []),
            "## Turns",
            _table(self.turns) if self.turns else "none",
            "## Messages",
        ]
        for message, title in zip(self.messages, self.titles):
            to = f" to {message.recipient}" if message.recipient else ""
            parts += [f"### {title}{to}, {utc(message.at)}", _block(frame, title, message.text)]
        parts += ["## Events", _block(frame, "events", "\n".join(_event_line(event) for event in self.events))]
        return "\n\n".join(parts)


def run(call: VerbCall) -> Reply:
    """Print the quest, or write it to a new file that only its owner can read."""
    options = call.options
    with call.board.read() as tx:
        whole = _Export(tx, quests.find(tx, options.quest))
    if options.redact:
        whole.redact()
    data = whole.data()
    text = json_text(data, indent=2) if options.format == "json" else whole.markdown()
    if options.out is None:
        return Reply(data, text)
    path = os.path.abspath(os.path.join(call.cwd, options.out))
    with new_file(path) as new, open(new, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    return Reply({"quest": options.quest, "file": path}, f"quest {options.quest} is in {visible(path)}")


def _redacted(text: str) -> str:
    return f"[redacted, {len(text)} characters]"


def _table(turns: list[TurnDetails]) -> str:
    lines = [
        "| turn | agent | kind | state | answer | verdict | attempts | after | files |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for details in turns:
        turn = details.turn
        kind = turn.kind + (f" about {turn.about}" if turn.about else "")
        cells = (
            *(turn.id, turn.assignee, kind, turn.state, details.answer or "", details.verdict or "", turn.attempt),
            ", ".join(str(number) for number in details.after),
            ", ".join(details.files),
        )
        lines.append("| " + " | ".join(_escaped(str(cell)) for cell in cells) + " |")
    return "\n".join(lines)


def _event_line(event: Event) -> str:
    columns = {
        "turn": event.turn,
        "actor": event.actor,
        "session": event.session,
        "login": event.login,
        "fence": event.fence,
        "detail": event.detail,
    }
    named = (f"{name} {value}" for name, value in columns.items() if value)
    return _one_line(" ".join([str(event.id), utc(event.at), event.kind, *named]))


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def _escaped(text: str) -> str:
    """Return a text in one line, without a meaning in Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>()#|!&])", r"\\\1", visible(_one_line(text)))


def _block(frame: Frame, title: str, text: str) -> str:
    """Return a text as a code block, which it cannot close, in a frame, which it cannot imitate."""
    framed = frame.around(title, text)
    longest = max((len(run) for run in re.findall("~+", framed)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}\n{framed}\n{fence}"
