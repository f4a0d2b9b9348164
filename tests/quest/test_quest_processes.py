"""Several processes on one board, as agents are: concurrent writers, races for a turn, waiting, waking and dying."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quest_support import PYTHON, SCRIPTS, Cli, bells, command, eventually

SLOW_POLL = {"ACOLYTES_QUEST_POLL": "600"}  # only the bell wakes

WRITER = """
import contextlib, io, sys
sys.path.insert(0, sys.argv[1])
from acolytes_quest.cli import main
codes = []
for number in range(100):
    with contextlib.redirect_stdout(io.StringIO()):
        codes.append(main(["message", "--quest", "1", "--to", "w1", "--msg", sys.argv[2] + "-" + str(number)]))
print(codes.count(0))
"""


# Far below the waits of 600 s: what does not wake its process in this time has not woken it.
PATIENCE_SECONDS = 60
STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def _no_orphans() -> Iterator[None]:
    yield
    for process in STARTED:
        process.kill()
        process.communicate()
    STARTED.clear()


def start(verb: str, *words: object, cwd: Path, **environ: str) -> subprocess.Popen[str]:
    """Start a quest script that goes on beside the test."""
    process = subprocess.Popen(
        command(verb, *words),
        cwd=cwd,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    STARTED.append(process)
    return process


def monitor(role: str, project: Path, *words: object, **environ: str) -> subprocess.Popen[str]:
    patience = [] if "--timeout" in words else ["--timeout", 600]
    return start("monitor", "--role", role, *patience, "--json", *words, cwd=project, **environ)


def worker(project: Path, *words: object, agent: str = "w1", **environ: str) -> subprocess.Popen[str]:
    return monitor("worker", project, "--agent", agent, *words, **environ)


def outcome(process: subprocess.Popen[str]) -> Any:
    """Return what a command printed, as JSON, once it has ended well."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (0, "")
    return json.loads(out)


def waiting(project: Path, agent: str, number: int = 1) -> None:
    """Wait until so many processes have hung up their bell for `agent`, and have begun to wait."""
    eventually(lambda: len(bells(project, agent)) == number, f"{number} waiting as {agent}")
    time.sleep(0.3)


def test_eight_writers_lose_nothing(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    writers = [
        subprocess.Popen(
            [PYTHON, "-I", "-S", "-c", WRITER, str(SCRIPTS.parent), f"writer{number}"],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    results = [writer.communicate(timeout=120) for writer in writers]
    assert results == [("100\n", "")] * 8
    messages = cli.data("conversation", "--quest", 1, "--max-chars", 10_000_000)["messages"]
    assert [message["seq"] for message in messages] == list(range(1, 801))
    assert {message["text"] for message in messages} == {f"writer{w}-{n}" for w in range(8) for n in range(100)}
    for number in range(8):
        own = [message["text"] for message in messages if message["text"].startswith(f"writer{number}-")]
        assert own == [f"writer{number}-{n}" for n in range(100)]


def test_of_eight_that_wait_exactly_one_gets_the_turn(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    waiters = [worker(project, **SLOW_POLL) for _ in range(8)]
    waiting(project, "w1", 8)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "one for all")
    eventually(lambda: len(bells(project, "w1")) == 7, "one has its turn")
    cli.ok("complete", "--quest", 1, "--summary", "s", "--force")
    statuses = [outcome(waiter)["status"] for waiter in waiters]
    assert sorted(statuses) == ["ended"] * 7 + ["turn"]
    assert bells(project, "w1") == []


def test_two_workers_of_one_name_each_get_a_turn_and_answer_it(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    pair = [worker(project, "--as", session, **SLOW_POLL) for session in ("s1", "s2")]
    waiting(project, "w1", 2)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "a")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "b")
    assert sorted(outcome(process)["turn"] for process in pair) == [1, 2]
    for session in ("s1", "s2"):
        cli.ok("respond", "--quest", 1, "--msg", f"by {session}", "--as", session)
    news = cli.data("monitor", "--role", "leader")["messages"]
    assert {message["text"] for message in news} == {"by s1", "by s2"}


def test_a_waiting_leader_is_woken_by_an_answer(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "a")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    leader = monitor("leader", project, **SLOW_POLL)
    waiting(project, "leader")
    cli.ok("respond", "--quest", 1, "--msg", "done")
    assert outcome(leader)["messages"][0]["text"] == "done"


@pytest.mark.parametrize(
    ("words", "result"),
    [(("complete", "--result", "failed"), "failed"), (("fail",), "failed"), (("cancel",), "cancelled")],
    ids=["complete", "fail", "cancel"],
)
def test_an_end_wakes_every_member(cli: Cli, project: Path, words: tuple[str, ...], result: str) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1,w2")
    members = [
        worker(project, **SLOW_POLL),
        worker(project, agent="w2", **SLOW_POLL),
        monitor("leader", project, **SLOW_POLL),
    ]
    for agent in ("w1", "w2", "leader"):
        waiting(project, agent)
    cli.ok(*words, "--quest", 1, "--summary", "all is well")
    ended = {"status": "ended", "quest": 1, "result": result, "summary": "all is well"}
    assert [outcome(member) for member in members] == [ended] * 3


def test_a_named_worker_takes_part_in_a_quest_that_begins_while_it_waits(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w2")
    early = worker(project, "--as", "s1", "--timeout", 4, **SLOW_POLL)
    waiting(project, "w1")
    cli.ok("create", "--mission", "m", "--agents", "w1")
    assert outcome(early)["status"] == "timeout"
    cli.ok("complete", "--quest", 2, "--summary", "over between two waits")
    assert cli.data("monitor", "--role", "worker", "--timeout", 0, "--as", "s1")["quest"] == 2


def test_a_turn_that_ends_makes_room_in_a_single_quest(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1,w2", "--mode", "single")
    cli.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    second = worker(project, agent="w2", **SLOW_POLL)
    waiting(project, "w2")
    cli.ok("respond", "--quest", 1, "--msg", "done")
    assert outcome(second)["turn"] == 2


def test_a_waiting_worker_takes_over_when_a_killed_ones_lease_runs_out(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    first = worker(project, "--as", "s1", ACOLYTES_QUEST_LEASE="1.5")
    outcome(first)
    second = worker(project, "--as", "s2", **SLOW_POLL)
    took_over = outcome(second)
    assert (took_over["turn"], took_over["attempt"], took_over["fence"]) == (1, 2, 2)
    assert "held by another session" in cli.refused("respond", "--quest", 1, "--msg", "x", "--as", "s1")
    cli.ok("respond", "--quest", 1, "--msg", "x", "--as", "s2")


def test_a_waiting_leader_hears_of_a_dead_turn(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    for session, lease in (("s1", "0.01"), ("s2", "0.01"), ("s3", "1.5")):
        monkeypatch.setenv("ACOLYTES_QUEST_LEASE", lease)
        assert cli.data("monitor", "--role", "worker", "--agent", "w1", "--as", session)["status"] == "turn"
        time.sleep(0.02)
    news = outcome(monitor("leader", project, **SLOW_POLL))
    assert "turn 1 for w1 is dead" in news["messages"][0]["text"]


def test_killed_writers_leave_whole_messages_only(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    for number in range(6):
        writer = subprocess.Popen(
            [PYTHON, "-I", "-S", "-c", WRITER, str(SCRIPTS.parent), f"writer{number}"],
            cwd=project,
            stdout=subprocess.PIPE,
        )
        before = cli.data("conversation", "--quest", 1, "--max-chars", 10_000_000)["messages"]

        def grew(before: list[object] = before) -> bool:
            messages = cli.data("conversation", "--quest", 1, "--max-chars", 10_000_000)["messages"]
            return len(messages) > len(before) + 3

        eventually(grew, "messages arrive")
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    messages = cli.data("conversation", "--quest", 1, "--max-chars", 10_000_000)["messages"]
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    assert len(cli.data("status", "--quest", 1)["turns"]) == min(len(messages), 50)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "after all that")


def test_a_worker_may_wait_before_there_is_a_board(cli: Cli, project: Path) -> None:
    early = worker(project)
    time.sleep(0.3)
    assert not (project / ".claude").exists()
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert outcome(early)["turn"] == 1


def test_without_fifos_the_poll_wakes(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    (project / ".claude/acolytes/quests.db-bells").write_text("in the way of the bells' folder", "utf-8")
    waiter = worker(project, ACOLYTES_QUEST_POLL="0.05")
    time.sleep(0.5)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert outcome(waiter)["turn"] == 1


def test_the_bell_of_a_killed_process_is_cleared_away_and_a_fresh_one_is_not(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    killed = worker(project)
    waiting(project, "w1")
    killed.kill()
    killed.communicate()
    (old,) = bells(project, "w1")
    os.utime(old, (time.time() - 60, time.time() - 60))
    fresh = old.with_name("w1@0123456789abcdef")
    os.mkfifo(fresh)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert bells(project, "w1") == [fresh]


def test_what_is_no_bell_is_never_written_to(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    folder = project / ".claude/acolytes/quests.db-bells"
    (project / "precious").write_text("x", "utf-8")
    (folder / "w1@file").write_text("x", "utf-8")
    (folder / "w1@link").symlink_to(project / "precious")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert (folder / "w1@file").read_text("utf-8") == "x"
    assert (project / "precious").read_text("utf-8") == "x"


def test_simultaneous_creators_make_one_board(project: Path, cli: Cli) -> None:
    creators = [start("create", "--mission", "m", "--agents", "w1", "--json", cwd=project) for _ in range(8)]
    assert sorted(outcome(creator)["quest"] for creator in creators) == list(range(1, 9))
    assert cli.data("status")["counts"] == {"open": 8}


def test_a_reader_that_goes_away_is_no_error(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m" * 60_000, "--agents", "w1")
    process = start("conversation", "--quest", 1, "--max-chars", 1_000_000, cwd=project)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == ""
    process.stderr.close()
