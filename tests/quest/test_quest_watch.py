"""`acolytes-quest watch` on a real pseudo-terminal: what it shows, when it draws, and how it leaves the terminal."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.watch.cells import width
from postgres_server import PostgresServer
from quest_screen import ScreenProgram
from quest_support import SCRIPTS, Cli, create, eventually
from support import ROOT

WATCH = str(SCRIPTS / "quest_watch.py")
MODES = ["?1049h", "?25l", "?7l", "?7h", "?25h", "?1049l"]  # entered, then left
HOSTILE = "a\x1b[2J\x1b]0;title\x07\r\n\u202eb\u200b\x9b31m \x1b[?1049l 日本語 "


def watching(project: Path, *words: str, **environ: str) -> ScreenProgram:
    return ScreenProgram("-I", WATCH, *words, cwd=project, env=environ)


@pytest.fixture
def board(cli: Cli) -> Cli:
    create(cli, "w1,w2", "--leader", "boss")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "Size the servers")
    return cli


def test_the_view_follows_the_board(board: Cli, project: Path) -> None:
    with watching(project) as terminal:
        terminal.sees("1 turn for it, not waiting")
        board.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
        terminal.sees("● w1   turn 1 for ")
        assert '"Size the servers"' in terminal.text
        board.ok("respond", "--quest", 1, "--msg", "CLARIFICATION: which servers?", "--as", "s1")
        terminal.sees("▸ clarification of turn 1 w1")
        assert terminal.lines[1] == "quest board: 0 turns at work, 1 question, 1 unread"
        assert "led by boss, 1 unread; turns: 1 done" in terminal.text
        board.ok("create", "--mission", "Another", "--agents", "w3")
        terminal.sees('"Another"')
        terminal.types("q")
        assert terminal.ends() == 0


def leaves(terminal: ScreenProgram) -> None:
    assert terminal.modes == MODES
    eventually(lambda: terminal.settings() == terminal.settings_before, "the terminal's own settings", 5)


def test_q_leaves_the_terminal_as_it_was(board: Cli, project: Path) -> None:
    with watching(project, "--quest", "1") as terminal:
        terminal.sees("q to quit")
        assert terminal.settings() != terminal.settings_before
        terminal.types("xq")
        assert terminal.ends() == 0
        leaves(terminal)
        assert terminal.written.endswith("\x1b[?1049l")


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), (None, 0)], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupt_leaves_the_terminal_as_it_was(board: Cli, project: Path, key: str | None, code: int) -> None:
    with watching(project) as terminal:
        terminal.sees("q to quit")
        if key:
            terminal.types(key)
        else:
            terminal.process.terminate()
        assert terminal.ends() == code
        leaves(terminal)


def test_the_shell_has_its_terminal_while_the_view_is_stopped(board: Cli, project: Path) -> None:
    with watching(project) as terminal:
        terminal.sees("q to quit")
        terminal.process.send_signal(signal.SIGTSTP)
        deadline = time.monotonic() + 10
        while terminal.modes != MODES and time.monotonic() < deadline:
            terminal.reads(0.1)
        leaves(terminal)
        terminal.lines = {}
        terminal.process.send_signal(signal.SIGCONT)
        terminal.sees("q to quit")
        terminal.types("q")
        assert terminal.ends() == 0
        assert terminal.modes == MODES * 2


def test_it_ends_with_its_terminal(board: Cli, project: Path) -> None:
    with watching(project) as terminal:
        terminal.sees("q to quit")
        terminal.hangs_up()
        eventually(lambda: terminal.process.poll() is not None, "the end of the view")


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (80, 24), (140, 50), (20, 3)])
def test_it_fits_the_terminal_and_follows_its_size(board: Cli, project: Path, columns: int, rows: int) -> None:
    for number in range(60):
        board.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", f"日本語 {number} " + "text " * 60)
    with watching(project) as terminal:
        terminal.sees("q to quit")
        terminal.resize(columns, rows)
        deadline = time.monotonic() + 30
        while terminal.lines.get(rows) != "q to quit":
            assert time.monotonic() < deadline, terminal.text
            terminal.reads(1)
        assert max(terminal.lines) == rows
        assert all(width(line) <= columns for line in terminal.lines.values()), terminal.text
        if rows >= 24:
            assert re.search(r"and \d+ more queued or blocked", terminal.text)
            assert "日本語 59" in terminal.text


def test_nothing_is_drawn_while_nothing_changes(board: Cli, project: Path, request: pytest.FixtureRequest) -> None:
    """Ages change each 10 s, and only their lines are drawn. The processor is idle."""
    with watching(project) as terminal:
        terminal.sees("q to quit")
        terminal.reads(0.5)
        before, drawn = terminal.cpu_seconds(), len(terminal.written)
        end = time.monotonic() + 8
        while (left := end - time.monotonic()) > 0:
            terminal.reads(left)
        assert len(terminal.written) - drawn < 600
        # a percent of a core; in every run only what no load explains: a loop that does not wait
        assert terminal.cpu_seconds() - before <= (0.08 if request.config.getoption("--full") else 2)


def test_hostile_texts_stay_texts(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", HOSTILE, "--agents", "w1", "--phase", HOSTILE)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", HOSTILE)
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    cli.ok("respond", "--quest", 1, "--msg", "BLOCKED " + HOSTILE, "--as", "s1")
    with watching(project) as terminal:
        terminal.sees("q to quit")
        terminal.types("q")
        assert terminal.ends() == 0
        leaves(terminal)
        own = re.sub(r"\x1b\[(\?(1049|25|7)[hl]|2J|\d+;1H|2K|[0-9;]*m)", "", terminal.written)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u202e]", own)
        assert "\\x1b[2J" in own
        assert terminal.written.count("\x1b[2J") == 2  # of the view itself, when it enters and when it knows its size


def test_no_color_and_a_terminal_without_utf8(board: Cli, project: Path) -> None:
    board.ok("message", "--quest", 1, "--to", "w1", "--msg", "Größe")
    with watching(project, NO_COLOR="1", LC_ALL="C") as terminal:
        terminal.sees("q to quit")
        assert not re.search(r"\x1b\[[0-9;]*m", terminal.written)
        assert terminal.written.isascii()
        assert "Gr\\xf6\\xdfe" in terminal.text
    with watching(project) as terminal:
        terminal.sees("q to quit")
        assert re.search(r"\x1b\[1m", terminal.written)


def test_a_dumb_terminal_gets_one_print(board: Cli, project: Path) -> None:
    with watching(project, TERM="dumb") as terminal:
        assert terminal.ends() == 0
        assert terminal.modes == []
        assert "newest messages" in terminal.written


def test_without_a_place_for_a_bell_changes_are_seen_all_the_same(board: Cli, project: Path) -> None:
    bells = project / ".claude/acolytes/quests.db-bells"
    if bells.exists():
        bells.rmdir()
    bells.write_text("")
    with watching(project) as terminal:
        terminal.sees("q to quit")
        board.ok("message", "--quest", 1, "--to", "w2", "--msg", "Another task")
        terminal.sees("Another task")


def test_a_board_that_goes_away_and_comes_back(board: Cli, project: Path) -> None:
    file = project / ".claude/acolytes/quests.db"
    with watching(project, "--quest", "1") as terminal:
        terminal.sees("q to quit")
        board.ok("complete", "--quest", 1, "--summary", "s", "--force")
        terminal.sees("quest 1 completed")
        board.ok("purge", "--older", 0)
        terminal.sees("quest 1 had ended and was purged")
        terminal.types("q")
        assert terminal.ends() == 0
    assert file.exists()


def test_a_pipe_gets_one_print_of_80_columns(board: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    board.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", "long " * 100)
    printed = board.ok("watch")
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) == 80
    assert board.ok("watch", "--once") == printed
    monkeypatch.setenv("COLUMNS", "120")
    assert max(map(len, board.ok("watch").splitlines())) == 120
    monkeypatch.setenv("COLUMNS", "wide")
    assert max(map(len, board.ok("watch").splitlines())) == 80


def test_without_a_board_it_says_so(cli: Cli) -> None:
    assert "no board here" in cli.refused("watch")


@pytest.fixture
def url(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = postgres.new_database()
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(name))
    yield postgres.url(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_view_follows_a_server(url: str, board: Cli, project: Path, request: pytest.FixtureRequest) -> None:
    code = "import sys; from acolytes_quest import cli; sys.exit(cli.main(['watch']))"
    with ScreenProgram(
        "-c", code, cwd=project, env={"PYTHONPATH": str(ROOT / "scripts"), "ACOLYTES_QUEST_URL": url}
    ) as terminal:
        terminal.sees("1 turn for it")
        board.ok("message", "--quest", 1, "--to", "w2", "--msg", "Another task")
        terminal.sees("Another task")
        board.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
        terminal.sees("● w1   turn 1 for ")
        before = terminal.cpu_seconds()
        end = time.monotonic() + 5
        while (left := end - time.monotonic()) > 0:
            terminal.reads(left)
        assert terminal.cpu_seconds() - before <= (0.1 if request.config.getoption("--full") else 1)
        terminal.types("q")
        assert terminal.ends() == 0
        leaves(terminal)
