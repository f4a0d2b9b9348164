"""Faults that people found as newcomers and administrators: each has tests of the right answer, or a decision.

`FAULTS` names them. A test below fails if one of the named tests, or the page of a decision, is gone.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from support import ROOT


class Fault(NamedTuple):
    """What the right answer is, the tests that want it, and the page that says what was decided instead."""

    right: str
    tests: tuple[str, ...]
    decided: str = ""


FAULTS = {
    1: Fault(
        "A conflict keeps the user's text in its own part alone, can be settled, and is not asked again.",
        (
            "install/test_install_update.py::test_in_a_conflict_only_the_part_that_clashes_is_the_users",
            "install/test_install_resolve.py::test_what_was_settled_is_not_asked_again",
            "install/test_install_resolve.py::test_a_conflict_stays_open_over_versions_and_edits",
        ),
    ),
    2: Fault(
        "`diff` shows what would be written, and no more.",
        ("install/test_install_update.py::test_a_diff_in_a_conflict_shows_only_what_would_be_written",),
    ),
    3: Fault(
        "Rollback is a line of states, and what changes only our records is none.",
        (
            "install/test_install_states.py::test_going_back_twice_goes_back_two_states_and_forward_comes_again",
            "install/test_install_states.py::test_what_changes_only_our_records_is_no_state",
        ),
    ),
    4: Fault(
        "An update says how to get a newer application, names both versions, and does not go back unasked.",
        (
            "install/test_install_versions.py::test_an_upgrade_names_both_versions_and_a_downgrade_is_not_made_unasked",
            "install/test_install_versions.py::test_each_way_in_has_a_way_up",
        ),
    ),
    5: Fault(
        "`bootstrap.py --dry-run` changes nothing.",
        ("install/test_install_bootstrap.py::test_a_dry_run_changes_nothing_not_even_the_application",),
    ),
    6: Fault(
        "A command whose Python is gone says what mends it, and the doctor starts.",
        (
            "doctor/test_doctor_rescue.py::test_every_command_says_in_one_line_what_is_gone_and_what_mends_it",
            "doctor/test_doctor_rescue.py::test_doctor_starts_with_any_python_and_names_the_fault",
        ),
    ),
    7: Fault(
        "The doctor finds a dead interpreter in a project's settings.",
        ("install/test_install_teams.py::test_a_dead_interpreter_after_a_new_python_is_found_and_mended",),
    ),
    8: Fault(
        "Any colleague can update a project, and mixed versions are named.",
        (
            "install/test_install_teams.py::test_any_colleague_can_update_and_the_first_one_gets_it_by_git",
            "install/test_install_teams.py::test_two_versions_of_the_application_are_named_and_the_older_one_does_not_go_back",
        ),
    ),
    9: Fault(
        "The doctor's advice mends what it names, and keeps the application.",
        ("doctor/test_doctor_faults.py::test_the_commands_of_a_finding_mend_it_and_keep_the_application",),
    ),
    10: Fault(
        "Nothing is installed from a cache, and the wrong order of leaving is recoverable.",
        (
            "install/test_install_versions.py::test_from_a_cache_nothing_is_installed_but_everything_can_be_removed",
            "doctor/test_doctor_rescue.py::test_uninstall_without_the_application_leaves_only_what_the_user_made",
        ),
    ),
    11: Fault(
        "A Python without venv is named, and nothing is left of an attempt or an interruption.",
        (
            "install/test_install_bootstrap.py::test_a_python_without_pip_is_refused_before_anything_is_made",
            "install/test_install_bootstrap.py::test_a_venv_that_fails_is_explained",
            "install/test_install_bootstrap.py::test_an_interruption_leaves_nothing",
        ),
    ),
    12: Fault(
        "A full disk is called full.",
        (
            "install/test_install_bootstrap.py::test_a_small_disk_is_refused_before_anything_is_made",
            "install/test_install_bootstrap.py::test_a_disk_that_gets_full_is_said_to_be_full",
        ),
    ),
    13: Fault(
        "A folder marketplace is read live by the client; the docs say so, and how new versions arrive.",
        (),
        decided="docs/plugin.md",
    ),
    14: Fault(
        "A script that cannot be read blocks no tool.",
        ("install/test_install_bootstrap.py::test_a_hook_that_cannot_be_read_blocks_nothing",),
    ),
    15: Fault(
        "Root is refused in the home of another user.",
        ("install/test_install_bootstrap.py::test_root_with_the_home_of_a_user_is_refused",),
    ),
    16: Fault(
        "Where nothing is installed, the installations elsewhere are named.",
        ("install/test_install_elsewhere.py::",),
    ),
    17: Fault(
        "Small things: empty templates, questions that lose answers, caches, SIGTERM, old Pythons, colour, progress.",
        (
            "install/test_install_bootstrap.py::test_templates_without_an_agent_are_refused",
            "install/test_install_bootstrap.py::test_terminating_an_installation_leaves_nothing",
            "install/test_install_bootstrap.py::test_an_old_python_is_told_so",
            "install/test_install_command.py::test_the_cache_goes_with_the_last_installation",
            "terminal/test_terminal_colour.py::",
            "terminal/test_terminal_progress.py::",
            "new/test_new_agent.py::",
        ),
    ),
    18: Fault(
        "What the doctor called healthy is found, and so are other faults like it.",
        ("doctor/test_doctor_faults.py::test_a_planted_fault_is_found_with_its_remedy_and_nothing_is_changed",),
    ),
}


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests of a module."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_has_a_test_of_the_right_answer_or_a_decision(number: int) -> None:
    fault = FAULTS[number]
    assert fault.tests or fault.decided
    for name in fault.tests:
        module, _, test = name.partition("::")
        there = names_in(ROOT / "tests" / module)
        assert test in there if test else there, f"{fault.right} {name} is gone: name the one that took its place."
    assert not fault.decided or (ROOT / fault.decided).is_file()
