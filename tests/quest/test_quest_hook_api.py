"""What hooks ask of the board."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from acolytes_quest import hook_api, location
from acolytes_quest.engine import Board
from quest_support import PYTHON, SCRIPTS, Cli, Clock


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


def row(project: str, turn: int) -> dict[str, object]:
    board = Board(location.find_board(project, {}))
    with board.read() as tx:
        found = tx.all("SELECT * FROM turn WHERE id = ?", turn)[0]
    board.close()
    return found


def test_without_a_board_nothing_is_known_made_or_imported(project: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from acolytes_quest import hook_api as api\n"
        "here = sys.argv[2]\n"
        "print(api.waiting_turn(here, {}, 'w1'), api.held_turn(here, {}, 's'), api.renew(here, {}, 's'),"
        " api.keep(here, {}, 's'), 'sqlite3' in sys.modules)"
    )
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", program, str(SCRIPTS.parent), str(project)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["None", "None", "False", "None", "False"]
    assert list(project.iterdir()) == [project / ".git"]


@pytest.mark.usefixtures("working")
def test_a_waiting_turn_is_one_that_nobody_has_taken(here: str, cli: Cli) -> None:
    assert hook_api.waiting_turn(here, {}, "w1") == (1, 2)
    assert hook_api.waiting_turn(here, {}, "w2") is None
    cli.ok("complete", "--quest", 1, "--summary", "s", "--force")
    assert hook_api.waiting_turn(here, {}, "w1") is None


@pytest.mark.usefixtures("working")
def test_a_turn_whose_lease_is_over_waits_too(here: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acolytes_quest.clock._known", ["another boot"])
    assert hook_api.waiting_turn(here, {}, "w1") == (1, 1)


@pytest.mark.usefixtures("working")
def test_the_held_turn_is_the_sessions_own(here: str) -> None:
    assert hook_api.held_turn(here, {}, "s1") == {"quest": 1, "turn": 1, "kept": 0}
    assert hook_api.held_turn(here, {}, "s2") is None


@pytest.mark.usefixtures("working")
def test_a_lease_is_renewed_once_it_is_a_minute_old(here: str, clock: Clock) -> None:
    assert hook_api.renew(here, {}, "s1") is False
    board = Board(location.find_board(here, {}))
    with board.write() as tx:
        tx.run("UPDATE turn SET lease_renewed = lease_renewed - 61, lease_until = lease_until - 61 WHERE id = 1")
    before = row(here, 1)["lease_until"]
    assert hook_api.renew(here, {}, "s2") is False
    assert hook_api.renew(here, {}, "s1") is True
    after = row(here, 1)["lease_until"]
    assert isinstance(before, float)
    assert isinstance(after, float)
    assert after >= before + 61
    assert hook_api.renew(here, {}, "s1") is False


@pytest.mark.usefixtures("working")
def test_a_session_is_kept_five_times_and_then_its_turn_is_released(here: str) -> None:
    for count in range(1, 6):
        assert hook_api.keep(here, {}, "s1") == {"quest": 1, "turn": 1, "kept": count}
    assert hook_api.keep(here, {}, "s1") is None
    assert row(here, 1)["state"] == "queued"
    assert hook_api.waiting_turn(here, {}, "w1") == (1, 1)
    board = Board(location.find_board(here, {}))
    with board.read() as tx:
        kinds = [event["kind"] for event in tx.all("SELECT kind FROM event WHERE turn = 1 ORDER BY id")]
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
