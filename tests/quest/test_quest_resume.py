"""What a leader is given after a break of its session, and turns whose client has died."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.hooks import api
from acolytes_quest.stores import processes
from quest_support import Cli, create

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def leading(project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Quest 1, which the client's session `one` leads, with a turn that w1 has answered BLOCKED."""
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", "one")
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "do it")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("respond", "--quest", 1, "--msg", "BLOCKED: no key", "--as", "s1")
    return cli


def look(cli: Cli) -> str:
    return cli.ok("monitor", "--role", "leader", "--quest", 1, "--timeout", 0)


def test_a_resumed_leader_gets_its_open_quests_and_the_unread_news(leading: Cli, project: Path) -> None:
    text = str(api.resume_leading(str(project), os.environ, "one"))
    assert "quest 1 open" in text
    assert "1 message to read" in text
    assert "turn 1 (blocked) waits for your reply" in text
    assert "acolytes-quest monitor --role leader --agent leader --quest 1" in text
    assert "no key" not in text  # texts of agents come in frames only


def test_what_was_printed_before_the_break_is_new_again(leading: Cli, project: Path) -> None:
    assert "no key" in look(leading)
    api.resume_leading(str(project), os.environ, "one")
    assert "no key" in look(leading)
    assert "no key" not in look(leading)


def test_a_session_that_leads_nothing_gets_nothing(leading: Cli, project: Path) -> None:
    assert api.resume_leading(str(project), os.environ, "two") is None
    leading.ok("fail", "--quest", 1, "--summary", "x")
    assert api.resume_leading(str(project), os.environ, "one") is None


def test_after_clear_the_same_clients_next_session_leads(
    leading: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.note_cleared(str(project), os.environ, "one", 4711)
    assert api.resume_leading(str(project), os.environ, "other", 4712) is None  # another client in the same project
    assert "quest 1 open" in str(api.resume_leading(str(project), os.environ, "two", 4711))
    assert api.resume_leading(str(project), os.environ, "one") is None
    assert api.resume_leading(str(project), os.environ, "three", 4711) is None  # a note counts once
    assert api.leads(str(project), os.environ, "two") is True  # no turn is open, but there is unread news
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", "two")
    leading.ok("monitor", "--role", "leader", "--quest", 1, "--timeout", 0)
    assert api.leads(str(project), os.environ, "two") is False
    leading.ok("message", "--quest", 1, "--to", "w1", "--msg", "again")
    assert api.leads(str(project), os.environ, "two") is True


# -- clients that die -------------------------------------------------------------------------------------------------


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A process in whose name the commands are called."""
    with subprocess.Popen(["sleep", "600"]) as process:
        monkeypatch.setenv(processes.CLIENT_VARIABLE, processes.identity(process.pid))
        yield process
        process.kill()


def test_the_turn_of_a_killed_client_is_taken_by_the_next_worker(
    cli: Cli, client: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "do it")
    take = ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    assert cli.data(*take, "--as", "s1")["status"] == "turn"
    monkeypatch.delenv(processes.CLIENT_VARIABLE)
    assert cli.data(*take, "--as", "s2")["status"] == "timeout"  # the client lives
    client.send_signal(signal.SIGKILL)
    client.wait()
    assert cli.data(*take, "--as", "s2")["status"] == "turn"
    kinds = [event["kind"] for event in cli.data("log", "--quest", 1)["events"]]
    assert kinds[-2:] == ["orphaned", "claimed"]
    assert cli.data("check")["healthy"] is True


def test_a_session_that_goes_on_in_another_client_keeps_its_turn(
    cli: Cli, client: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "do it")
    take = ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    cli.ok(*take, "--as", "s1")
    monkeypatch.setenv(processes.CLIENT_VARIABLE, processes.identity(os.getpid()))
    cli.ok(*take, "--as", "s1")  # resumed in another client
    client.kill()
    client.wait()
    assert cli.data(*take, "--as", "s2")["status"] == "timeout"


@pytest.mark.parametrize("named", ["", "x", "1:2", "1:2:3:4", "0x1:2:3", "-1:2:3", "1:1:2"])
def test_what_names_no_process_of_this_machine_is_never_gone(
    cli: Cli, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(processes.CLIENT_VARIABLE, named)
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "do it")
    take = ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    cli.ok(*take, "--as", "s1")
    assert cli.data(*take, "--as", "s2")["status"] == "timeout"


def test_a_number_that_another_process_has_now_is_gone() -> None:
    number, _, namespace = processes.identity(os.getpid()).split(":")
    assert processes.is_gone(int(number), f"1:{namespace}")
    assert not processes.is_gone(int(number), "1:4711")  # seen from another namespace
