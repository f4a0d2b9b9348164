"""The verbs, as agents call them: what they print, what they refuse, and that a refusal changes nothing."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

from acolytes_quest.verb_table import VERBS
from acolytes_quest.verbs import status
from quest_support import Cli, contents, create


def test_create_prints_the_number_and_nothing_else(cli: Cli) -> None:
    assert cli.ok("create", "--mission", "m", "--agents", "w1") == "1\n"
    assert cli.ok("create", "--mission", "m", "--agents", "w1", "--phase", "one", "--mode", "single") == "2\n"


def test_a_quest_from_its_beginning_to_its_end(cli: Cli) -> None:
    quest = create(cli, "ops.performance", "--leader", "boss")
    sent = cli.data("message", "--quest", quest, "--to", "ops.performance", "--msg", "Plan it")
    assert sent["turns"] == [{"turn": 1, "agent": "ops.performance", "state": "queued"}]
    turn = cli.data("monitor", "--role", "worker", "--agent", "@ops.performance", "--as", "a1")
    assert (turn["status"], turn["turn"], turn["attempt"], turn["lease"]) == ("turn", 1, 1, 900.0)
    assert turn["message"]["text"] == "Plan it"
    assert turn["next"]["respond"] == "acolytes-quest respond --quest 1 --turn 1 --msg 'Completed: ...'"
    answer = cli.data("respond", "--quest", quest, "--msg", "COMPLETED: planned", "--files", "plan.md", "--as", "a1")
    assert (answer["turn"], answer["message"]["kind"], answer["repeated"]) == (1, "completed", False)
    news = cli.data("monitor", "--role", "leader", "--agent", "boss", "--quest", quest)
    assert [message["text"] for message in news["messages"]] == ["COMPLETED: planned"]
    assert news["next"].endswith("--role leader --agent boss --quest 1")
    done = cli.data("complete", "--quest", quest, "--summary", "All planned")
    assert done == {"quest": 1, "status": "completed", "cancelled": 0, "undecided": 0, "repeated": False}
    ended = cli.ok("monitor", "--role", "worker", "--agent", "ops.performance", "--as", "a1")
    assert ended == 'quest 1 completed: "All planned"; nothing more to do\n'
    assert cli.ok("monitor", "--role", "leader", "--quest", quest) == ended
    assert cli.data("status", "--quest", quest)["turns"][0]["files"] == ["plan.md"]
    conversation = cli.data("conversation", "--quest", quest)
    assert [message["kind"] for message in conversation["messages"]] == ["assignment", "completed", "summary"]


@pytest.mark.parametrize("role", ["worker", "leader"])
def test_what_monitor_prints_beside_the_message_is_short(cli: Cli, role: str) -> None:
    create(cli, "ops.performance", "--leader", "coordinator.performance")
    cli.ok("message", "--quest", 1, "--to", "ops.performance", "--msg", "M" * 1000)
    printed = cli.ok("monitor", "--role", "worker", "--agent", "ops.performance")
    if role == "leader":
        cli.ok("respond", "--quest", 1, "--msg", "M" * 1000)
        printed = cli.ok("monitor", "--role", "leader", "--agent", "coordinator.performance")
    assert "M" * 1000 in printed
    assert len(printed.encode()) <= 1300


def test_several_receivers_get_one_turn_each_and_a_key_sends_once(cli: Cli, project: Path) -> None:
    create(cli)
    words = ("message", "--quest", 1, "--to", "w1,@w2,w1", "--msg", "go", "--key", "k1")
    first = cli.data(*words)
    assert [(sent["to"], sent["turn"]) for sent in first["messages"]] == [("w1", 1), ("w2", 2)]
    before = contents(project)
    assert cli.data(*words) == first
    assert "used for another message" in cli.refused(*words[:5], "--msg", "other", "--key", "k1")
    assert "used for another message" in cli.refused(*words[:3], "--to", "w1", *words[5:])
    assert contents(project) == before


def test_a_worker_writes_to_the_leader_and_to_nobody_else(cli: Cli) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "go")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    note = cli.data("message", "--quest", 1, "--to", "leader", "--msg", "half done", "--as", "s1")
    assert (note["from"], note["messages"][0]["turn"]) == ("w1", None)
    news = cli.data("monitor", "--role", "leader")
    assert [(message["kind"], message["from"]) for message in news["messages"]] == [("note", "w1")]
    assert "only the leader assigns work" in cli.refused(
        "message", "--quest", 1, "--to", "w2", "--from", "w1", "--msg", "x"
    )
    assert "only the leader assigns work" in cli.refused(
        "message", "--quest", 1, "--to", "w2", "--msg", "x", "--as", "s1"
    )
    assert "cannot write as leader" in cli.refused(
        "message", "--quest", 1, "--to", "w2", "--from", "leader", "--msg", "x", "--as", "s1"
    )
    assert "say who writes" in cli.refused("message", "--quest", 1, "--to", "leader", "--msg", "x")
    assert "are for turns" in cli.refused(
        "message", "--quest", 1, "--to", "leader", "--msg", "x", "--from", "w1", "--after", 1
    )


def test_a_turn_comes_after_others(cli: Cli) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "first")
    assert "turn 2 for w2 is blocked" in cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "then", "--after", "1")
    assert re.search(r"turn 2 w2 blocked \d+ s ago, after 1$", cli.ok("status", "--quest", 1), re.MULTILINE)
    assert "has no such turn" in cli.refused("message", "--quest", 1, "--to", "w2", "--msg", "x", "--after", "9")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "Completed: done")
    assert cli.data("monitor", "--role", "worker", "--agent", "w2", "--timeout", 0)["turn"] == 2


def test_the_next_writer_queues_expired_turns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    monkeypatch.setenv("ACOLYTES_QUEST_LEASE", "0.01")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    time.sleep(0.02)
    expected = r"turn 1 w1 leased \d+ s ago, attempt 1, last sign of life \d+ s ago, lease has ended"
    assert re.search(expected, cli.ok("status", "--quest", 1))
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y")
    assert "turn 1 w1 queued" in cli.ok("status", "--quest", 1)


def test_names_are_canonical_and_never_a_part_of_another(cli: Cli) -> None:
    create(cli, "w1,w10")
    cli.ok("message", "--quest", 1, "--to", "w10", "--msg", "for ten")
    assert cli.data("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)["status"] == "timeout"
    assert cli.data("monitor", "--role", "worker", "--agent", "@w10", "--timeout", 0)["status"] == "turn"
    for name in ("", "@", "-w", "w/1", "w 1", "ä", "w" * 65, "board", "all"):
        cli.refused("create", "--mission", "m", "--agents", "w1", f"--leader={name}")


def test_a_time_out_says_how_to_go_on(cli: Cli) -> None:
    assert cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0) == (
        f"no turn is waiting for w1; w1 is in no open quest on the board {os.getcwd()}/.claude/acolytes/quests.db;"
        " go on with your request; check again: acolytes-quest monitor --role worker --agent w1\n"
    )
    assert not os.path.lexists(".claude")
    create(cli)
    assert cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0) == (
        "no turn is waiting for w1; go on with your request; check again:"
        " acolytes-quest monitor --role worker --agent w1 --quest 1\n"
    )
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert cli.ok("monitor", "--role", "leader", "--timeout", 0) == (
        "no news in quest 1 within 0 s (turn 1 w1 queued);"
        " check again: acolytes-quest monitor --role leader --agent leader --quest 1\n"
    )


def test_a_time_out_names_a_turn_that_an_anonymous_call_took(cli: Cli) -> None:
    create(cli, "w1")
    monitor = ("monitor", "--role", "worker", "--agent", "w1")
    for _ in range(2):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
        cli.ok(*monitor)
    output = cli.ok(*monitor, "--timeout", 0)
    assert re.search(
        r"; turn 1 is held by an anonymous session since \d{4}-\d\d-\d\dT[\d:]{8}Z \(and 1 more\): ", output
    )
    assert (
        "(acolytes-quest respond --quest 1 --turn 1 --msg 'Completed: ...') or wait for its lease to end;"
        " check again: " in output
    )
    assert len(output) <= 300
    assert cli.data(*monitor, "--timeout", 0)["held"] == [1, 2]
    assert cli.data(*monitor, "--timeout", 0, "--as", "s1")["held"] == []
    cli.ok("respond", "--quest", 1, "--turn", 1, "--msg", "Completed: x")
    assert cli.data(*monitor, "--timeout", 0)["held"] == [2]


def test_a_time_out_does_not_name_a_turn_of_a_named_session(cli: Cli) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    assert "held by" not in cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)


def test_the_end_of_an_earlier_quest_of_the_same_agent_ends_no_wait(cli: Cli) -> None:
    create(cli, "w1")
    cli.ok("complete", "--quest", 1, "--summary", "old")
    for words in ((), ("--as", "s1")):
        again = cli.data("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0, *words)
        assert again["status"] == "timeout"
    assert "nothing more to do" in cli.ok("monitor", "--role", "worker", "--agent", "w1", "--quest", 1)


def test_a_named_worker_hears_of_an_end_between_two_waits(cli: Cli) -> None:
    create(cli, "w1")
    assert cli.data("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0, "--as", "s1")["status"] == "timeout"
    cli.ok("complete", "--quest", 1, "--summary", "gave up", "--result", "failed")
    ended = cli.ok("monitor", "--role", "worker", "--timeout", 0, "--as", "s1")
    assert ended == 'quest 1 failed: "gave up"; nothing more to do\n'
    create(cli, "w1")
    assert cli.data("monitor", "--role", "worker", "--timeout", 0, "--as", "s1")["open"] == [2]


def test_an_end_names_the_other_open_quests_as_a_reason_to_wait_on(cli: Cli) -> None:
    create(cli, "w1")
    create(cli, "w1")
    cli.ok("complete", "--quest", 1, "--summary", "s")
    ended = cli.ok("monitor", "--role", "worker", "--agent", "w1", "--quest", 1)
    assert ended == (
        'quest 1 completed: "s"; you have other open quests; next: acolytes-quest monitor --role worker --agent w1\n'
    )


def test_only_the_leader_completes_and_only_when_all_turns_are_answered(cli: Cli, project: Path) -> None:
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    before = contents(project)
    assert "only the leader" in cli.refused("complete", "--quest", 1, "--summary", "s", "--force", "--as", "s1")
    assert "unanswered turns: 1 (w1, leased), 2 (w2, queued)" in cli.refused("complete", "--quest", 1, "--summary", "s")
    assert contents(project) == before
    forced = ("complete", "--quest", 1, "--summary", "s", "--force")
    assert cli.data(*forced)["cancelled"] == 2
    assert cli.data(*forced)["repeated"] is True
    assert "completed already" in cli.refused("complete", "--quest", 1, "--summary", "other")
    assert "turn 1 is cancelled" in cli.refused("respond", "--quest", 1, "--msg", "late", "--as", "s1")
    assert "cannot change: create another" in cli.refused("message", "--quest", 1, "--to", "w1", "--msg", "x")


def test_one_thing_is_not_called_many(cli: Cli) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert ", 1 character\n" in cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "y" * 15_000)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "z" * 15_000)
    create(cli, "w1")
    cli.ok("message", "--quest", 2, "--to", "w1", "--msg", "x")
    assert "left out 2 older messages;" in cli.ok("conversation", "--quest", 1)
    assert "left out 1 older message;" in cli.ok("conversation", "--quest", 1, "--since", 1)
    assert cli.ok("complete", "--quest", 2, "--summary", "s", "--force").endswith("; 1 unanswered turn is cancelled\n")
    assert cli.ok("complete", "--quest", 1, "--summary", "s", "--force").endswith(
        "; 3 unanswered turns are cancelled\n"
    )


def test_reading_changes_nothing(cli: Cli, project: Path) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    before = contents(project)
    for words in (
        ("status",),
        ("status", "--quest", 1),
        ("conversation", "--quest", 1),
        ("watch",),
        ("watch", "--quest", 1, "--json"),
        ("ready",),
        ("list", "--mission", "peak"),
        ("search", "--text", "x"),
        ("monitor", "--role", "leader", "--timeout", 0),
        ("monitor", "--role", "worker", "--agent", "w2", "--timeout", 0),
    ):
        cli.ok(*words)
    assert contents(project) == before


def test_a_conversation_keeps_the_newest_within_its_bound(cli: Cli) -> None:
    create(cli, "w1")
    for number in range(30):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", f"{number} " + "x" * 1000)
    printed = cli.ok("conversation", "--quest", 1)
    assert len(printed) <= 20_000
    assert "29 xxx" in printed
    assert "0 xxx" not in printed.split("29 xxx", 1)[0].split("left out", 1)[0]
    shown = cli.data("conversation", "--quest", 1)
    assert (len(shown["messages"]), shown["left_out"], shown["all"]) == (30, 0, None)
    shown = cli.data("conversation", "--quest", 1, "--max-chars", 20_000)
    assert shown["left_out"] == 30 - len(shown["messages"]) > 0
    assert shown["messages"][-1]["seq"] == 30
    everything = shown["all"].split()[1:]
    assert len(cli.data(*everything)["messages"]) == 30
    assert [message["seq"] for message in cli.data("conversation", "--quest", 1, "--since", 28)["messages"]] == [29, 30]


def test_a_conversation_shows_no_gaps(cli: Cli) -> None:
    create(cli, "w1")
    for size in (10, 65_000, 10):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x" * size)
    bounded = cli.data("conversation", "--quest", 1, "--max-chars", 20_000)
    assert [message["seq"] for message in bounded["messages"]] == [3]


def test_a_long_mission_is_cut_and_says_where_the_rest_is(cli: Cli) -> None:
    cli.ok("create", "--mission", "\x1b" * 30_000, "--agents", "w1")
    printed = cli.ok("conversation", "--quest", 1)
    for _ in range(5):
        if "all: " not in printed:
            break
        printed = cli.ok(*printed.split("all: acolytes-quest ")[1].splitlines()[0].split())
    assert printed.count("\\x1b") == 30_000


def test_one_long_message_is_cut_and_says_where_the_rest_is(cli: Cli) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "-", stdin=b"y" * 65_536)
    for words in (("conversation", "--quest", 1), ("monitor", "--role", "worker", "--agent", "w1")):
        printed = cli.ok(*words)
        assert len(printed) <= 21_000
        assert "65536 characters, the first" in printed
    whole = printed.split("whole message: acolytes-quest ")[1].splitlines()[0].split()
    assert "y" * 65_536 in cli.ok(*whole)


def test_a_leader_with_much_news_gets_it_in_pieces_and_loses_none(cli: Cli) -> None:
    create(cli, "w1")
    for number in range(5):
        cli.ok("message", "--quest", 1, "--to", "leader", "--from", "w1", "--msg", f"{number}" * 8000)
    seen: list[str] = []
    words = ["monitor", "--role", "leader", "--quest", "1", "--timeout", "0"]
    for _ in range(3):
        news = cli.ok(*words)
        assert len(news) < 21_000
        seen += re.findall(r"message (\d) \(note", news)
    assert seen == ["1", "2", "3", "4", "5"]


def test_a_program_gets_all_news_at_once(cli: Cli) -> None:
    create(cli, "w1")
    for number in range(5):
        cli.ok("message", "--quest", 1, "--to", "leader", "--from", "w1", "--msg", f"{number}" * 8000)
    news = cli.data("monitor", "--role", "leader", "--timeout", 0)["messages"]
    assert [message["seq"] for message in news] == [1, 2, 3, 4, 5]


def test_messages_come_from_the_argument_standard_input_or_a_file(cli: Cli, project: Path) -> None:
    create(cli, "w1")
    (project / "text.md").write_text("from a file\n", "utf-8")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "- dash and \u00fcmlaut")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "-", stdin=b"from stdin\n")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg-file", "text.md")
    texts = [message["text"] for message in cli.data("conversation", "--quest", 1)["messages"]]
    assert texts == ["- dash and \u00fcmlaut", "from stdin\n", "from a file\n"]


def test_what_cannot_be_a_message_is_refused_and_changes_nothing(cli: Cli, project: Path) -> None:
    create(cli, "w1")
    (project / "long").write_bytes(b"x" * 1_000_000)
    (project / "latin").write_bytes(b"\xfc")
    os.mkfifo(project / "pipe")
    before = contents(project)
    to = ("message", "--quest", 1, "--to", "w1")
    assert "longer than 64 KiB" in cli.refused(*to, "--msg", "-", stdin=b"x" * 1_000_000)
    assert "longer than 64 KiB" in cli.refused(*to, "--msg-file", "long")
    assert "longer than 64 KiB" in cli.refused(*to, "--msg", "\u00fc" * 32_769)
    assert "not valid UTF-8" in cli.refused(*to, "--msg-file", "latin")
    assert "not valid UTF-8" in cli.refused(*to, "--msg", "\udcfc")
    assert "NUL" in cli.refused(*to, "--msg", "-", stdin=b"a\0b")
    assert "is empty" in cli.refused(*to, "--msg", " \n")
    assert "No such file" in cli.refused(*to, "--msg-file", "missing")
    assert "not a regular file" in cli.refused(*to, "--msg-file", "pipe")
    assert "Is a directory" in cli.refused(*to, "--msg-file", ".")
    assert "give the message with one of" in cli.refused(*to)
    assert "give the message with one of" in cli.refused(*to, "--msg", "x", "--msg-file", "long")
    assert contents(project) == before
    cli.ok(*to, "--msg", "x" * 65_536)


def test_a_wrong_call_gets_one_line_that_says_how_to_correct_it(cli: Cli, project: Path) -> None:
    create(cli, "alice,bob")
    before = contents(project)
    assert "its members: leader, alice, bob; did you mean alice?" in cli.refused(
        "message", "--quest", 1, "--to", "alise", "--msg", "x"
    )
    assert "there is no quest 7; the newest: 1" in cli.refused("message", "--quest", 7, "--to", "bob", "--msg", "x")
    assert "is not a member of quest 1" in cli.refused("monitor", "--role", "worker", "--agent", "eve", "--quest", 1)
    assert "wait with --role leader" in cli.refused("monitor", "--role", "worker", "--agent", "leader", "--quest", 1)
    assert "is led by leader" in cli.refused("monitor", "--role", "leader", "--agent", "bob", "--quest", 1)
    assert "name the worker" in cli.refused("monitor", "--role", "worker")
    assert "name a verb: create, message" in cli.refused()
    assert "did you mean status?" in cli.refused("statsu")
    assert "--quest" in cli.refused("respond", "--msg", "x")
    assert "a whole number of 1 or more" in cli.refused("status", "--quest", "0")
    assert "a whole number of 1 or more" in cli.refused("status", "--quest", str(2**70))
    assert "number of seconds" in cli.refused("monitor", "--role", "worker", "--timeout", "nan")
    assert "is not a valid session id" in cli.refused("status", "--as", "a b")
    assert "leads the quest" in cli.refused("create", "--mission", "m", "--agents", "leader")
    assert "the list of agents is empty" in cli.refused("create", "--mission", "m", "--agents", ",")
    assert "cannot write to itself" in cli.refused(
        "message", "--quest", 1, "--to", "leader", "--msg", "x", "--from", "leader"
    )
    assert contents(project) == before


def test_an_answer_to_nothing_is_logged_and_changes_nothing_else(cli: Cli, project: Path) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    before = contents(project)
    assert "you hold no turn of quest 1" in cli.refused("respond", "--quest", 1, "--msg", "x")
    assert "turn 1 is not held by any session" in cli.refused("respond", "--quest", 1, "--msg", "x", "--turn", 1)
    assert "has no turn 5" in cli.refused("respond", "--quest", 1, "--msg", "x", "--turn", 5)
    fresh = [row for row in contents(project) if row not in before]
    assert {row[0] for row in fresh} == {"event", "sqlite_sequence"}
    assert [row[2] for row in fresh if row[0] == "event"] == ["refused"] * 3


def test_inside_claude_code_a_missing_identity_names_the_hook(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    assert "PreToolUse" not in cli.refused("respond", "--quest", 1, "--msg", "x")
    monkeypatch.setenv("CLAUDECODE", "1")
    assert "the PreToolUse hook did not add --as" in cli.refused("respond", "--quest", 1, "--msg", "x")


def test_the_session_that_creates_is_the_leader(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", "5f0c-main")
    create(cli)
    create(cli, "w1", "--as", "sub1", "--leader", "boss")
    assert "this session is leader" in cli.refused(
        "message", "--quest", 1, "--to", "leader", "--from", "w1", "--msg", "x", "--as", "5f0c-main"
    )
    assert cli.data("message", "--quest", 2, "--to", "w1", "--msg", "x", "--as", "sub1")["from"] == "boss"


def test_a_session_keeps_its_agent(cli: Cli) -> None:
    create(cli)
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0, "--as", "s1")
    assert "works as w1, not as w2" in cli.refused(
        "monitor", "--role", "worker", "--agent", "w2", "--timeout", 0, "--as", "s1"
    )


@pytest.mark.parametrize("name", ["../x", "a/../../x", "a/../x", "/etc/passwd", "a\0b", "/"])
def test_files_are_names_inside_the_project(cli: Cli, name: str) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.refused("respond", "--quest", 1, "--msg", "x", "--files", f"ok.py,{name}")
    assert cli.data("status", "--quest", 1)["turns"][0]["state"] == "leased"


def test_files_are_kept_from_the_projects_root(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    cli.ok("respond", "--quest", 1, "--msg", "x", "--files", f"a.py,./a.py,{project}/b.js")
    assert cli.data("status", "--quest", 1)["turns"][0]["files"] == ["b.js", "sub/a.py"]


def test_status_is_short(cli: Cli) -> None:
    assert "no board here" in cli.refused("status")
    assert not os.path.lexists(".claude")
    for _ in range(25):
        create(cli)
    cli.ok("message", "--quest", 25, "--to", "w1,w2", "--msg", "x")
    cli.ok("complete", "--quest", 1, "--summary", "s")
    lines = cli.ok("status").splitlines()
    line = 'quest 25 open, created now, parallel, led by leader: "Survive the peak"; turns: 2 queued'
    assert re.sub(r"\d+ s ago", "now", lines[0]) == line
    assert lines[-2:] == ["and 4 older open quests", "ended: 1 completed"]
    assert len(lines) == 22


def test_old_quests_are_counted_up_to_a_bound(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "COUNTED", 3)
    for number in range(1, 5):
        create(cli)
        assert cli.ok("complete", "--quest", number, "--summary", "s").startswith(f"quest {number} is completed")
    assert cli.ok("status") == "no quest is open\nended: 3 or more completed\n"


def test_help_names_every_verb(cli: Cli) -> None:
    usage = cli.ok("--help")
    assert max(map(len, usage.splitlines())) <= 80
    assert "docs/quest.md" in usage, "where to begin"
    for verb in VERBS:
        assert verb in usage
        with pytest.raises(SystemExit) as left:
            cli.run(verb, "--help")
        assert left.value.code == 0


def test_format_json_is_json(cli: Cli) -> None:
    assert json.loads(cli.ok("create", "--mission", "m", "--agents", "w1", "--format", "json"))["quest"] == 1


def test_the_log_distinguishes_the_worker_of_a_turn_from_the_actor(cli: Cli) -> None:
    create(cli, "w1", "--leader", "boss")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    output = cli.ok("log", "--quest", 1)
    assert "created by boss" in output
    assert "queued turn 1 of w1" in output
    assert "claimed turn 1 by w1 session s1" in output


def test_an_option_that_would_have_no_effect_is_refused(cli: Cli) -> None:
    create(cli)
    send = ("message", "--quest", 1, "--msg", "x")
    assert "argument --to: give it only once" in cli.refused(*send, "--to", "w1", "--to", "w2")
    assert "argument --after: ',' is not a list" in cli.refused(*send, "--to", "w1", "--after", ",")
    # argparse of Python 3.11 takes this for a list
    assert "argument --quest" in cli.refused("status", "--quest=--")


def test_an_error_about_a_long_value_is_short_and_says_what_to_do(cli: Cli) -> None:
    line = cli.refused("status", "--quest", "x" * 70_000)
    assert len(line) < 2000
    assert line.endswith("is not a whole number of 1 or more; see: acolytes-quest status --help")
