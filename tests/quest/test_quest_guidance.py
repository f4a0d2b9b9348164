"""What a verb prints lets its reader go on: it is safe to copy, names what is meant, and gives every reason."""

from __future__ import annotations

import re
import shlex

from quest_support import Cli, create


def _typed(cli: Cli, line: str, *words: str) -> str:
    """What a person types who copies a printed command, without what stands in brackets after it."""
    return cli.refused(*shlex.split(line.partition(" (or ")[0])[1:], *words)


def _question(cli: Cli, *options: str) -> None:
    """Turn 1 of w1 is answered by a question; turn 2 of w2 depends on it, and turn 3 on turn 2."""
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x", *options)
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y", "--after", 1)
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "z", "--after", 2)
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "CLARIFICATION: which?")


def test_a_printed_answer_without_the_session_never_answers_the_turn_of_another(cli: Cli) -> None:
    """Who gave `--as` and then copies the printed line without it is refused, also while another turn is held."""
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    line = cli.data("monitor", "--role", "worker", "--agent", "w2", "--as", "mine")["next"]["respond"]
    assert "add the --as of that session" in _typed(cli, line)
    assert [turn["state"] for turn in cli.data("status", "--quest", 1)["turns"]] == ["leased", "leased"]
    assert cli.ok(*shlex.split(line)[1:], "--as", "mine").startswith("turn 2 is answered")


def test_a_printed_verdict_without_the_session_is_not_the_verdict_of_the_leader(cli: Cli) -> None:
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x", "--review")
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "check it", "--reviews", 1)
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "Completed: x")
    line = cli.data("monitor", "--role", "worker", "--agent", "w2", "--as", "mine")["next"]["respond"]
    assert "add the --as of that session" in _typed(cli, line)
    assert cli.data("status", "--quest", 1)["turns"][0]["verdict"] == "pending"
    sent_back = cli.ok("review", "--quest", 1, "--turn", 1, "--change", "shorter", "--as", "mine")
    assert sent_back == "turn 1 is sent back: turn 3 for w1 does it again, and w2 reviews that\n"
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "z", "--review")
    refused = cli.refused("review", "--quest", 1, "--turn", 5, "--accept", "--as", "mine")
    assert "has no completed answer to review" in refused
    cli.ok("cancel", "--quest", 1, "--turn", 4)
    for _ in range(2):
        cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
        cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: y")
    refused = cli.refused("review", "--quest", 1, "--turn", 5, "--accept", "--as", "mine")
    assert "the leader (leader) gives the verdict on it" in refused
    assert "message --reviews 5 --to w2" in refused


def test_the_reply_to_a_question_names_the_turns_that_depend_on_it_now(cli: Cli) -> None:
    _question(cli)
    reply = ("message", "--quest", 1, "--to", "w1", "--answers", 1, "--msg", "the first")
    assert "this is the reply to turn 1 (clarification); turn 2 depends on it now\n" in cli.ok(*reply)


def test_a_turn_that_the_leader_cancelled_before_a_question_is_not_named_with_it(cli: Cli) -> None:
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y", "--after", 1)
    cli.ok("cancel", "--quest", 1, "--turn", 2)
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "CLARIFICATION: which?")
    assert cli.data("message", "--quest", 1, "--to", "w1", "--answers", 1, "--msg", "the first")["moved"] == []


def test_the_printed_reply_to_a_question_keeps_the_review(cli: Cli) -> None:
    _question(cli, "--review")
    printed = cli.ok("monitor", "--role", "leader", "--quest", 1)
    assert "reply by acolytes-quest message --quest 1 --to w1 --answers 1 --msg '...'" in printed
    cli.ok("message", "--quest", 1, "--to", "w1", "--answers", 1, "--msg", "the first")
    assert [turn["reviewed"] for turn in cli.data("status", "--quest", 1)["turns"]] == [True, False, False, True]


def test_a_quest_that_is_not_complete_gives_every_reason_at_once(cli: Cli) -> None:
    _question(cli)
    cli.ok("monitor", "--role", "leader", "--quest", 1)
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y")
    refused = cli.refused("complete", "--quest", 1, "--summary", "s")
    assert (
        "turn 1 (clarification) of quest 1 waits for your decision (and quest 1 has unanswered turns: 2 (w2, blocked),"
        " 3 (w2, blocked), 4 (w2, queued)): reply with message --to w1 --answers 1, drop it" in refused
    )


def test_a_cancelled_turn_names_those_that_depended_on_it(cli: Cli) -> None:
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    for _ in range(2):
        cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y", "--after", 1)
    assert "turns 2 and 3 depend on turn 1" in _typed(cli, "acolytes-quest respond --quest 1 --msg x", *_held(cli))
    assert cli.ok("cancel", "--quest", 1, "--turn", 1) == (
        "turn 1 is cancelled, and turns 2 and 3 that depended on it; an answer to it will be refused\n"
    )


def _held(cli: Cli) -> tuple[str, ...]:
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    return ("--as", "s1")


def test_a_handover_without_an_id_says_how_to_lead_under_one(cli: Cli) -> None:
    create(cli, "w1", "--as", "boss")
    line = cli.ok("handover", "--quest", 1)
    assert line == (
        "no session leads quest 1, so any that does not work in it may act as its leader; to lead it under an id of"
        " your own: acolytes-quest handover --quest 1 --as ID\n"
    )
    back = cli.refused("handover", "--quest", 1, "--as", "boss")
    assert back.endswith("only another session can give it back, by acolytes-quest handover --quest 1 --to boss")
    assert cli.ok("handover", "--quest", 1, "--to", "boss").startswith("session boss leads quest 1")


def test_who_is_no_member_reads_the_names_of_members_only(cli: Cli) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "any", "--msg", "x")
    refused = cli.refused("message", "--quest", 1, "--to", "w9", "--msg", "x")
    assert refused.endswith("its members: leader, w1")


def test_the_log_gives_a_reply_to_the_turn_of_the_worker(cli: Cli) -> None:
    _question(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--answers", 1, "--msg", "the first")
    assert "replied turn 1 of w1" in cli.ok("log", "--quest", 1)


def test_status_says_what_became_of_an_answer(cli: Cli) -> None:
    """A verdict and a decision are words, so that the leader sees what is left for it."""
    _question(cli)
    assert re.search(
        r"turn 1 w1 answered: clarification \d+ s ago, waits for the leader$",
        cli.ok("status", "--quest", 1),
        re.MULTILINE,
    )
    cli.ok("message", "--quest", 1, "--to", "w1", "--answers", 1, "--msg", "the first", "--review")
    assert re.search(
        r"turn 1 w1 answered: clarification \d+ s ago, has its reply$", cli.ok("status", "--quest", 1), re.MULTILINE
    )
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "Completed: y")
    done = r"turn 4 w1 done \d+ s ago, again for turn 1, "
    assert re.search(f"{done}waits for a verdict$", cli.ok("status", "--quest", 1), re.MULTILINE)
    cli.ok("review", "--quest", 1, "--turn", 4, "--change", "shorter")
    assert re.search(f"{done}sent back$", cli.ok("status", "--quest", 1), re.MULTILINE)
    assert [turn["decision"] for turn in cli.data("status", "--quest", 1)["turns"]] == ["replied", *[None] * 4]


def test_who_does_work_again_is_led_to_its_task(cli: Cli) -> None:
    """The assignment says only what to change, also when the work is sent back for the second time."""
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "something else")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "THE TASK", "--review")
    take = ("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    answer = ("respond", "--quest", 1, "--as", "s1", "--msg")
    for turn in (1, 2):
        assert "the task is message" not in cli.ok(*take)
        cli.ok(*answer, f"Completed: {turn}")
    for turn in (2, 3):
        cli.ok("review", "--quest", 1, "--turn", turn, "--change", "shorter")
        assert "context: acolytes-quest conversation --quest 1 --since 1 (the task is message 2)\n" in cli.ok(*take)
        taken = cli.data(*take)
        assert cli.data(*shlex.split(taken["next"]["conversation"])[1:])["messages"][0]["text"] == "THE TASK"
        cli.ok(*answer, f"Completed: {turn + 1}")


def test_a_forced_end_counts_the_questions_without_a_reply(cli: Cli) -> None:
    _question(cli)
    assert cli.ok("complete", "--quest", 1, "--summary", "s", "--force") == (
        "quest 1 is completed; its members are notified; 2 unanswered turns are cancelled; 1 question has no reply\n"
    )
