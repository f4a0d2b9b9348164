"""The commands with ACOLYTES_QUEST_URL: the same verbs, a library that is found, no password shown, TLS verified."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from postgres_proxy import Proxy, make_certificate
from postgres_server import PASSWORD, QUOTED_PASSWORD, PostgresServer
from quest_support import PYTHON, SCRIPTS, Cli, command, create, keep, waiting_turn
from support import build_tree

SECRET = "hunter2"


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    name = postgres.new_database()
    yield name
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The board's URL, which is set; the database has no board yet."""
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(database))
    return postgres.url(database)


@pytest.mark.usefixtures("url")
def test_a_quest_from_its_beginning_to_its_end(cli: Cli, project: Path) -> None:
    assert "`acolytes-quest create` makes it" in cli.refused("status")
    quest = create(cli, "w1,w2", "--leader", "boss", "--mode", "single")
    text = "Is 100 % of it done? It's 'all' \\ of it"
    sent = cli.data("message", "--quest", quest, "--to", "w1,w2", "--msg", text, "--key", "k1")
    assert cli.data("message", "--quest", quest, "--to", "w1,w2", "--msg", text, "--key", "k1") == sent
    turn = cli.data("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    assert (turn["turn"], turn["message"]["text"]) == (1, text)
    assert cli.data("monitor", "--role", "worker", "--agent", "w2", "--timeout", 0)["status"] == "timeout"
    assert "held by another session" in cli.refused(
        "respond", "--quest", quest, "--msg", "x", "--turn", 1, "--as", "s2"
    )
    answer = cli.data("respond", "--quest", quest, "--msg", "Completed: x", "--as", "s1", "--files", "a.py")
    assert (answer["message"]["kind"], answer["repeated"]) == ("completed", False)
    assert cli.data("respond", "--quest", quest, "--msg", "Completed: x", "--as", "s1")["repeated"] is True
    assert cli.data("monitor", "--role", "leader", "--timeout", 0)["messages"][0]["text"] == "Completed: x"
    assert "1 queued" in cli.ok("status")
    assert [message["seq"] for message in cli.data("conversation", "--quest", quest)["messages"]] == [1, 2, 3]
    assert "unanswered turns: 2" in cli.refused("complete", "--quest", quest, "--summary", "s")
    assert cli.data("complete", "--quest", quest, "--summary", "s", "--force")["cancelled"] == 1
    assert cli.data("status", "--quest", quest)["turns"][0]["files"] == ["a.py"]
    assert "the board is healthy" in cli.ok("check")
    assert [event["kind"] for event in cli.data("log", "--quest", quest)["events"]][-1] == "completed"
    assert "Completed: x" in cli.ok("export", "--quest", quest)
    cli.ok("redact", "--quest", quest, "--seq", 3, "--reason", "it names a customer")
    assert "Completed: x" not in cli.ok("export", "--quest", quest)
    assert cli.data("purge", "--older", 0)["quests"] == [quest]
    assert create(cli) == quest + 1
    kept = sorted(path.name for path in project.glob(".claude/**/*") if path.is_file())
    assert kept == [".gitignore", "s1", "server"]  # no board: only the note that session s1 works on one


def test_hooks_ask_the_same_board(cli: Cli, project: Path, url: str) -> None:
    environ = {"ACOLYTES_QUEST_URL": url}
    assert waiting_turn(str(project), environ, "w1") is None
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    assert waiting_turn(str(project), environ, "w1") == (1, 1)
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1")
    assert keep(str(project), environ, "s1") == (1, 1, 1, False)


def environment(home: Path) -> Path:
    """Make a home with the application's environment where the installer makes it: it has this one's packages."""
    packages = Path(psycopg.__file__).parent.parent
    place = home / ".local/share/acolytes/venv"
    for folder in ("lib", "bin"):
        (place / folder).mkdir(parents=True)
    (place / "lib" / packages.parent.name).mkdir()
    (place / "lib" / packages.parent.name / "site-packages").symlink_to(packages)
    (place / "bin" / "python").symlink_to(sys.executable)
    return place


def run(project: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `create` as an installed script is run, and `status` after it if that went well."""
    for words in (["create", "--mission", "m", "--agents", "w1"], ["status"]):
        done = subprocess.run(
            command(*words), cwd=project, env={**os.environ, **environ}, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            break
    return done


@pytest.mark.usefixtures("url")
def test_a_script_without_site_packages_finds_the_installers_environment(project: Path, scratch_home: Path) -> None:
    missing = run(project)
    assert missing.returncode == 3
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    expected = f"a board on PostgreSQL needs psycopg 3 for Python {version}: {PYTHON} -m pip install 'psycopg[binary]>="
    assert missing.stderr.startswith(f"acolytes-quest: {expected}")
    place = environment(scratch_home)
    assert "quest 1 open" in run(project).stdout
    place.rename(scratch_home / "elsewhere")
    assert run(project).returncode == 3
    assert "open" in run(project, ACOLYTES_QUEST_PYTHON=str(scratch_home / "elsewhere/bin/python")).stdout


@pytest.mark.usefixtures("url")
def test_psycopg_for_another_python_does_not_count(project: Path, scratch_home: Path) -> None:
    place = environment(scratch_home)
    (folder,) = (place / "lib").iterdir()
    folder.rename(place / "lib" / "python3.4")
    done = run(project)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert f"{place}/bin/python -m pip install" in done.stderr


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("__version__ = '3.1.19'\n", "psycopg 3.1.19 is too old for a board on PostgreSQL: "),
        ("raise ImportError('no pq wrapper available')\n", "a board on PostgreSQL needs psycopg 3 "),
    ],
)
def test_a_psycopg_that_does_not_serve_is_refused(
    project: Path, scratch_home: Path, content: str, expected: str
) -> None:
    place = environment(scratch_home)
    (folder,) = (place / "lib").iterdir()
    (folder / "site-packages").unlink()
    build_tree(folder / "site-packages", {"psycopg/__init__.py": content})
    done = run(project)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert expected in done.stderr


def test_without_a_url_nothing_of_postgres_is_imported(project: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from acolytes_quest.cli import main;"
        "main(['create', '--mission', 'm', '--agents', 'w1']); main(['status']);"
        "sys.exit(' '.join(name for name in sys.modules if 'postgres' in name or name in ('psycopg', 'typing')))"
    )
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", code, str(SCRIPTS.parent)], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(
    ("url", "code", "expected"),
    [
        (f"postgresql://u:{SECRET}@127.0.0.1:1/x", 3, "cannot reach the board at 127.0.0.1:1/x as u "),
        (f"postgresql://u:{SECRET}@db.invalid/x", 3, "cannot reach the board at db.invalid:5432/x as u "),
        (f"postgresql://u:{SECRET}/more@127.0.0.1/x", 2, "cannot be read"),
        (f"postgresql://u:{SECRET}@more@127.0.0.1/x", 2, "cannot be read"),
        (f"postgresql://u:12/{SECRET}@127.0.0.1/x", 2, "cannot be read"),
        (f"postgresql://u:{SECRET}%zz@127.0.0.1/x", 2, "cannot be read"),
        (f"postgresql://u@127.0.0.1:1/x?password={SECRET}&nosuch=1", 2, "cannot be read"),
        (f"mysql://u:{SECRET}@127.0.0.1/x", 2, "not a PostgreSQL URL"),
        (f"postgresql://u:{SECRET}@db.invalid/x?sslmode=disable", 2, "sslmode=disable lets anybody between"),
        (f"postgresql://u:{SECRET}@db.invalid/x?sslmode=prefer", 2, "sslmode=prefer lets anybody between"),
        (f"postgresql://u:{SECRET}@127.0.0.1,db.invalid/x?sslmode=require", 2, "use sslmode=verify-full"),
        (f"postgresql://u:{SECRET}@localhost/x?hostaddr=192.0.2.1&sslmode=allow", 2, "use sslmode=verify-full"),
    ],
)
def test_a_url_that_does_not_work_is_one_line_without_its_password(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, url: str, code: int, expected: str
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", url)
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "0.3")
    for words in (("status",), ("create", "--mission", "m", "--agents", "w1")):
        line = cli.refused(*words, code=code)
        assert expected in line
        assert SECRET not in line


@pytest.mark.parametrize(
    ("password", "database", "expected"),
    [
        ("wr0ng%40" + SECRET, "postgres", "password authentication failed"),
        ("", "postgres", "no password supplied"),
        (QUOTED_PASSWORD, "nowhere", 'database "nowhere" does not exist'),
    ],
)
def test_what_the_server_refuses_is_one_line_at_once(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer, password: str, database: str, expected: str
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.tcp_url(database, password))
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "600")
    line = cli.refused("status", code=3)
    assert expected in line
    assert ("put the password of this login into ~/.pgpass" in line) is ("password" in expected)
    assert SECRET not in line
    assert PASSWORD not in line


def test_a_password_reaches_the_server_as_written(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer, database: str
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.tcp_url(database))
    assert cli.ok("create", "--mission", "m", "--agents", "w1") == "1\n"
    assert cli.ok("create", "--mission", "m", "--agents", "w1") == "2\n"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to make a certificate with")
def test_a_server_elsewhere_must_prove_its_name(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer, database: str, tmp_path: Path
) -> None:
    # `hostaddr` leads the name to this machine: for libpq and for us it is a server elsewhere all the same.
    certificate = make_certificate(tmp_path, "board.example")
    proxy = Proxy(postgres.socket, certificate=certificate)

    def try_as(host: str, more: str) -> tuple[int, str, str]:
        url = postgres.tcp_url(database, host=host, port=proxy.port) + f"?hostaddr=127.0.0.1{more}"
        monkeypatch.setenv("ACOLYTES_QUEST_URL", url)
        return cli.run("create", "--mission", "m", "--agents", "w1")

    try:
        code, _, err = try_as("board.example", "")
        assert (code, "certificate verify failed" in err) == (3, True), err
        code, _, err = try_as("other.example", f"&sslrootcert={certificate}")
        assert (code, 'does not match host name "other.example"' in err) == (3, True), err
        code, out, err = try_as("board.example", f"&sslrootcert={certificate}")
        assert (code, out) == (0, "1\n"), err
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # as if the system trusted it
        code, out, err = try_as("board.example", "")
        assert (code, out) == (0, "2\n"), err
    finally:
        proxy.stop()


def test_a_server_elsewhere_without_tls_is_refused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer, database: str
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.tcp_url(database, host="board.example") + "?hostaddr=127.0.0.1")
    assert "server does not support SSL" in cli.refused("status", code=3)


@pytest.mark.usefixtures("url")
def test_what_each_login_did_is_kept_by_the_server(cli: Cli, postgres: PostgresServer, database: str) -> None:
    create(cli, "w1")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "Do it")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    assert "taken by postgres" in cli.ok("status", "--quest", 1)
    assert [row["login"] for row in cli.data("status", "--quest", 1)["turns"]] == ["postgres"]
    whole = cli.data("export", "--quest", 1)
    assert {row["login"] for row in (*whole["turns"], *whole["messages"], *whole["events"])} == {"postgres"}
    assert "from leader (login postgres)" in cli.ok("conversation", "--quest", 1)
    assert "login postgres" in cli.ok("log", "--quest", 1)
    postgres.run("INSERT INTO acolytes_quest.event (kind, quest, at, login) VALUES ('x', 1, 0, 'bob')", database)
    assert postgres.run("SELECT login FROM acolytes_quest.event WHERE kind = 'x'", database) == [("postgres",)]
