"""What hooks ask of the board."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from acolytes_quest import location, settings
from acolytes_quest.board import turns
from acolytes_quest.board.rows import Turn
from acolytes_quest.hooks import api as hook_api
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from quest_support import PYTHON, SCRIPTS, Cli, Clock, keep, waiting_turn


@pytest.fixture
def here(project: Path) -> str:
    return str(project)


@pytest.fixture
def working(cli: Cli) -> None:
    """Session s1 holds turn 1 of quest 1; turn 2 waits."""
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "one")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "two")


def row(project: str, turn: int) -> Turn:
    board = SqliteBoard(location.find_board(project, {}))
    with board.read() as tx:
        result = turns.get(tx, turn)
    board.close()
    return result


def test_without_a_board_hooks_find_create_and_import_nothing(project: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from acolytes_quest.hooks import api\n"
        "here = sys.argv[2]\n"
        "print(api.waiting_turn(here, {}, 'w1'), api.renew(here, {}, 's', 600),"
        " api.keep(here, {}, 's'), api.record_file(here, {}, 's', 'a'), api.objection_to_edit(here, {}, 's', 'a'),"
        " api.objection_to_call(here, {}, 's'), api.wait_for_work(here, {}, 's'), api.give_back(here, {}, 'c'),"
        " api.is_idle(here, {}, 's'),"
        " 'sqlite3' in sys.modules)"
    )
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", program, str(SCRIPTS.parent), str(project)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["None", "False", "None", "False", *["None"] * 3, "0", "False", "False"]
    assert list(project.iterdir()) == [project / ".git"]


@pytest.mark.usefixtures("working")
def test_a_waiting_turn_is_one_that_no_session_has_taken(here: str, cli: Cli) -> None:
    assert waiting_turn(here, {}, "w1") == (1, 2)
    assert hook_api.waiting_turn(here, {}, "w2") is None
    cli.ok("complete", "--quest", 1, "--summary", "s", "--force")
    assert hook_api.waiting_turn(here, {}, "w1") is None


@pytest.mark.usefixtures("working")
def test_a_turn_whose_lease_has_ended_waits_too(here: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acolytes_quest.stores.clock._boot_id", ["another boot"])
    assert waiting_turn(here, {}, "w1") == (1, 1)


@pytest.mark.usefixtures("working")
def test_a_lease_is_renewed_once_it_is_a_minute_old(here: str, clock: Clock) -> None:
    assert hook_api.renew(here, {}, "s1") is False
    board = SqliteBoard(location.find_board(here, {}))
    with board.write() as tx:
        tx.run("UPDATE turn SET lease_renewed = lease_renewed - 61, lease_until = lease_until - 61 WHERE id = 1")
    before = row(here, 1).lease_until
    assert hook_api.renew(here, {}, "s2") is False
    assert hook_api.renew(here, {}, "s1") is True
    after = row(here, 1).lease_until
    assert isinstance(before, float)
    assert isinstance(after, float)
    assert after >= before + 61
    assert hook_api.renew(here, {}, "s1") is False


def ends_in(here: str, turn: int) -> float:
    """The seconds until the turn's lease ends."""
    until = row(here, turn).lease_until
    assert isinstance(until, float)
    return until - time.monotonic()


@pytest.mark.usefixtures("working")
def test_a_lease_outlasts_the_call_that_it_is_renewed_for(here: str) -> None:
    assert hook_api.renew(here, {}, "s1", 600) is False, "900 s are left"
    assert hook_api.renew(here, {}, "s1", 3600) is True
    assert ends_in(here, 1) == pytest.approx(3660, abs=30)
    assert hook_api.renew(here, {}, "s1", 600) is False


@pytest.mark.usefixtures("cli")
def test_a_short_lease_is_stretched_for_a_long_call(here: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_LEASE", "30")
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "one")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    assert ends_in(here, 1) == pytest.approx(30, abs=10)
    assert hook_api.renew(here, {"ACOLYTES_QUEST_LEASE": "30"}, "s1", 600) is True
    assert ends_in(here, 1) == pytest.approx(660, abs=10)


def test_who_says_no_session_has_no_hooks_and_a_longer_lease(here: str, cli: Cli) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "one")
    assert cli.data("monitor", "--role", "worker", "--agent", "w1")["lease"] == 3600
    assert ends_in(here, 1) == pytest.approx(3600, abs=30)


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("rule", ["renew", "files", "keep-working"])
def test_a_rule_that_is_off_does_nothing(here: str, rule: str) -> None:
    off = {"ACOLYTES_QUEST_OFF": f"other, {rule}"}
    result = {
        "renew": hook_api.renew(here, off, "s1", 3600),
        "files": hook_api.record_file(here, off, "s1", "a.py"),
        "keep-working": keep(here, off, "s1") == (1, 1, 1, False),
    }
    assert result == {"renew": rule != "renew", "files": rule != "files", "keep-working": rule != "keep-working"}
    if rule == "keep-working":
        assert row(here, 1).state == "queued", "nobody is kept, so the turn is given back"


@pytest.mark.usefixtures("working")
def test_the_files_of_the_project_are_recorded(here: str, project: Path, tmp_path: Path) -> None:
    (project / "src").mkdir()
    (project / "src/a.py").touch()
    (project / "link").symlink_to(project / "src")
    (project / "out").symlink_to(tmp_path)
    for path in ("src/a.py", f"{project}/link/a.py", f"{project}/src/../b.md", "../x", f"{project}/out/x", "/etc/x"):
        hook_api.record_file(here, {}, "s1", path)
    assert hook_api.record_file(here, {}, "s1", "src/a.py") is False, "it is known"
    assert hook_api.record_file(here, {}, "s2", "src/c.py") is False, "s2 holds no turn"
    board = SqliteBoard(location.find_board(here, {}))
    with board.read() as tx:
        result = tx.tuples("SELECT turn, path FROM turn_file ORDER BY path")
    board.close()
    assert result == [(1, "b.md"), (1, "src/a.py")]


def test_the_turns_of_the_agents_of_a_client_are_released(here: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    for number, client in enumerate(("client-a", "client-a", "client-b", ""), 1):
        monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", client)
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", f"task {number}")
        cli.ok("monitor", "--role", "worker", "--agent", "w1", *(["--as", f"s{number}"] if number > 1 else []))
    assert hook_api.give_back(here, {}, "client-c") == 0
    assert hook_api.give_back(here, {}, "client-a") == 2
    assert [row(here, turn).state for turn in (1, 2, 3, 4)] == ["queued", "queued", "leased", "leased"]
    assert hook_api.give_back(here, {}, "client-a") == 0


@pytest.mark.usefixtures("working")
def test_a_session_is_kept_five_times_and_then_its_turn_is_released(here: str) -> None:
    for count in range(1, 6):
        assert keep(here, {}, "s1") == (1, 1, count, False)
    assert keep(here, {}, "s1") == (1, 1, 5, True)
    assert row(here, 1).state == "queued"
    assert waiting_turn(here, {}, "w1") == (1, 1)
    board = SqliteBoard(location.find_board(here, {}))
    with board.read() as tx:
        kinds = tx.column(str, "SELECT kind FROM event WHERE turn = 1 ORDER BY id")
    board.close()
    assert kinds == ["queued", "claimed", *["kept"] * 5, "released"]
    assert hook_api.keep(here, {}, "s1") is None


@pytest.mark.usefixtures("working")
def test_a_session_that_holds_nothing_writes_nothing(here: str, project: Path) -> None:
    lock = project / ".claude/acolytes/quests.db-lock"
    lock.unlink()
    assert hook_api.keep(here, {}, "s2") is None
    assert hook_api.renew(here, {}, "s2") is False
    assert not lock.exists()


def test_a_board_that_cannot_be_used_is_no_news(here: str, project: Path) -> None:
    environ = {"ACOLYTES_QUEST_DB": str(project / "notes.txt")}
    (project / "notes.txt").write_text("notes, no board\n" * 100, "utf-8")
    assert hook_api.waiting_turn(here, environ, "w1") is None
    assert hook_api.keep(here, environ, "s1") is None
    assert hook_api.renew(here, {"ACOLYTES_QUEST_URL": "postgresql://x"}, "s1") is False


@pytest.mark.usefixtures("working")
def test_the_questions_of_one_hook_share_one_opening(here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    usual = settings.open_board

    def counted(*words: Any, **options: Any) -> object:
        opened.append(words)
        return usual(*words, **options)

    monkeypatch.setattr(settings, "open_board", counted)
    with hook_api.OneOpening():
        assert hook_api.renew(here, {}, "s1", 3600) is True
        assert hook_api.record_file(here, {}, "s1", "a.py") is True
        assert hook_api.reach(here, {}, "s1") is None
    assert len(opened) == 1
    assert hook_api.renew(here, {}, "s1") is False
    assert len(opened) == 2
