"""The hooks' questions to a board on a server: the same answers as from a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest import hook_api
from postgres_server import PostgresServer
from quest_support import Cli


@pytest.fixture
def url(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = postgres.new_database()
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(name))
    yield postgres.url(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.usefixtures("url")
def test_the_hooks_of_two_workers(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = str(project)
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", "client-1")
    monkeypatch.setenv("ACOLYTES_QUEST_WAIT", "0.1")
    cli.ok("create", "--mission", "m", "--agents", "w1,w2", "--mode", "single")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "TASK-ONE")
    assert hook_api.waiting_turn(here, os.environ, "w1") == (1, 1)
    for number in (1, 2):
        cli.ok("monitor", "--role", "worker", "--agent", f"w{number}", "--as", f"s{number}", "--timeout", 0)
    cli.ok("reserve", "--quest", 1, "--paths", "src", "--as", "s1")
    assert hook_api.held_turn(here, os.environ, "s1") == {"quest": 1, "turn": 1, "kept": 0}
    assert hook_api.renew(here, os.environ, "s1") is False
    assert hook_api.renew(here, os.environ, "s1", 3600) is True
    assert [hook_api.record_file(here, os.environ, "s1", "a.md") for _ in range(2)] == [True, False]
    assert "is reserved" in (hook_api.objection_to_edit(here, os.environ, "s2", "src/a.py") or "")
    assert "not your turn" in (hook_api.objection_to_edit(here, os.environ, "s2", "a.py") or "")
    assert hook_api.objection_to_edit(here, os.environ, "s1", "src/a.py") is None
    assert "leader alone" in (hook_api.objection_to_call(here, os.environ, "s2") or "")
    assert (hook_api.keep(here, os.environ, "s1") or {})["kept"] == 1
    assert hook_api.give_back(here, os.environ, "client-1") == 1
    assert hook_api.is_idle(here, os.environ, "s1")
    assert "TASK-ONE" in (hook_api.wait_for_work(here, os.environ, "s1") or "")
    assert (hook_api.wait_for_work(here, os.environ, "s2") or "").startswith("Nothing yet")
    cli.ok("cancel", "--quest", 1, "--summary", "enough")
    assert not hook_api.is_idle(here, os.environ, "s2")
