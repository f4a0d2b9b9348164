"""The table of verbs, and what follows from it: whatever a new verb still lacks, a test says what to do."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from acolytes_quest import cli, generate, verb_table
from acolytes_quest.verb_table import VERBS
from quest_support import SCRIPTS
from support import ROOT

GENERATE = "run `PYTHONPATH=scripts python -m acolytes_quest.generate` in the checkout"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_a_function_that_runs_it(verb: str) -> None:
    try:
        assert callable(cli.verb_function(verb))
    except (AttributeError, KeyError, ModuleNotFoundError) as error:
        pytest.fail(f"the verb {verb} is in verb_table.py, and nothing runs it: {error}")


def test_every_verb_has_its_script_and_there_is_no_other() -> None:
    assert sorted(path.name for path in SCRIPTS.glob("quest_*.py")) == generate.scripts(), GENERATE
    for name in generate.scripts():
        assert os.readlink(SCRIPTS / name) == generate.SCRIPT, f"{name} is not a link to {generate.SCRIPT}: {GENERATE}"


def test_the_docs_list_the_verbs_as_the_table_has_them() -> None:
    page = (ROOT / "docs" / "quest.md").read_text("utf-8")
    assert generate.replaced(page) == page, f"docs/quest.md is not up to date: {GENERATE}"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_and_its_options_say_what_they_are_for(verb: str) -> None:
    declared = VERBS[verb]
    assert declared.name == verb
    for text in (declared.help, declared.who, *(option.help for option in declared.options)):
        assert re.fullmatch(r"[a-z].*[^.]", text), f"{verb}: write a phrase in lower case: {text!r}"
    assert declared.effect[0].isupper(), f"{verb}: `effect` is a sentence: {declared.effect!r}"
    assert declared.effect.endswith("."), f"{verb}: `effect` is a sentence: {declared.effect!r}"


def test_an_option_of_a_name_means_the_same_to_the_hook_in_every_verb() -> None:
    for verb in VERBS.values():
        for option in verb.options:
            assert option.is_flag == (option.name in verb_table.FLAGS), f"{verb.name} {option.name}: flag here alone"
            opens = option.name in verb_table.FILE_OPTIONS
            assert option.opens_file == opens, f"{verb.name} {option.name}: names a file here alone"


def test_verbs_that_remove_texts_or_serve_a_page_never_run_unasked() -> None:
    assert set(VERBS) - verb_table.UNASKED_VERBS == {
        "handover",
        "backup",
        "restore",
        "redact",
        "purge",
        "serve",
        "server-setup",
    }
    assert sorted(verb_table.FILE_OPTIONS) == ["--file", "--msg-file", "--out", "--plan"]


def test_importing_the_table_imports_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import acolytes_quest.verb_table; print(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(SCRIPTS.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {"acolytes_quest", *(f"acolytes_quest.{name}" for name in ("declarations", "option_types", "verb_table"))}
    assert set(done.stdout.split()) == {*ours, "__future__"}
