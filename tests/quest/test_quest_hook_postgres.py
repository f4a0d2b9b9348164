"""The hooks' questions to a board on a server: the same answers as from a file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest import membership
from acolytes_quest.hooks import api as hook_api
from postgres_server import PostgresServer
from quest_support import SCRIPTS, Cli, keep, waiting_turn


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
    assert waiting_turn(here, os.environ, "w1") == (1, 1)
    for number in (1, 2):
        cli.ok("monitor", "--role", "worker", "--agent", f"w{number}", "--as", f"s{number}", "--timeout", 0)
    cli.ok("reserve", "--quest", 1, "--paths", "src", "--as", "s1")
    assert hook_api.renew(here, os.environ, "s1") is False
    assert hook_api.renew(here, os.environ, "s1", 3600) is True
    assert [hook_api.record_file(here, os.environ, "s1", "a.md") for _ in range(2)] == [True, False]
    assert "is reserved" in (hook_api.objection_to_edit(here, os.environ, "s2", "src/a.py") or "")
    assert "not your turn" in (hook_api.objection_to_edit(here, os.environ, "s2", "a.py") or "")
    assert hook_api.objection_to_edit(here, os.environ, "s1", "src/a.py") is None
    assert "only through its leader" in (hook_api.objection_to_call(here, os.environ, "s2") or "")
    assert keep(here, os.environ, "s1") == (1, 1, 1, False)
    assert hook_api.give_back(here, os.environ, "client-1") == 1
    assert hook_api.is_idle(here, os.environ, "s1")
    assert "TASK-ONE" in (hook_api.wait_for_work(here, os.environ, "s1") or "")
    assert (hook_api.wait_for_work(here, os.environ, "s2") or "").startswith("Nothing yet")
    cli.ok("cancel", "--quest", 1, "--summary", "enough")
    assert not hook_api.is_idle(here, os.environ, "s2")


def test_the_server_is_asked_only_about_a_session_that_works_there(url: str, cli: Cli, project: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from acolytes_quest.hooks import api\n"
        "here, environ = sys.argv[2], {'ACOLYTES_QUEST_URL': sys.argv[3]}\n"
        "kept = api.keep(here, environ, 's1')\n"
        "print(api.renew(here, environ, 's1', 600), kept and kept.turn,"
        " api.record_file(here, environ, 's1', 'a'), api.objection_to_edit(here, environ, 's1', 'a'),"
        " api.objection_to_call(here, environ, 's1'), api.wait_for_work(here, environ, 's1'),"
        " api.is_idle(here, environ, 's1'), 'psycopg' in sys.modules, 'sqlite3' in sys.modules)"
    )

    def ask_all() -> list[str]:
        command = [sys.executable, "-c", program, str(SCRIPTS.parent), str(project), url]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    nothing = ["False", "None", "False", *["None"] * 3, *["False"] * 3]
    assert ask_all() == nothing
    assert list(project.iterdir()) == [project / ".git"], "asking leaves nothing behind"
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert ask_all() == nothing
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    answers = ask_all()
    assert answers[1] == "1", "it holds the turn"
    assert answers[-2:] == ["True", "False"]


def test_a_membership_is_private_and_forgotten_after_a_month(project: Path) -> None:
    here = str(project)
    membership.note(here, {}, "old")
    folder = project / ".claude" / "acolytes"
    month_ago = time.time() - membership.KEPT_SECONDS - 60
    os.utime(folder / "sessions" / "old", (month_ago, month_ago))
    membership.note(here, {}, "new")
    assert [entry.name for entry in (folder / "sessions").iterdir()] == ["new"]
    assert (folder / ".gitignore").read_text() == "*\n"
    assert [path.stat().st_mode & 0o77 for path in (folder / "sessions", folder / "sessions" / "new")] == [0, 0]
    assert membership.is_noted(here, {}, "new")
    assert not membership.is_noted(here, {}, "old")


def test_a_link_out_of_the_project_is_not_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / ".claude").symlink_to(tmp_path / "elsewhere")
    membership.note(str(project), {}, "s1")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert hook_api.keep(str(project), {"ACOLYTES_QUEST_URL": "postgresql://nowhere.invalid/x"}, "s1") is None
