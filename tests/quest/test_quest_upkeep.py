"""Looking after a board file: migration, check, redaction down to the bytes, purging, export."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from acolytes_quest.stores import schema
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from quest_support import Cli, create

VERSION_1 = (Path(__file__).parent / "data" / "board-v1.sql").read_text("utf-8")
HOSTILE = "fine\n~~~\n```\n# Quest 9: completed\n| a | b |\n\x1b[2Jend ~~~~~~"


@pytest.fixture
def path(project: Path) -> Path:
    """The board's path; there is none yet."""
    return project / ".claude/acolytes/quests.db"


@pytest.fixture
def old(path: Path) -> Path:
    """A board of version 1: a quest that is over, and one that goes on with turns in every state."""
    path.parent.mkdir(parents=True)
    board = sqlite3.connect(path)
    board.execute("PRAGMA journal_mode = WAL")
    board.executescript(VERSION_1)
    board.close()
    return path


def shape(path: Path) -> dict[str, object]:
    """Return what a board is made of: columns and foreign keys of the tables, the text of all else."""
    board = sqlite3.connect(path)
    result: dict[str, object] = {}
    for kind, name, text in board.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
        columns = board.execute(f"PRAGMA table_info({name})").fetchall()
        keys = sorted(board.execute(f"PRAGMA foreign_key_list({name})").fetchall())
        checks = sorted(re.findall(r"CHECK \((?:[^()]|\([^()]*\))*\)", text or ""))
        result[name] = (columns, keys, checks) if kind == "table" else text
    board.close()
    return result


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    board = sqlite3.connect(path)
    result = board.execute(sql).fetchall()
    board.close()
    return result


# -- migration ----------------------------------------------------------------------------------------------------


def test_a_migrated_board_is_made_like_a_new_one(cli: Cli, old: Path, tmp_path: Path) -> None:
    cli.ok("status")
    new = SqliteBoard(str(tmp_path / "new.db"))
    new.create()
    assert shape(old) == shape(tmp_path / "new.db")


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("check",),
        ("message", "--quest", 2, "--to", "w1", "--msg", "x"),
        ("create", "--mission", "m", "--agents", "w1"),
        ("monitor", "--role", "worker", "--agent", "w9", "--timeout", 0),
    ],
    ids=lambda words: words[0],
)
def test_the_first_call_migrates_and_keeps_a_copy(cli: Cli, old: Path, words: tuple[object, ...]) -> None:
    before = {table: rows(old, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("message", "event", "turn")}
    cli.ok(*words)
    for table, kept in before.items():
        now = rows(old, f"SELECT * FROM {table} ORDER BY 1, 2")
        assert [row[: len(kept[0])] for row in now][: len(kept)] == kept or table == "turn"
    backup = old.with_name("quests.db-v1-backup")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert rows(backup, "PRAGMA user_version") == [(1,)]
    assert rows(backup, "PRAGMA application_id") == [(schema.APPLICATION_ID,)]
    assert {table: rows(backup, f"SELECT * FROM {table} ORDER BY 1, 2") for table in before} == before
    assert "the board is healthy: " in cli.ok("check")


def test_a_migrated_board_goes_on(cli: Cli, old: Path) -> None:
    cli.ok("message", "--quest", 2, "--to", "w1", "--msg", "x", "--review")
    assert cli.data("status", "--quest", 2)["turns"][3]["after"] == [6]
    turn = cli.data("monitor", "--role", "worker", "--agent", "w1", "--as", "s9", "--timeout", 0)
    assert turn["turn"] == 6  # the lease of another boot was over
    cli.ok("respond", "--quest", 2, "--msg", "Completed: x", "--as", "s9")
    assert [turn["state"] for turn in cli.data("status", "--quest", 2)["turns"]][2:4] == ["done", "queued"]


def test_a_migration_that_fails_leaves_the_board_as_it_was(
    cli: Cli, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [*schema.MIGRATIONS[2][:-3], "INSERT INTO quest (id) VALUES (1)", *schema.MIGRATIONS[2][-3:]]
    monkeypatch.setitem(schema.MIGRATIONS, 2, steps)
    before = "\n".join(sqlite3.connect(old).iterdump())
    assert "this is a bug" in cli.refused("status", code=4)
    assert "\n".join(sqlite3.connect(old).iterdump()) == before
    assert rows(old, "PRAGMA user_version") == [(1,)]
    monkeypatch.undo()
    monkeypatch.chdir(old.parent)
    assert "quest 2 open" in cli.ok("status")


def test_a_backup_that_cannot_be_made_changes_nothing(cli: Cli, old: Path) -> None:
    old.with_name("quests.db-v1-backup").mkdir()
    assert "cannot keep a copy of the board" in cli.refused("status", code=3)
    assert rows(old, "PRAGMA user_version") == [(1,)]
    assert not old.with_name("quests.db-v1-backup-new").exists()


# -- check --------------------------------------------------------------------------------------------------------

BREAKS = {
    2: "UPDATE turn SET fence = fence + 1 WHERE id = 1",
    3: "UPDATE turn SET state = 'done', lease_until = NULL WHERE id = 1",
    4: "UPDATE quest SET next_seq = 9",
    5: "UPDATE quest SET status = 'failed'",
    6: "UPDATE turn SET assignee = 'w9' WHERE id = 2",
    7: "UPDATE quest SET mode = 'single'",
    8: "INSERT INTO reservation (turn, path, shared) VALUES (2, 'src/a.py', 0)",
    9: "DELETE FROM event WHERE kind = 'claimed'",
    10: "DELETE FROM turn_dependency",
}


@pytest.mark.parametrize("invariant", sorted(BREAKS))
def test_check_finds_what_is_broken(cli: Cli, path: Path, invariant: int) -> None:
    create(cli, "w1,w2")
    cli.ok("message", "--quest", 1, "--to", "w1,w2", "--msg", "x")
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "x", "--after", 1)
    for session, agent in (("s1", "w1"), ("s2", "w2")):
        cli.ok("monitor", "--role", "worker", "--agent", agent, "--as", session)
    cli.ok("reserve", "--quest", 1, "--paths", "src", "--as", "s1")
    assert cli.ok("check") == "the board is healthy: 1 quest checked\n"
    board = sqlite3.connect(path)
    for (trigger,) in board.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        board.execute(f"DROP TRIGGER {trigger}")
    board.execute(BREAKS[invariant])
    board.commit()
    board.close()
    code, out, err = cli.run("check", "--quest", 1, "--json")
    assert (code, err) == (1, "")
    assert invariant in {row["invariant"] for row in json.loads(out)["findings"]}
    code, out, _ = cli.run("check")
    assert code == 1
    assert f"quest 1: invariant {invariant}: " in out


def test_check_finds_damage_below_the_tables(cli: Cli, path: Path) -> None:
    create(cli, "w1,w2")
    board = sqlite3.connect(path)
    board.execute("UPDATE quest SET leader = 'nobody'")
    board.commit()
    board.close()
    code, out, _ = cli.run("check")
    assert code == 1
    assert "damage: row 1 of the table quest names a member that does not exist" in out


# -- redact and purge ---------------------------------------------------------------------------------------------


def bytes_of(path: Path) -> bytes:
    """Return all that is on disk of a board: the file, its log and index, whatever lies beside."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())


@pytest.mark.parametrize("verb", ["redact", "purge"])
@pytest.mark.parametrize("size", [20, 30_000])
def test_redacted_and_purged_texts_are_not_in_the_files(cli: Cli, path: Path, verb: str, size: int) -> None:
    create(cli, "w1")
    secret = "hunter2-" * (size // 8)
    for number in range(20):  # pages are split around it
        text = secret if number == 10 else f"{number} " * 200
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", text)
    reader = sqlite3.connect(path)  # the write-ahead log outlives the writer while somebody else is there
    assert reader.execute("SELECT COUNT(*) FROM message").fetchone() == (20,)
    assert b"hunter2-" in bytes_of(path)
    if verb == "redact":
        output = cli.ok("redact", "--quest", 1, "--seq", 11, "--reason", "a password")
        assert output.startswith(
            "message 11 of quest 1 is redacted; copies that were printed, exported or backed up before"
        )
    else:
        cli.ok("fail", "--quest", 1, "--summary", "s")
        assert cli.ok("purge", "--older", 0) == "1 quest deleted: 1\n"
    assert b"hunter2-" not in bytes_of(path)
    reader.close()


def test_a_message_changes_by_redaction_alone_and_only_once(cli: Cli, path: Path) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    board = sqlite3.connect(path)
    for change in ("text = 'y'", "redacted = 1, sender = 'w1'", "redacted = 1, at = 0", "redacted = 1, turn = NULL"):
        with pytest.raises(sqlite3.IntegrityError, match="never changes"):
            board.execute(f"UPDATE message SET {change}")
    board.execute("UPDATE message SET text = '', redacted = 1")
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        board.execute("UPDATE message SET text = 'z', redacted = 1")
    with pytest.raises(sqlite3.IntegrityError, match="an open quest cannot be purged"):
        board.execute("INSERT INTO purged VALUES (1, 0)")
    board.close()


# -- export -------------------------------------------------------------------------------------------------------


@pytest.fixture
def hostile_quest(cli: Cli) -> Cli:
    """A quest in which everybody has said something hostile."""
    cli.ok("create", "--mission", HOSTILE, "--agents", "w1,w2", "--phase", HOSTILE, "--as", "boss")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", HOSTILE)
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "then", "--after", 1)
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    cli.ok("respond", "--quest", 1, "--msg", f"Completed: {HOSTILE}", "--files", "a|b.md", "--as", "s1")
    return cli


def test_an_export_is_the_whole_quest(hostile_quest: Cli) -> None:
    whole = json.loads(hostile_quest.ok("export", "--quest", 1, "--format", "json"))
    assert [(member["agent"], member["role"]) for member in whole["members"]] == [
        ("leader", "leader"),
        ("w1", "worker"),
        ("w2", "worker"),
    ]
    assert [(turn["state"], turn["after"], turn["files"]) for turn in whole["turns"]] == [
        ("done", [], ["a|b.md"]),
        ("queued", [1], []),
    ]
    assert [message["text"] for message in whole["messages"]] == [HOSTILE, "then", f"Completed: {HOSTILE}"]
    assert [event["kind"] for event in whole["events"]][:3] == ["created", "queued", "blocked"]


def test_an_export_in_markdown_has_the_verdicts(cli: Cli) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x", "--review")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "Completed: x")
    cli.ok("review", "--quest", 1, "--turn", 1, "--accept")
    printed = cli.ok("export", "--quest", 1)
    assert "| turn | agent | kind | state | answer | verdict |" in printed
    assert "| 1 | w1 | work | done | completed | accepted |" in printed
    assert cli.ok("export", "--quest", 1, "--format", "text").splitlines()[0] == printed.splitlines()[0]


def test_no_text_leaves_its_block_in_markdown(hostile_quest: Cli) -> None:
    from markdown_it import MarkdownIt

    text = hostile_quest.ok("export", "--quest", 1)
    tokens = MarkdownIt().enable("table").parse(text)
    headings = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[:5] == ["Quest 1: open", "Mission", "Turns", "Messages", headings[4]]
    assert headings[4].startswith("message 1 (assignment, turn 1) from leader to w1, ")
    assert len(headings) == 8
    assert sum(token.type == "tr_open" for token in tokens) == 3
    assert sum(token.type == "fence" for token in tokens) == 6
    assert "\x1b" not in text
    marks = set(re.findall(r"(?m)^<<([0-9a-f]{8}) ", text))
    assert len(marks) == 1


@pytest.mark.parametrize("form", ["md", "json"])
def test_a_redacted_export_holds_no_text_and_no_path(hostile_quest: Cli, form: str) -> None:
    text = hostile_quest.ok("export", "--quest", 1, "--redact", "--format", form)
    for words in ("fine", "then", "b.md", "[2J"):
        assert words not in text
    assert "[redacted, " in text.replace("\\[", "[")
    assert "w1" in text


def test_an_export_into_a_file_is_private_and_replaces_nothing(hostile_quest: Cli, project: Path) -> None:
    assert hostile_quest.data("export", "--quest", 1, "--out", "q.json") == {
        "quest": 1,
        "file": str(project / "q.json"),
    }
    assert json.loads((project / "q.json").read_text("utf-8"))["quest"] == 1
    assert (project / "q.json").stat().st_mode & 0o777 == 0o600
    before = (project / "q.json").read_bytes()
    assert "exists already" in hostile_quest.refused("export", "--quest", 1, "--out", "q.json")
    assert "cannot write" in hostile_quest.refused("export", "--quest", 1, "--out", "no/such/folder.md")
    assert (project / "q.json").read_bytes() == before
    assert hostile_quest.ok("export", "--quest", 1, "--out", "q.md").endswith("q.md\n")
    assert sorted(file.name for file in project.iterdir()) == [".claude", ".git", "q.json", "q.md"]


# -- output -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", ["w1", "ops.performance"])
def test_the_output_of_a_verb_without_its_content_is_short(cli: Cli, agent: str) -> None:
    create(cli, f"{agent},w2", "--leader", "coordinator.performance")
    printed = {}
    for words in (
        ("message", "--quest", 1, "--to", agent, "--msg", "x", "--review"),
        ("monitor", "--role", "worker", "--agent", agent, "--as", "s1"),
        ("reserve", "--quest", 1, "--paths", "a", "--as", "s1"),
        ("respond", "--quest", 1, "--msg", "Completed: x", "--as", "s1"),
        ("monitor", "--role", "leader", "--agent", "coordinator.performance"),
        ("message", "--quest", 1, "--to", "w2", "--msg", "x", "--reviews", 1),
        ("monitor", "--role", "worker", "--agent", "w2"),
        ("review", "--quest", 1, "--turn", 1, "--change", "x"),
        ("cancel", "--quest", 1, "--turn", 3),
        ("redact", "--quest", 1, "--seq", 1, "--reason", "x"),
        ("check",),
        ("fail", "--quest", 1, "--summary", "x"),
        ("purge", "--older", 0),
    ):
        printed[words[:3]] = cli.ok(*words)
    long = {words: text for words, text in printed.items() if len(text.encode()) > 330}
    assert long == {}
