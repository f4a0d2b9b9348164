"""A reader that closes its pipe, as `head` does: each command ends without a word, and with its own exit code."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support import ROOT, build_tree

COMMANDS = {"acolytes": "acolytes_cc", "acolytes-quest": "acolytes_quest", "acolytes-perf": "acolytes_perf"}
BAD_AGENT = "---\nname: a\ndescription: {}\ntools: Raed\n---\nBody.\n"


def closed(folder: Path, words: list[str], *streams: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    """The exit code of a command, the readers of whose ``streams`` are gone, and what it wrote to standard error."""
    reader, writer = os.pipe()
    os.close(reader)
    own = {"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'installer'}:{ROOT / 'scripts'}"}
    outputs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **dict.fromkeys(streams, writer)}
    done = subprocess.run(
        [sys.executable, "-m", COMMANDS[words[0]], *words[1:]],
        cwd=folder,
        env={**own, **(environ or {})},
        **outputs,  # type: ignore[call-overload] # the names of two arguments
        check=False,
    )
    os.close(writer)
    return done.returncode, (done.stderr or b"").decode()


@pytest.mark.parametrize(
    "call",
    [
        "acolytes --help",
        "acolytes lint --list-rules",
        "acolytes lint --explain ACO103",
        "acolytes list",
        "acolytes-quest --help",
        "acolytes-quest create --help",
        "acolytes-perf --help",
    ],
)
def test_help_and_lists_end_well(call: str, tmp_path: Path) -> None:
    assert closed(tmp_path, call.split(), "stdout") == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("number", [1, 2_000])
def test_lint_keeps_the_exit_code_of_its_findings(number: int, unbuffered: str, tmp_path: Path) -> None:
    """One line, which is written at the end, and more than a pipe holds; the second call prints what is kept."""
    build_tree(tmp_path, {".claude/agents/a.md": BAD_AGENT.format("@x " * number)})
    words = ["acolytes", "lint", ".", "--format", "full"]
    for _ in range(2):
        assert closed(tmp_path, words, "stdout", environ={"PYTHONUNBUFFERED": unbuffered}) == (1, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_error_that_nobody_reads_keeps_its_exit_code(command: str, tmp_path: Path) -> None:
    assert closed(tmp_path, [command, "nonsense"], "stdout", "stderr") == (2, "")


def test_an_installation_is_finished_although_nobody_reads_of_it(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    code, _ = closed(tmp_path, ["acolytes", "install", "--yes"], "stdout", "stderr")
    assert code == 0
    done = closed(tmp_path, ["acolytes", "status"], "stdout")
    assert done == (0, "")
    assert list(tmp_path.rglob("*.md"))


def test_a_reply_of_the_board_keeps_its_exit_code(tmp_path: Path) -> None:
    create = ["create", "--mission", "Plan", "--agents", "w1", "--msg", "Do it"]
    assert closed(tmp_path, ["acolytes-quest", *create], "stdout")[0] == 0
    board = next(tmp_path.rglob("quests.db"))
    assert closed(tmp_path, ["acolytes-quest", "check"], "stdout") == (0, "")
    with contextlib.closing(sqlite3.connect(board)) as store:
        store.execute("UPDATE turn SET quest = 99")
        store.commit()
    assert closed(tmp_path, ["acolytes-quest", "check"]) == (1, "")
    assert closed(tmp_path, ["acolytes-quest", "check"], "stdout") == (1, "")


def test_an_answer_of_the_calculators_keeps_its_exit_code(tmp_path: Path) -> None:
    failed = ["budget", "check", "--limits", "p95:5ms", "--candidate-values", "p95:412ms,p95:420ms"]
    assert closed(tmp_path, ["acolytes-perf", *failed], "stdout") == (1, "")
