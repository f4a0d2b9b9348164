"""Every command that the agents and skills show really runs, unasked, and prints what the text says it prints."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
from pathlib import Path

import pytest

from acolytes_perf import commands as calculators
from agents_project import write_project_files
from agents_rendering import EVERY_CHOICE, LEADER, OPS, WORKER, Example, examples, inline_commands, rendering
from support import HOOKS, ROOT

sys.path.insert(0, str(HOOKS))
import simple_call

SCRIPTS = str(ROOT / "scripts" / "acolytes_quest")
SIZING = "acolytes-perf queue size --arrival-rate 1200/s --service-time 80ms --wait-target 50ms --service-level 95%"
#: What is done before a command, by the beginning of the command.
EARLIER = {
    "budget check": "acolytes-perf budget init --baseline 'before-*.jtl' --out budget.json",
    "dashboard": f"{SIZING} --save",
    "report board": f"{SIZING} --save",
}
GOVERNANCE = "skills/performance-governance/SKILL.md"
SHOWN = {path: examples(text) for path, text in rendering().items()}
CALCULATIONS = [e for shown in SHOWN.values() for e in shown if e.command.startswith("acolytes-perf ")]
SHOWN_CALLS = {" ".join(example.command.split()[1:end]) for example in SHOWN[OPS] for end in (2, 3)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the files that the examples name, and a board of its own."""
    write_project_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(tmp_path / "quests.db"))
    return tmp_path


def run(command: str, *more: str) -> int:
    """Run a command of the product in this process, as the shell would split it."""
    program, *arguments = shlex.split(command)
    main = importlib.import_module(program.replace("-", "_") + ".cli").main
    try:
        code = main([*arguments, *more])
    except SystemExit as end:  # argparse's help
        code = end.code
    assert isinstance(code, int)
    return code


def quest(path: str, verb: str) -> str:
    """The command with this verb that a skill shows."""
    return next(e.command for e in SHOWN[path] if e.command.startswith(f"acolytes-quest {verb} "))


def test_there_are_worked_examples() -> None:
    assert 7 <= len([e for e in SHOWN[OPS] if e.prints]) <= 9
    assert {e.command for e in CALCULATIONS} >= {
        SIZING,
        "acolytes-perf slo budget --slo 99.9% --window 30d --downtime 20min",
        "acolytes-perf slo alerts --slo 99.9% --window 30d",
    }


def test_the_agent_is_told_of_every_calculator() -> None:
    body = rendering()[OPS]
    assert [name for name in calculators.names() if f"`{name}`" not in body and name not in SHOWN_CALLS] == []


@pytest.mark.parametrize("example", CALCULATIONS, ids=lambda e: e.command)
def test_calculations_print_what_the_text_says(
    example: Example, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for start, earlier in EARLIER.items():
        if example.command.startswith(f"acolytes-perf {start} "):
            assert run(earlier) == 0
            capsys.readouterr()
    assert run(example.command) == example.exit_code
    printed = capsys.readouterr()
    assert example.prints
    assert [part for part in example.prints if part not in printed.out + printed.err] == []


def test_the_figures_that_the_texts_show_pass_lint(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = rendering()[OPS].partition("## Output\n")[2].partition("\n## ")[0]
    table = re.search(r"```markdown\n(\| Figure .*?)```", rendering()[GOVERNANCE], re.DOTALL)
    sentence = re.search(r"`([^`]*\([0-9a-f]{12}\))`", output)
    assert table
    assert sentence
    supplier = next(e.command for e in SHOWN[OPS] if e.command.startswith("acolytes-perf cost compare "))
    for command, text in ((f"{SIZING} --save", table[1]), (supplier, sentence[1])):
        assert run(command) == 0
        (kept,) = (project / "perf-answers").iterdir()
        made = kept.stem.rpartition("-")[2]
        # the id of another version of the calculators is another one
        (project / "capacity-plan.md").write_text(re.sub(r"[0-9a-f]{12}", made, text) + "\n", "utf-8")
        assert run("acolytes-perf report lint capacity-plan.md") == 0, capsys.readouterr().out
        (project / "capacity-plan.md").write_text(re.sub(r"[0-9a-f]{12}", "-", text) + "\n", "utf-8")
        assert run("acolytes-perf report lint capacity-plan.md") == 1
        kept.unlink()


@pytest.mark.parametrize(("scope", "servers"), EVERY_CHOICE)
def test_the_examples_are_the_same_for_every_choice(scope: str, servers: tuple[str, ...]) -> None:
    assert {path: examples(text) for path, text in rendering(scope, servers).items()} == SHOWN


@pytest.mark.parametrize("command", sorted({e.command for shown in SHOWN.values() for e in shown}))
def test_the_client_asks_nobody_before_it_runs_a_command_shown(command: str, project: Path) -> None:
    assert simple_call.parse(command, str(project), SCRIPTS) is not None


@pytest.mark.parametrize("command", sorted({c for text in rendering().values() for c in inline_commands(text)}))
def test_commands_named_in_the_text_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command.replace(" ...", ""))
    named = [word for word in words if not word.startswith("-") and word not in ("VERB", "AREA")]
    verb_words = 3 if words[0] == "acolytes-perf" else 2
    assert run(shlex.join(named[:verb_words]), "--help") == 0
    shown = capsys.readouterr().out
    assert [word for word in words if word.startswith("--") and word != "--help" and word not in shown] == []


def test_a_quest_runs_by_the_commands_that_the_skills_show(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worker, leader = ("--as", "worker-1"), ("--as", "leader-1")

    assert run(quest(LEADER, "create"), *leader, "--review") == 0
    assert capsys.readouterr().out == "1\nturn 1 for ops.performance is queued\n"
    assert run(quest(LEADER, "message"), *leader) == 0
    assert run("acolytes-quest cancel --quest 1 --turn 2", *leader) == 0
    capsys.readouterr()

    assert run(quest(WORKER, "monitor"), *worker, "--timeout", "0") == 0
    assert "Servers for 1200 requests/s" in capsys.readouterr().out
    assert run(quest(WORKER, "conversation"), *worker) == 0
    assert "Servers for 1200 requests/s" in capsys.readouterr().out
    assert run(quest(WORKER, "reserve"), *worker) == 0
    assert "capacity-plan.md" in capsys.readouterr().out
    assert run(quest(WORKER, "respond"), *worker) == 0
    capsys.readouterr()

    assert run(quest(LEADER, "monitor"), *leader, "--timeout", "0") == 0
    answered = capsys.readouterr().out
    assert "Completed: plan for 1200/s at peak" in answered
    assert run(quest(LEADER, "review"), *leader) == 0
    capsys.readouterr()
    assert run(quest(LEADER, "status"), *leader) == 0
    assert "capacity-plan.md" in answered + capsys.readouterr().out
    assert run(quest(LEADER, "complete"), *leader) == 0
    capsys.readouterr()

    assert run(quest(WORKER, "monitor"), *worker, "--timeout", "0") == 0
    assert "completed" in capsys.readouterr().out


def test_the_agent_enters_a_quest_by_the_call_of_the_skill() -> None:
    assert quest(OPS, "monitor") == quest(WORKER, "monitor")
