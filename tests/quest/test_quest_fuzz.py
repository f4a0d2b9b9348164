"""No call of a quest command ends with a bug, whatever its words and whoever calls, on both engines."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

import quest_fuzzer
from postgres_server import PostgresServer
from quest_fuzzer import CALLS_A_BOARD, Call, Fuzzer, Outcome, judge, run_process

CALLS, ALL_CALLS = 400, 100_000
PROCESSES, ALL_PROCESSES = 0.03, 0.003  # the share of the calls that are processes of their own
MEMORY = Path("/dev/shm")

Boards = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["file", "server"])
def new_board(request: pytest.FixtureRequest, project: Path, monkeypatch: pytest.MonkeyPatch) -> Boards:
    """What gives an empty board, which the environment names, as often as it is called."""
    numbers = iter(range(10**6))

    @contextmanager
    def file() -> Iterator[None]:
        monkeypatch.setenv("ACOLYTES_QUEST_DB", str(project / f"board{next(numbers)}.db"))
        yield

    @contextmanager
    def database() -> Iterator[None]:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.board_database() as name:
            monkeypatch.setenv("ACOLYTES_QUEST_URL", server.url(name))
            yield

    return file if request.param == "file" else database


def test_no_call_ends_with_a_bug(new_board: Boards, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    seed = random.randrange(10**6) if full else 1
    print("seed", seed)
    for board in range((ALL_CALLS if full else CALLS) // CALLS_A_BOARD):
        with new_board():
            fuzzer = Fuzzer(f"{seed}/{board}", processes=ALL_PROCESSES if full else PROCESSES)
            assert fuzzer.play(CALLS_A_BOARD) == []
            assert {0, 2} <= set(fuzzer.codes)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(4, "", "acolytes-quest: this is a bug in acolytes-quest (E: e); details are in /none\n", 0),
        Outcome(2, "", "acolytes-quest: one line\nand another\n", 0),
        Outcome(2, "", f"acolytes-quest: {'x' * 5000}\n", 0),
        Outcome(2, "", f'{{"error": {{"message": "{"x" * 5000}"}}}}\n', 0),
        Outcome(2, "an answer", "acolytes-quest: an error\n", 0),
        Outcome(0, "x" * 50_000, "", 0),
        Outcome(0, "\x1b[2J", "", 0),
        Outcome(0, "text", "a warning", 0),
        Outcome(1, "", "", 0),
        Outcome(130, "", "", 0),
        Outcome(0, "", "", 60),
        Outcome(-9, "", "", 31, heeds=False),
    ],
)
def test_a_wrong_outcome_is_found(outcome: Outcome) -> None:
    assert list(judge(Call(["status"], b"", None), outcome))
    assert not list(judge(Call(["status"], b"", None), Outcome(0, "no quest is open\n", "", 0)))


def test_a_process_that_ignores_an_interrupt_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)"
    (tmp_path / "__main__.py").write_text(program, "utf-8")
    monkeypatch.setattr(quest_fuzzer, "SCRIPTS", tmp_path)
    monkeypatch.setattr(quest_fuzzer, "SLOW_SECONDS", 1.0)
    call = Call(["monitor"], b"", None)
    assert list(judge(call, run_process(call))) == ["it went on after an interrupt"]
