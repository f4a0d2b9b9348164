"""Each hook is declared once, and what the hooks know of the product is what the product declares."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from acolytes_cc.agent_declarations import declared_agents
from acolytes_cc.build.hook_data import hook_data
from acolytes_cc.hook_registration import HOOKS as DECLARED
from acolytes_cc.hook_registration import declared_as, registered_hooks
from acolytes_cc.install.settings.hooks import settings_entries
from acolytes_perf import commands
from acolytes_perf.options import parsed
from acolytes_quest.verb_table import VERBS
from support import HOOKS

sys.path.insert(0, str(HOOKS))
import generated


def scripts() -> set[str]:
    return {path.stem for path in HOOKS.glob("*.py") if "hook_io.run(handle)" in path.read_text("utf-8")}


def test_every_hook_script_is_registered_and_every_registered_one_exists() -> None:
    assert scripts() == {hook.script for hook in DECLARED}
    modules = {path.stem for path in HOOKS.glob("*.py")} - scripts()
    shared = {"generated", "hook_io", "plain_calls", "simple_call"}
    assert modules == shared, "a hook script ends with hook_io.run(handle)"


def test_what_the_hooks_know_is_current() -> None:
    assert (HOOKS / "generated.py").read_bytes() == hook_data(), "run: python3 dev.py generate"


def test_the_agents_are_those_of_the_templates() -> None:
    templates = (HOOKS.parent / "agent_templates" / "agents").iterdir()
    assert sorted(path.name.removesuffix(".md.jinja") for path in templates) == list(generated.OUR_AGENTS)
    assert [agent.name for agent in declared_agents()] == list(generated.OUR_AGENTS)


def test_the_verbs_that_take_away_what_others_wrote_are_not_allowed() -> None:
    assert set(VERBS) - set(generated.QUEST_VERBS) == {
        "handover",
        "backup",
        "restore",
        "redact",
        "purge",
        "serve",
        "server-setup",
    }


def test_every_option_and_input_that_names_a_file_is_known() -> None:
    assert generated.FILE_OPTIONS == ("--file", "--in", "--msg-file", "--out", "--plan")
    calculators = [commands.load(name) for name in commands.names()]
    reading = {command.name: set(command.file_inputs) for command in calculators if command.file_inputs}
    assert {"results summarize", "results compare", "forecast runout", "usl fit"} <= set(reading)
    assert set(generated.FILE_AREAS) == {commands.area(name) for name in reading}
    assert set(generated.FILE_INPUTS) == set.union(*reading.values()) >= {"baseline", "file", "history", "points"}
    assert set(generated.ONE_WORD) == {name for name in commands.names() if " " not in name}
    in_areas = [command for command in calculators if commands.area(command.name) in generated.FILE_AREAS]
    assert set(generated.OTHER_COMMANDS) == {command.name for command in in_areas} - set(reading)
    declared = {field.name for command in in_areas for field in command.fields}
    assert declared == {*generated.FILE_INPUTS, *generated.OTHER_INPUTS}


@pytest.mark.parametrize("flag", sorted(set(generated.FLAGS) - {"--help"}))  # which ends the command before it reads on
def test_a_flag_leaves_the_next_word_alone(flag: str) -> None:
    _, left = parsed(commands.load("results compare"), [flag, "word"])
    assert left == ["word"]


def test_what_is_written_into_settings_is_read_as_it_was_declared() -> None:
    entries = settings_entries(Path("/usr/bin/python3"), Path("/h"), Path("/bin"))
    document = {"hooks": {event: [entry] for event, entry in entries}}
    read = {(hook.event, hook.script) for hook in registered_hooks(document)}
    assert read == {(hook.event, f"/h/{hook.script}.py") for hook in DECLARED if hook.registered_in == "settings"}
    assert not any(hook.through_shell for hook in registered_hooks(document))


def test_a_malformed_hook_is_passed_over() -> None:
    malformed = {"hooks": {"Stop": ["x", {"hooks": {}}, {"hooks": ["y", {"type": "prompt", "prompt": "p"}]}], "x": {}}}
    assert list(registered_hooks(malformed)) == []
    assert list(registered_hooks({"hooks": []})) == []


def test_an_event_leads_to_its_hook_by_either_name() -> None:
    declared = declared_as("/somewhere/subagent_stop.py")
    assert declared is declared_as("subagent_stop") is not None
    assert declared_as("/somewhere/other.py") is None
