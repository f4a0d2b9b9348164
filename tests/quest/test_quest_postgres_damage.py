"""Texts of a server's board that are not valid UTF-8: they are treated as those of a file are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from postgres_server import PostgresServer
from quest_damage import MARK, READING, WRITING
from quest_support import Cli, create

Damage = Callable[[str], None]


def encode(postgres: PostgresServer, database: str, encoding: str) -> None:
    sql = f"UPDATE pg_database SET encoding = pg_char_to_encoding('{encoding}') WHERE datname = '{database}'"
    postgres.run(sql)


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.board_database() as name:
        yield name


@pytest.fixture
def damage(postgres: PostgresServer, database: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Damage:
    """Change texts by statements that may write any byte.

    The catalogue says for a while that the database has no encoding; then the server checks nothing.
    """
    name = database
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(name))
    create(cli)
    for text in ("say hello to everybody", "say goodbye"):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", text)

    def change(sql: str) -> None:
        encode(postgres, name, "SQL_ASCII")
        with psycopg.connect(postgres.url(name), autocommit=True, client_encoding="SQL_ASCII") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET search_path = acolytes_quest")
            connection.execute(sql)
        encode(postgres, name, "UTF8")

    return change


def test_a_damaged_text_is_shown_with_a_mark_and_found_and_mended(cli: Cli, damage: Damage) -> None:
    damage(r"UPDATE message SET text = replace(text, 'hello', E'\xf3ello')")
    for words in READING:
        cli.ok(*words)
        cli.data(*words)
    for verb in ("conversation", "export"):
        assert f"say {MARK}ello to everybody" in cli.ok(verb, "--quest", 1)
        assert "message 1 (assignment, turn 1) from leader (login postgres), damaged" in cli.ok(verb, "--quest", 1)
        message = cli.data(verb, "--quest", 1)["messages"][0]
        assert (message["text"], message["damaged"]) == (f"say {MARK}ello to everybody", True)
    assert cli.data("search", "--text", "everybody")["messages"][0]["damaged"] is True
    code, out, _ = cli.run("check")
    assert code == 1
    assert out == "damage: message 1 of quest 1: its text is not valid UTF-8; redact --quest 1 --seq 1 replaces it\n"
    taken = cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    assert "message 1 from leader, damaged" in taken
    cli.ok("redact", "--quest", 1, "--seq", 1, "--reason", "damaged")
    assert "the board is healthy" in cli.ok("check")


def test_one_of_several_damaged_texts_can_be_mended(cli: Cli, damage: Damage) -> None:
    """The index of words is made anew, over a text that is still damaged."""
    damage(r"UPDATE message SET text = replace(text, 'say', E's\xf3y')")
    cli.ok("redact", "--quest", 1, "--seq", 1, "--reason", "damaged")
    assert cli.run("check")[1].startswith("damage: message 2 of quest 1: its text is not valid UTF-8")


@pytest.mark.parametrize(
    "sql",
    [
        r"UPDATE turn SET assignee = E'\xf31'",
        r"UPDATE member SET agent = E'\xf31' WHERE role = 'worker' AND agent = 'w1'",
        r"UPDATE quest SET leader = E'\xf3eader', mission = E'\xf3'",
        r"UPDATE message SET sender = E'\xf3eader', recipient = E'\xf31'",
        r"UPDATE event SET actor = E'\xf3'",
    ],
)
def test_other_damaged_texts_end_no_command_as_a_bug(cli: Cli, damage: Damage, sql: str) -> None:
    damage(sql)
    assert cli.run("check")[0] in {1, 3}
    for words in (*READING, *WRITING):
        assert cli.run(*words)[0] != 4, words
        assert cli.run(*words, "--json")[0] != 4, words


def test_a_database_with_another_encoding_is_named_as_the_reason(
    cli: Cli, damage: Damage, postgres: PostgresServer, database: str
) -> None:
    damage(r"UPDATE message SET text = replace(text, 'hello', E'\xf3ello')")
    encode(postgres, database, "SQL_ASCII")
    for words in (("conversation", "--quest", 1), ("check",), WRITING[3]):
        line = cli.refused(*words, code=3)
        assert "is not valid UTF-8, and the database has another encoding" in line
        assert "restore a backup into a database in UTF8" in line
    assert [turn["state"] for turn in cli.data("status", "--quest", 1)["turns"]] == ["queued", "queued"]
