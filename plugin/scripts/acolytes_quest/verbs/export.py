"""The verb export: the whole of a quest as Markdown or JSON, with its texts or, redacted, without them."""

from __future__ import annotations

import os
import re

from ..board import quests
from ..call import Call, Reply, described_message, title, utc
from ..errors import RefusalError, UnavailableError
from ..framing import Frame, visible
from .history import described_event
from .look import described_quest, described_turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction


def export(call: Call) -> Reply:
    """Print the quest, or write it into a new file that only its owner may read."""
    options = call.options
    with call.board.read() as tx:
        whole = _collected(tx, quests.find(tx, options.quest))
    if options.redact:
        _redact(whole)
    if options.format == "json":
        import json

        text = json.dumps(whole, indent=2)
    else:
        text = _markdown(whole)
    if options.out is None:
        return Reply(whole, text)
    path = os.path.abspath(os.path.join(call.cwd, options.out))
    _write(path, text + "\n")
    return Reply({"quest": options.quest, "file": path}, f"quest {options.quest} is in {visible(path)}")


def _collected(tx: Transaction, quest: dict[str, Any]) -> dict[str, Any]:
    number = quest["id"]
    members = tx.all("SELECT agent, role FROM member WHERE quest = ? ORDER BY role, agent", number)
    turns = tx.all("SELECT * FROM turn WHERE quest = ? ORDER BY id", number)
    messages = tx.all("SELECT * FROM message WHERE quest = ? ORDER BY seq", number)
    events = tx.all("SELECT * FROM event WHERE quest = ? ORDER BY id", number)
    return {
        **described_quest(quest),
        "finished": utc(quest["finished_at"]) if quest["finished_at"] else None,
        "members": members,
        "turns": [described_turn(tx, row) for row in turns],
        "messages": [{**described_message(row), "title": title(row)} for row in messages],
        "events": [described_event(row) for row in events],
    }


def _redact(whole: dict[str, Any]) -> None:
    """Take out what somebody wrote or named: texts and paths. Agents, sessions, times and states stay."""
    for key in ("mission", "phase", "summary"):
        whole[key] = _hidden(whole[key])
    for turn in whole["turns"]:
        turn["files"] = [_hidden(path) for path in turn["files"]]
        turn["reserved"] = [_hidden(path) for path in turn["reserved"]]
    for message in whole["messages"]:
        message["text"] = _hidden(message["text"])
    for event in whole["events"]:
        event["detail"] = _hidden(event["detail"])


def _hidden(text: str | None) -> str | None:
    return None if text is None else f"[redacted, {len(text)} characters]"


def _markdown(whole: dict[str, Any]) -> str:
    ended = f", ended {whole['finished']}" if whole["finished"] else ""
    frame = Frame()
    parts = [
        f"# Quest {whole['quest']}: {whole['status']}",
        _in_line(f"{whole['mode']}, led by {whole['leader']}, begun {whole['created']}{ended}"),
        "Workers: " + ", ".join(member["agent"] for member in whole["members"] if member["role"] == "worker"),
        "## Mission",
        _block(frame, f"mission from {whole['leader']}", whole["mission"]),
        *([_block(frame, f"phase from {whole['leader']}", whole["phase"])] if whole["phase"] else []),
        "## Turns",
        *([_table(whole["turns"])] if whole["turns"] else ["none"]),
        "## Messages",
    ]
    for message in whole["messages"]:
        to = f" to {message['to']}" if message["to"] else ""
        parts += [f"### {message['title']}{to}, {message['at']}", _block(frame, message["title"], message["text"])]
    parts += ["## Events", _block(frame, "events", "\n".join(_event(event) for event in whole["events"]))]
    return "\n\n".join(parts)


def _table(turns: list[dict[str, Any]]) -> str:
    lines = ["| turn | agent | kind | state | answer | attempts | after | files |", "|---|---|---|---|---|---|---|---|"]
    for turn in turns:
        kind = turn["kind"] + (f" about {turn['about']}" if turn["about"] else "")
        cells = (
            *(turn["turn"], turn["agent"], kind, turn["state"], turn["answer"] or "", turn["attempt"]),
            ", ".join(str(number) for number in turn["after"]),
            ", ".join(turn["files"]),
        )
        lines.append("| " + " | ".join(_in_line(str(cell)) for cell in cells) + " |")
    return "\n".join(lines)


def _event(event: dict[str, Any]) -> str:
    named = (f"{name} {event[name]}" for name in ("turn", "actor", "session", "fence", "detail") if event[name])
    return _one_line(" ".join([str(event["event"]), event["at"], event["kind"], *named]))


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def _in_line(text: str) -> str:
    """Return a text that is no Markdown and stays in its line."""
    return re.sub(r"([\\`*_{}\[\]<>()#|!&])", r"\\\1", visible(_one_line(text)))


def _block(frame: Frame, above: str, text: str) -> str:
    """Return a text as a code block, which it cannot close, in a frame, which it cannot imitate."""
    framed = frame.around(above, text)
    longest = max((len(run) for run in re.findall("~+", framed)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}\n{framed}\n{fence}"


def _write(path: str, text: str) -> None:
    """Make a new file for its owner alone, whole or not at all."""
    new = path + "-new"
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise RefusalError(f"cannot write {path}: {error.strerror} ({new}); name another file by --out") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.link(new, path)  # unlike a renaming, this never replaces a file
    except FileExistsError:
        raise RefusalError(f"{path} exists already: remove it, or name another file by --out") from None
    except OSError as error:
        raise UnavailableError(f"cannot write {path}: {error.strerror}; name another place by --out") from None
    finally:
        os.unlink(new)
