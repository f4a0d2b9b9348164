"""JSON for programs, over every verb of the table: one shape for one thing, all of it, and errors as JSON, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest.call import VerbCall
from acolytes_quest.options import parse
from acolytes_quest.stores.engine import Board
from acolytes_quest.verb_table import VERBS
from quest_desk import Desk
from quest_support import Cli, create

MESSAGE = {"quest", "seq", "kind", "from", "to", "turn", "at", "text", "redacted", "login", "damaged"}
QUEST = {"quest", "status", "mode", "phase", "leader", "mission", "summary", "created", "ended"}
OTHER_WORDS = {"more", "title", "finished", "in_all", "turns_in_all", "truncated"}  # for what has a name already
# Calls of every verb, in an order in which each has something to show.
CALLS: tuple[tuple[object, ...], ...] = (
    ("create", "--mission", "Plan the peak", "--agents", "w1,w2"),
    ("add-member", "--quest", 1, "--agents", "w3"),
    ("phase", "--quest", 1, "--phase", "first"),
    ("message", "--quest", 1, "--to", "w1", "--msg", "plan", "--review"),
    ("message", "--quest", 1, "--to", "w2,w3", "--msg", "look at it"),
    ("message", "--quest", 1, "--to", "leader", "--from", "w1", "--msg", "a question"),
    ("note", "--quest", 1, "--to", "w2,w3", "--msg", "hurry"),
    ("ready",),
    ("monitor", "--role", "worker", "--agent", "w1", "--as", "s1"),
    ("reserve", "--quest", 1, "--paths", "a.py", "--as", "s1"),
    ("respond", "--quest", 1, "--msg", "Completed: planned", "--as", "s1"),
    ("review", "--quest", 1, "--turn", 1, "--accept"),
    ("monitor", "--role", "worker", "--agent", "w2", "--as", "s2"),
    ("release", "--quest", 1, "--as", "s2"),
    ("monitor", "--role", "worker", "--agent", "w2", "--as", "s2"),
    ("respond", "--quest", 1, "--msg", "CLARIFICATION: which?", "--as", "s2"),
    ("monitor", "--role", "leader", "--quest", 1),
    ("cancel", "--quest", 1, "--turn", 2),
    ("status",),
    ("status", "--quest", 1),
    ("watch", "--once"),
    ("list",),
    ("search", "--text", "plan"),
    ("conversation", "--quest", 1),
    ("log", "--quest", 1),
    ("export", "--quest", 1),
    ("check",),
    ("redact", "--quest", 1, "--seq", 2, "--reason", "secret"),
    ("complete", "--quest", 1, "--summary", "done", "--force"),
    ("monitor", "--role", "worker", "--agent", "w3", "--quest", 1),
    ("list",),
    ("create", "--mission", "m", "--agents", "w1"),
    ("handover", "--quest", 2, "--to", "s9"),
    ("fail", "--quest", 2, "--summary", "s", "--as", "s9"),
    ("purge", "--older", 0),
)
NOT_HERE = {"serve", "backup", "restore", "server-setup"}  # a page; and what is for one engine alone


def parts(data: object) -> Iterator[tuple[str, object]]:
    """Yield every key of the objects in the data, with its value."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key, value
            yield from parts(value)
    elif isinstance(data, list):
        for value in data:
            yield from parts(value)


def check_shapes(data: object) -> int:
    """Check each message and each quest in the data; return how many messages there are."""
    number = 0
    for key, value in (("", data), *parts(data)):
        assert key not in OTHER_WORDS
        if key == "message":
            assert isinstance(value, dict), value
        if key == "messages":
            assert isinstance(value, list)
            assert all(isinstance(row, dict) for row in value)
        for row in value if isinstance(value, list) else [value]:
            if isinstance(row, dict) and (key in {"message", "messages"} or {"seq", "text"} <= set(row)):
                assert set(row) == MESSAGE, key
                number += 1
            elif isinstance(row, dict) and "mission" in row:
                assert set(row) >= QUEST
    return number


def test_a_message_has_one_shape_in_every_verb(each_board: Board) -> None:
    desk = Desk(each_board)
    shown = {str(words[0]): 0 for words in CALLS}
    assert {*shown, *NOT_HERE} == set(VERBS)
    for words in CALLS:
        at_once = ("--timeout", 0) if words[0] == "monitor" else ()
        data = desk.do(*map(str, (*words, *at_once)))
        json.dumps(data)
        shown[str(words[0])] += check_shapes(data)
    with_messages = {verb for verb, number in shown.items() if number}
    assert with_messages == {
        *("message", "note", "ready", "monitor", "respond", "watch"),
        *("search", "conversation", "export", "redact"),
    }


def test_bounds_are_for_readers(each_board: Board) -> None:
    desk = Desk(each_board)
    for _ in range(60):
        desk.do("create", "--mission", "word", "--agents", "w1")
    for number in range(120):
        desk.do("message", "--quest", 1, "--to", "w1", "--msg", f"word {number} " + "x" * 300)
    for turn in range(1, 61):
        desk.do("cancel", "--quest", 1, "--turn", turn)
    counts = {
        "status": len(desk.do("status")["quests"]),
        "turns": len(desk.do("status", "--quest", 1)["turns"]),
        "ready": len(desk.do("ready")["ready"]),
        "list": len(desk.do("list")["quests"]),
        "search": len(desk.do("search", "--text", "word")["messages"]),
        "missions": len(desk.do("search", "--text", "word")["quests"]),
        "conversation": len(desk.do("conversation", "--quest", 1)["messages"]),
        "log": len(desk.do("log", "--quest", 1)["events"]),
    }
    assert counts == {
        "status": 60,
        "turns": 120,
        "ready": 60,
        "list": 60,
        "search": 120,
        "missions": 60,
        "conversation": 120,
        "log": 181,
    }
    for words in (("status",), ("status", "--quest", 1), ("ready",), ("list",), ("search", "--text", "word")):
        assert len(desk.read(*map(str, words))) < 30_000
    for words in (("conversation", "--quest", 1), ("log", "--quest", 1)):
        assert len(desk.read(*map(str, words))) <= 20_000


def error_of(cli: Cli, *words: object) -> Any:
    """Return the error of a call in JSON. The same call in text has the same line and exit code."""
    code, out, err = cli.run(*words, "--json")
    assert (out, err.count("\n")) == ("", 1)
    error = json.loads(err)["error"]
    assert set(error) == {"code", "message", "hint", "exit_code"}
    assert error["exit_code"] == code
    assert cli.run(*words) == (code, "", f"acolytes-quest: {error['message']}\n")
    assert error["hint"] is None or error["message"].endswith(error["hint"])
    return error


@pytest.mark.parametrize("verb", VERBS)
def test_an_error_of_every_verb_is_json(cli: Cli, verb: str) -> None:
    error = error_of(cli, verb, "--no-such-option")
    assert (error["code"], error["exit_code"]) == ("refused", 2)
    assert error["hint"] == f"see: acolytes-quest {verb} --help"


def test_every_kind_of_error_has_its_code(cli: Cli, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    assert error_of(cli, "status")["code"] == "no_board"
    create(cli)
    missing = error_of(cli, "status", "--quest", 7)
    assert (missing["code"], missing["hint"]) == ("refused", "the newest: 1")
    monkeypatch.setenv("ACOLYTES_QUEST_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "0.1")
    code, out, err = cli.run("status", "--format=json")
    assert (code, out, json.loads(err)["error"]["code"]) == (3, "", "unavailable")


def test_each_verb_takes_the_same_words_for_the_format() -> None:
    for name, verb in VERBS.items():
        assert verb.formats[:2] == ("text", "json"), name
    words = ["--quest", "1", "--format", "md"]  # what export called its text at first
    call = VerbCall(parse("export", words), "/", {"ACOLYTES_QUEST_DB": "/none"}, None)
    assert not call.is_for_program
