"""Faults that people found when they led with the board and broke it: each has tests of the right answer.

`FAULTS` names these tests. A test below fails if one is gone, or if a fault is tested with one engine only and no
reason stands beside it. What no other module tests is tested here.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import psycopg
import pytest

from acolytes_quest.hooks import push
from acolytes_quest.settings import open_board
from quest_support import PYTHON, SCRIPTS, Cli, create
from support import ROOT

BOTH = {"file", "server"}


class Fault:
    """What the right answer is, and the tests that want it; `only` is why one engine is enough."""

    def __init__(self, right: str, *tests: str, only: str = "") -> None:
        self.right = right
        self.tests = tests
        self.only = only


FAULTS = {
    1: Fault(
        "The leader hears of every answer and of every dead turn, whatever it sends in between.",
        "quest/test_quest_news.py::test_an_answer_that_came_before_the_next_assignment_is_still_new",
        "quest/test_quest_news.py::test_a_dead_turn_is_news_after_the_next_assignment",
        "quest/test_quest_news.py::test_another_session_of_the_leader_goes_on_where_the_last_one_was",
        "quest/test_quest_resume.py::test_what_was_printed_before_the_break_is_new_again",
        "quest/test_quest_storm.py::test_news_that_is_new_again_is_found_unless_a_server_crashed_then",
    ),
    2: Fault(
        "The board's verbs run unasked for every caller, and nothing else does.",
        "hooks/test_hook_pre_tool_use.py::test_every_caller_may_use_the_board_and_nothing_else_unasked",
        "hooks/test_hook_pre_tool_use.py::test_evasions_are_not_allowed_to_any_other_caller",
        "plugin/test_plugin_client.py::test_our_commands_run_unasked_by_name_and_nothing_else_is_granted",
        only="the hook looks at the words of a command, and at no board",
    ),
    3: Fault(
        "An answer wakes a leader that has ended its turn.",
        "client/test_client_quest_push.py::test_the_next_request_of_an_idle_leader_carries_the_answer",
        "quest/test_quest_board_faults.py::test_an_answer_ends_the_wait_of_an_idle_leader",
    ),
    4: Fault(
        "No sequence of commands ends with a bug.",
        "quest/test_quest_contract_verbs.py::test_a_turn_cannot_wait_for_itself_and_may_name_another_twice",
        "quest/test_quest_fuzz.py::test_no_call_ends_with_a_bug",
    ),
    5: Fault(
        "A second person who lacks a right on the server is told which, and how to get it.",
        "quest/test_quest_postgres_roles.py::test_a_missing_right_is_named_with_what_gives_it",
        "quest/test_quest_postgres_roles.py::test_a_quest_of_three_people",
        only="a file has no roles",
    ),
    6: Fault(
        "A quest whose leader's session has ended is taken over by another.",
        "quest/test_quest_news.py::test_the_quest_of_a_leader_that_has_ended_is_taken_over",
        "quest/test_quest_storm.py::test_a_storm_on_a_server_that_crashes_loses_nothing",
    ),
    7: Fault(
        "A worker at work reads notes, and that it has lost its turn.",
        "quest/test_quest_reach.py::test_a_note_is_read_once_by_each_worker_that_has_a_turn",
        "quest/test_quest_reach.py::test_a_lost_turn_is_told_once",
        "client/test_client_quest_break.py::test_a_note_is_in_the_next_request_of_a_busy_worker",
    ),
    8: Fault(
        "A pattern protects what it covers, in its own working tree, with names as the file system compares them.",
        "quest/test_quest_board_faults.py::test_a_reserved_pattern_keeps_other_turns_off",
        "quest/test_quest_reservations.py::test_a_hook_forbids_what_a_pattern_of_another_turn_covers",
        "quest/test_quest_reservations.py::test_a_reservation_holds_in_its_own_working_tree",
        "quest/test_quest_reservations.py::test_upper_and_lower_case_are_one_where_the_file_system_says_so",
        "quest/test_quest_reservations.py::test_composed_and_decomposed_are_one_where_the_file_system_says_so",
    ),
    9: Fault(
        "The turn of a killed client is queued again at once, and a leader can give a turn back.",
        "quest/test_quest_resume.py::test_the_turn_of_a_killed_client_is_taken_by_the_next_worker",
        "quest/test_quest_contract_verbs.py::test_the_leader_gives_a_taken_turn_back",
    ),
    10: Fault(
        "A wait ends when it should, also for a server that is frozen.",
        "quest/test_quest_postgres_frozen.py::test_a_wait_for_a_stopped_server_ends_at_its_timeout",
        "quest/test_quest_postgres_frozen.py::test_a_call_ends_when_nothing_is_passed_on",
        only="a file answers at once, or its lock has a time-out",
    ),
    11: Fault(
        "A damaged text is shown with a mark, and `check` names it.",
        "quest/test_quest_disk.py::test_a_damaged_text_is_shown_with_a_mark",
        "quest/test_quest_disk.py::test_monitor_hands_over_a_damaged_text",
        "quest/test_quest_disk.py::test_check_names_the_damaged_message_and_redact_mends_it",
        "quest/test_quest_postgres_damage.py::test_a_damaged_text_is_shown_with_a_mark_and_found_and_mended",
    ),
    12: Fault(
        "A full disk is called full.",
        "quest/test_quest_disk.py::test_a_full_disk_is_called_full",
        "quest/test_quest_board_faults.py::test_a_full_disk_of_a_server_is_told_in_its_words",
    ),
    13: Fault(
        "`status` shows every turn that is held, and since when.",
        "quest/test_quest_finding.py::test_an_old_leased_turn_is_shown_however_many_ended_since",
        "quest/test_quest_finding.py::test_status_says_since_when_and_the_last_sign_of_life",
    ),
    14: Fault(
        "A backup has everything that was acknowledged, also while others wait.",
        "quest/test_quest_backup.py::test_a_backup_has_what_is_only_in_the_log",
        "quest/test_quest_backup.py::test_a_server_names_the_lines_of_its_own_programs",
        "quest/test_quest_disk.py::test_a_copy_of_the_file_alone_says_what_may_be_missing",
    ),
    15: Fault(
        "A worker takes no turn of another working tree.",
        "quest/test_quest_trees.py::test_a_worker_takes_no_turn_of_another_tree",
        "quest/test_quest_trees.py::test_each_tree_has_its_own_quests",
    ),
    16: Fault(
        "No question is passed over at the end of a quest, and a person is asked after three send-backs.",
        "quest/test_quest_news.py::test_a_question_needs_a_decision_before_the_quest_is_complete",
        "quest/test_quest_contract_verbs.py::test_after_three_send_backs_a_person_is_to_decide",
    ),
    17: Fault(
        "Programs get everything, in one shape, errors included.",
        "quest/test_quest_json.py::test_a_message_has_one_shape_in_every_verb",
        "quest/test_quest_json.py::test_bounds_are_for_readers",
        "quest/test_quest_json.py::test_an_error_of_every_verb_is_json",
    ),
    18: Fault(
        "A copy and a read-only place can be read; members and phase can change; an export has the verdicts.",
        "quest/test_quest_disk.py::test_every_reading_verb_works_read_only",
        "quest/test_quest_contract_verbs.py::test_workers_join_a_quest_that_has_begun",
        "quest/test_quest_contract_verbs.py::test_the_leader_changes_the_phase",
        "quest/test_quest_board_faults.py::test_an_export_has_the_verdicts",
    ),
}


@cache
def engines_of(path: Path) -> dict[str, set[str]]:
    """Return the tests of a module, each with the engines that it runs with."""
    text = path.read_text("utf-8")
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    of_class: dict[str, set[str]] = {}
    for node in classes:
        for base in node.bases:
            if isinstance(base, ast.Name):
                of_class.setdefault(base.id, set()).add("server" if "Postgres" in node.name else "file")
    found = {part.name: of_class.get(node.name, {"file"}) for node in classes for part in _functions(node.body)}
    functions = {part.name: {argument.arg for argument in part.args.args} for part in _functions(ast.parse(text).body)}
    usual = {"server"} if "postgres" in path.name else BOTH if 'usefixtures("engine")' in text else {"file"}
    for part in _functions(ast.parse(text).body):
        fixtures = functions[part.name]
        while more := {of for name in fixtures for of in functions.get(name, ())} - fixtures:
            fixtures |= more  # those that its own fixtures use
        both = fixtures & {"engine", "new_board", "each_board", "each_desk"}
        found[part.name] = {"server"} if "postgres" in fixtures else BOTH if both else usual
    return found


def _functions(body: list[ast.stmt]) -> list[ast.FunctionDef]:
    return [node for node in body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_has_a_test_of_the_right_answer_with_both_engines(number: int) -> None:
    fault = FAULTS[number]
    engines: set[str] = set()
    for name in fault.tests:
        module, _, test = name.partition("::")
        there = engines_of(ROOT / "tests" / module)
        assert test in there, f"{fault.right} The test {name} is gone: name the one that took its place."
        engines |= there[test]
    assert bool(fault.only) != (engines == BOTH), f"{fault.right} It is tested with {', '.join(sorted(engines))} only."


def test_every_fault_is_in_the_table() -> None:
    assert set(FAULTS) == set(range(1, 19))


# -- what no other module tests --------------------------------------------------------------------------------------


@pytest.fixture
def quest(engine: str, cli: Cli) -> int:
    """A quest with a turn that w1's session s1 holds, and one that w2's session s2 holds."""
    assert engine
    number = create(cli, "w1,w2", "--as", "boss")
    for agent, session in (("w1", "s1"), ("w2", "s2")):
        cli.ok("message", "--quest", number, "--to", agent, "--msg", "do it", "--review", "--as", "boss")
        cli.ok("monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", 0)
    return number


def test_an_answer_ends_the_wait_of_an_idle_leader(quest: int, cli: Cli, project: Path) -> None:
    assert cli
    call = [PYTHON, "-I", "-S", str(SCRIPTS / "__main__.py"), "respond", "--quest", str(quest), "--as", "s1"]
    board = open_board(str(project), os.environ)
    with subprocess.Popen(
        [*call, "--msg", "BLOCKED: no key"],
        env={**os.environ, "ACOLYTES_QUEST_PYTHON": sys.executable},
    ):
        text = push.wait(board, str(project), os.environ, "boss", 30)
    board.close()
    assert "BLOCKED: no key" in str(text)


def test_a_reserved_pattern_keeps_other_turns_off(quest: int, cli: Cli) -> None:
    cli.ok("reserve", "--quest", quest, "--paths", "src/**", "--as", "s1")
    refused = cli.refused("reserve", "--quest", quest, "--paths", "src/deep/a.py", "--as", "s2")
    assert "turn 1" in refused
    cli.ok("reserve", "--quest", quest, "--paths", "docs/a.md", "--as", "s2")


def test_an_export_has_the_verdicts(quest: int, cli: Cli) -> None:
    cli.ok("respond", "--quest", quest, "--msg", "Completed: x", "--as", "s1")
    cli.ok("review", "--quest", quest, "--turn", 1, "--accept", "--as", "boss")
    assert "| accepted |" in cli.ok("export", "--quest", quest)
    assert cli.data("export", "--quest", quest)["turns"][0]["verdict"] == "accepted"


@pytest.mark.parametrize("engine", ["server"], indirect=True)
def test_a_full_disk_of_a_server_is_told_in_its_words(engine: str, cli: Cli, postgres: object) -> None:
    assert (engine, bool(postgres)) == ("server", True)
    create(cli)
    with psycopg.connect(os.environ["ACOLYTES_QUEST_URL"], autocommit=True) as server:
        server.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        server.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON acolytes_quest.message EXECUTE FUNCTION public.full_disk()"
        )
    line = cli.refused("message", "--quest", 1, "--to", "w1", "--msg", "x", code=3)
    assert "No space left on device" in line
    assert "damaged" not in line
