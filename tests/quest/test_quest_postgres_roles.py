"""A board for several people: what the owner sets up, what each role may do, and what a login lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from postgres_server import PostgresServer
from quest_support import Cli, create

# The roles belong to the whole server, so these tests leave them and use one prefix.
PEOPLE = {"alice": "leader", "bob": "member", "carol": "reader", "dan": "none"}
GRANTS = ",".join(f"{person}={role}" for person, role in PEOPLE.items())
Use = Callable[[str], None]


@pytest.fixture(scope="module")
def people(postgres: PostgresServer) -> None:
    for person in PEOPLE:
        postgres.run(f"CREATE ROLE {person} LOGIN")


@pytest.fixture
def database(postgres: PostgresServer, people: None) -> Iterator[str]:
    name = postgres.new_database()
    yield name
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def use(postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Use:
    """Log in as somebody; the owner has set the board up."""

    def log_in(person: str) -> None:
        monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database, person))

    log_in("postgres")
    cli.ok("server-setup", "--grant", GRANTS)
    return log_in


def rights(postgres: PostgresServer, database: str) -> list[tuple[object, ...]]:
    return postgres.run(
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_schema = 'acolytes_quest' AND grantee LIKE 'acolytes_quest_%' ORDER BY 1, 2, 3",
        database,
    )


def test_a_quest_of_three_people(cli: Cli, use: Use) -> None:
    use("alice")
    quest = create(cli, "w1,w2")
    cli.ok("message", "--quest", quest, "--to", "w1", "--msg", "Do it", "--review")
    cli.ok("message", "--quest", quest, "--to", "w2", "--msg", "Look at it", "--reviews", 1)
    use("bob")
    take = ("monitor", "--role", "worker", "--timeout", 0, "--agent")
    cli.ok(*take, "w1", "--as", "s1")
    cli.ok("reserve", "--quest", quest, "--as", "s1", "--paths", "src")
    cli.ok("respond", "--quest", quest, "--as", "s1", "--msg", "Completed: done", "--files", "src/a.py")
    cli.ok("message", "--quest", quest, "--as", "s1", "--to", "leader", "--msg", "A note")
    cli.ok(*take, "w2", "--as", "s2")
    cli.ok("review", "--quest", quest, "--turn", 1, "--as", "s2", "--change", "Once more")
    cli.ok(*take, "w1", "--as", "s1")
    cli.ok("release", "--quest", quest, "--as", "s1")
    cli.ok(*take, "w1", "--as", "s1")
    cli.ok("respond", "--quest", quest, "--as", "s1", "--msg", "BLOCKED: no")
    use("carol")
    for words in (["status"], ["conversation", "--quest", quest], ["search", "--text", "note"], ["check"], ["ready"]):
        cli.ok(*words)
    assert "A note" in cli.ok("monitor", "--role", "leader", "--quest", quest, "--timeout", 0)
    use("alice")
    assert "A note" in cli.ok("monitor", "--role", "leader", "--quest", quest, "--timeout", 0)
    cli.ok("cancel", "--quest", quest, "--turn", 3)
    cli.ok("redact", "--quest", quest, "--seq", 1, "--reason", "wrong")
    assert "turn 4 for w2 is cancelled" in cli.ok("monitor", "--role", "leader", "--quest", quest, "--timeout", 0)
    cli.ok("complete", "--quest", quest, "--summary", "done")
    logins = {row["kind"]: row["login"] for row in cli.data("export", "--quest", quest)["events"]}
    assert (logins["created"], logins["claimed"], logins["changed"], logins["completed"]) == (
        *("alice", "bob", "bob", "alice"),
    )
    cli.ok("purge", "--older", 0)


@pytest.mark.parametrize(
    ("person", "words", "role"),
    [
        ("bob", ["create", "--mission", "m", "--agents", "w1"], "leader"),
        ("bob", ["message", "--quest", "1", "--to", "w1", "--msg", "x"], "leader"),
        ("bob", ["note", "--quest", "1", "--to", "w1", "--msg", "x"], "leader"),
        ("bob", ["add-member", "--quest", "1", "--agents", "w2"], "leader"),
        ("bob", ["phase", "--quest", "1", "--phase", "x"], "leader"),
        ("bob", ["complete", "--quest", "1", "--summary", "x", "--force"], "leader"),
        ("bob", ["cancel", "--quest", "1", "--summary", "x"], "leader"),
        ("bob", ["redact", "--quest", "1", "--seq", "1", "--reason", "x"], "leader"),
        ("bob", ["review", "--quest", "1", "--turn", "2", "--accept"], "leader"),
        ("carol", ["create", "--mission", "m", "--agents", "w1"], "leader"),
        ("carol", ["monitor", "--role", "worker", "--agent", "w1", "--timeout", "0"], "member"),
        ("carol", ["respond", "--quest", "1", "--msg", "x", "--as", "s1"], "member"),
        ("dan", ["status"], "member"),
        ("dan", ["create", "--mission", "m", "--agents", "w1"], "member"),
        ("dan", ["monitor", "--role", "worker", "--agent", "w1", "--timeout", "0"], "member"),
        ("dan", ["check"], "member"),
    ],
    ids=" ".join,
)
def test_a_missing_right_is_named_with_what_gives_it(
    cli: Cli, use: Use, person: str, words: list[str], role: str
) -> None:
    use("alice")
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x", "--review")
    use("bob")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: x")
    use(person)
    error = cli.refused(*words, code=3)
    assert f"acolytes-quest server-setup --grant {person}={role}" in error
    assert error.startswith(f"acolytes-quest: {person} has ")
    assert not {"CONTEXT:", "LINE"} & set(error.split()), "the words of the server without the SQL around them"
    use("postgres")
    cli.ok("server-setup", "--grant", f"{person}={role}")  # as the line says
    use(person)
    assert "server-setup" not in cli.run(*words)[2] or role != "leader"


@pytest.mark.parametrize(
    ("person", "words", "right", "of"),
    [
        ("carol", ["status"], "USAGE on the schema acolytes_quest", "reader"),
        ("carol", ["status"], "SELECT on the table version", "reader"),
        ("carol", ["status"], "SELECT on the table turn", "reader"),
        ("carol", ["conversation", "--quest", "1"], "SELECT on the table message", "reader"),
        (
            "bob",
            ["message", "--quest", "1", "--from", "w1", "--to", "boss", "--msg", "x"],
            "INSERT on the table message",
            "member",
        ),
        (
            "bob",
            ["monitor", "--role", "worker", "--agent", "w1", "--timeout", "0"],
            "INSERT on the table event",
            "member",
        ),
        ("alice", ["phase", "--quest", "1", "--phase", "x"], "INSERT on the table event", "leader"),
        ("alice", ["phase", "--quest", "1", "--phase", "x"], "USAGE on the schema acolytes_quest", "leader"),
    ],
)
def test_a_right_that_a_role_has_lost_is_named_and_given_again(
    cli: Cli,
    use: Use,
    postgres: PostgresServer,
    database: str,
    person: str,
    words: list[str],
    right: str,
    of: str,
) -> None:
    """One right is enough. The line names it, and not a right of a higher role; what it says to run gives it again."""
    use("alice")
    create(cli, "w1", "--leader", "boss", "--as", "lead")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x", "--as", "lead")
    what, _, where = right.partition(" on the ")
    on = where.replace("schema ", "SCHEMA ").replace("table ", "acolytes_quest.")
    postgres.run(f"REVOKE {what} ON {on} FROM acolytes_quest_{of}", database)
    use(person)
    as_leader = ["--as", "lead"] if person == "alice" else []
    call = f"acolytes-quest server-setup --grant {person}={of}"
    line = cli.refused(*words, *as_leader, code=3)
    assert line.endswith(f", but lacks {right}: let its owner run {call}, which gives all of them")
    use("postgres")
    cli.ok("server-setup", "--grant", f"{person}={of}")
    use(person)
    cli.ok(*words, *as_leader)


def test_a_login_without_any_right_reads_which_one_it_needs_first(cli: Cli, use: Use) -> None:
    use("alice")
    create(cli, "w1")
    use("dan")
    assert "(USAGE on the schema acolytes_quest is missing)" in cli.refused("status", code=3)


def test_why_there_is_no_connection_is_said_with_who_can_change_it(
    cli: Cli, use: Use, postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(url: str) -> str:
        monkeypatch.setenv("ACOLYTES_QUEST_URL", url)
        return cli.refused("status", code=3)

    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "1")
    assert "let an administrator make the login (createuser eve)" in refused(postgres.url(database, "eve"))
    role = "acolytes_quest_reader"
    assert f"let an administrator run ALTER ROLE {role} LOGIN" in refused(postgres.url(database, role))
    assert "name another database in ACOLYTES_QUEST_URL" in refused(postgres.url("nowhere", "carol"))
    postgres.run("ALTER ROLE carol CONNECTION LIMIT 0 PASSWORD 'right'")
    assert "let an administrator allow more connections" in refused(postgres.url(database, "carol"))
    postgres.run("ALTER ROLE carol CONNECTION LIMIT -1")
    wrong = refused(f"postgresql://carol:wrong@127.0.0.1:{postgres.port}/{database}")
    assert "put the password of this login into ~/.pgpass" in wrong
    assert "start the server" in refused("postgresql://carol@127.0.0.1:1/x")
    assert "correct the host in ACOLYTES_QUEST_URL" in refused("postgresql://carol@db.invalid/x")
    postgres.run(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC, {role}")
    line = refused(postgres.url(database, "carol"))
    assert "permission denied for database" in line
    assert "let the board's owner run acolytes-quest server-setup --grant carol=member (or =leader" in line
    use("postgres")
    cli.ok("server-setup", "--grant", "carol=reader")
    use("carol")
    cli.ok("status")


def test_a_login_cannot_use_the_session_of_another(cli: Cli, use: Use) -> None:
    use("alice")
    create(cli, "w1")
    for _ in range(2):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    use("bob")
    take = ("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok(*take)
    use("alice")
    answer = ("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: x")
    assert "this session belongs to another login" in cli.refused(*answer)
    use("bob")
    cli.ok(*answer)
    use("alice")
    assert "this session belongs to another login" in cli.refused(*take)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO message (quest, seq, kind, sender, text, at) VALUES (1, 3, 'note', 'leader', '', 0)",
        "INSERT INTO turn (quest, assignee, state) VALUES (1, 'w1', 'queued')",
        "UPDATE quest SET status = 'cancelled'",
        "UPDATE quest SET leader_session = 's1'",
        "UPDATE review SET verdict = 'accepted'",
        "UPDATE message SET text = '', redacted = 1",
        "INSERT INTO decision VALUES (1, 'replied')",
        "DELETE FROM event",
        "UPDATE version SET number = 9",
        "CREATE TABLE other (number INTEGER)",
        "DROP TRIGGER quest_leader ON quest",
        "SET SESSION AUTHORIZATION alice",
    ],
)
def test_the_server_refuses_a_member_who_passes_for_a_leader(
    cli: Cli, use: Use, postgres: PostgresServer, database: str, sql: str
) -> None:
    use("alice")
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x", "--review")
    use("bob")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: x")
    with psycopg.connect(postgres.url(database, "bob")) as connection:
        connection.execute("SET search_path = acolytes_quest")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql)


def test_what_a_client_claims_is_not_its_login(cli: Cli, use: Use, postgres: PostgresServer, database: str) -> None:
    use("alice")
    create(cli, "w1")
    with psycopg.connect(postgres.url(database, "bob")) as connection:
        connection.execute("INSERT INTO acolytes_quest.event (kind, quest, at, login) VALUES ('x', 1, 0, 'alice')")
    assert [row["login"] for row in cli.data("log", "--quest", 1)["events"] if row["kind"] == "x"] == ["bob"]


def test_the_setup_can_be_repeated_and_changes_roles(
    cli: Cli, use: Use, postgres: PostgresServer, database: str
) -> None:
    before = rights(postgres, database)
    postgres.run("GRANT DELETE ON acolytes_quest.quest TO acolytes_quest_reader", database)
    assert rights(postgres, database) != before
    assert "bob is a leader" in cli.ok("server-setup", "--grant", "bob=leader")
    assert rights(postgres, database) == before
    use("bob")
    create(cli, "w1")
    use("postgres")
    cli.ok("server-setup", "--grant", "bob=reader")
    use("bob")
    assert "has the rights of a reader only" in cli.refused("create", "--mission", "m", "--agents", "w1", code=3)


def test_the_dry_run_prints_what_can_be_run_by_hand(
    cli: Cli, postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database))
    words = ("server-setup", "--prefix", "team_", "--grant", "alice=leader")
    script = cli.ok(*words, "--dry-run")
    assert "no board" in cli.refused("status")
    with psycopg.connect(postgres.url(database), autocommit=True) as connection:
        connection.execute(script.encode())
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database, "alice"))
    create(cli, "w1")
    assert cli.data("status")["quests"]


def test_what_the_setup_refuses(cli: Cli, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "has no login 'zoe'" in cli.refused("server-setup", "--grant", "zoe=leader")
    assert "PERSON=ROLE" in cli.refused("server-setup", "--grant", "bob=king")
    assert "small letters" in cli.refused("server-setup", "--prefix", 'x"; DROP')
    use("alice")
    assert "alice does not own the board" in cli.refused("server-setup", code=3)
    monkeypatch.delenv("ACOLYTES_QUEST_URL")
    assert "is for a board on a server" in cli.refused("server-setup")
