"""Connect to the server: find psycopg, check the URL, and report in one line why a connection fails.

No password is ever shown: of the URL, only the host, port, database and user are.
"""

from __future__ import annotations

import contextlib
import importlib
import ipaddress
import math
import os
import re
import sys
import time

from .. import interrupts
from ..errors import RefusalError, UnavailableError
from .postgres_patience import connection_class

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from .postgres_patience import Patience

_OLDEST_SERVER = 130000  # PostgreSQL 13
_OLDEST_PSYCOPG = (3, 2, 4)  # notifications are kept while other statements run
_PAUSE_SECONDS = 0.2
# Errors that waiting cannot fix. All others may pass: a server that starts, stops or recovers reports that in many
# ways, and in any language.
_NEVER = re.compile(
    r"certificate|SSL|translate host name|resolve host|does not exist|authentication failed|pg_hba\.conf"
    r"|permission denied|not permitted"
)
_CROWDED = re.compile(r"too many|remaining connection slots")
# What to do about an error of a connection, by its words; the first that matches. Servers may use other languages.
_ADVICE = (
    (
        r"permission denied for database",
        "let the board's owner run acolytes-quest server-setup --grant {user}=member (or =leader, or =reader)",
    ),
    (
        r"not permitted to log in",
        "let an administrator run ALTER ROLE {user} LOGIN, or name another login in ACOLYTES_QUEST_URL",
    ),
    (
        r"role .* does not exist",
        "let an administrator make the login (createuser {user}), or name another one in ACOLYTES_QUEST_URL",
    ),
    (
        r"database .* does not exist",
        "name another database in ACOLYTES_QUEST_URL, or let an administrator make this one (createdb)",
    ),
    (
        _CROWDED.pattern,
        "end other processes that use the server, or let an administrator allow more connections",
    ),
    (r"pg_hba\.conf", "let an administrator allow this login from here in pg_hba.conf, or correct ACOLYTES_QUEST_URL"),
    (r"host name|resolve host", "correct the host in ACOLYTES_QUEST_URL"),
    (r"certificate|SSL", "correct ACOLYTES_QUEST_URL, or its sslrootcert"),
)
_LOGIN_ADVICE = "put the password of this login into ~/.pgpass, with the mode 0600, or correct ACOLYTES_QUEST_URL"
_USUAL_ADVICE = "start the server, or correct ACOLYTES_QUEST_URL"


def load_psycopg() -> Any:
    """Import psycopg 3, from this Python or from the environment that the installer made.

    Quest scripts run with -I -S and so see no site-packages. Those are added here, after all other places.
    """
    python = os.environ.get("ACOLYTES_QUEST_PYTHON")
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser(os.path.join("~", ".local", "share"))
    environment = os.path.dirname(os.path.dirname(python)) if python else os.path.join(home, "acolytes", "venv")
    try:
        psycopg = importlib.import_module("psycopg")
    except ImportError:
        sys.path.extend(_site_packages(environment))
        try:
            psycopg = importlib.import_module("psycopg")
        except ImportError:  # not there, or for another version of Python
            raise _no_psycopg(environment) from None
    if tuple(map(int, re.findall(r"\d+", psycopg.__version__)[:3])) < _OLDEST_PSYCOPG:
        raise UnavailableError(
            f"psycopg {psycopg.__version__} is too old for a board on PostgreSQL: {_install(environment)}"
        )
    return psycopg


class Server:
    """The server that a URL names. `name` is the part of it that may be shown. Creating the object does not connect."""

    def __init__(self, url: str) -> None:
        self.psycopg = load_psycopg()
        self._parameters = _parameters(self.psycopg, url)
        defaults = {
            option.keyword.decode(): option.val.decode()
            for option in self.psycopg.pq.Conninfo.get_defaults()
            if option.val is not None
        }
        settings = {**defaults, **self._parameters}
        self.user = str(settings.get("user", ""))
        self.database = str(settings.get("dbname") or self.user)
        host = str(settings.get("host") or settings.get("hostaddr") or "the local socket")
        self.name = f"{host}:{settings.get('port', 5432)}/{self.database}"
        self._password = str(settings.get("password") or "")
        self.tool_settings = ""  # what stands before a command of PostgreSQL in a shell
        # A service file may name any host.
        hosts = [*str(settings.get("host") or "").split(","), *str(settings.get("hostaddr") or "").split(",")]
        if settings.get("service") or not all(map(_is_here, hosts)):
            self._verify_tls()

    def connect(self, patience: Patience) -> Any:
        """Return a connection in autocommit mode; while the server is away, try again. Raises UnavailableError."""
        deadline = patience.deadline()
        while True:
            interrupts.check()
            remaining = deadline - time.monotonic()
            try:
                connection = connection_class(self.psycopg, patience).connect(
                    **{
                        "application_name": "acolytes-quest",
                        "target_session_attrs": "read-write",
                        "keepalives_idle": 10,
                        "keepalives_interval": 5,
                        "keepalives_count": 3,
                        "tcp_user_timeout": math.ceil(patience.busy * 1000),
                        "connect_timeout": max(2, math.ceil(min(remaining, patience.busy))),
                        **self._parameters,
                        "client_encoding": "utf-8",
                    },
                    autocommit=True,
                    prepare_threshold=None,  # a pooler may hand each transaction another connection
                    cursor_factory=self.psycopg.ClientCursor,  # whose values need no types, as in SQLite
                )
            except self.psycopg.OperationalError as error:
                if deadline - time.monotonic() <= _PAUSE_SECONDS or not self._may_come_back(error):
                    raise self.unreachable(error) from None
                time.sleep(_PAUSE_SECONDS)
            except self.psycopg.Error as error:  # a parameter that libpq does not know
                raise self.unreachable(error) from None
            else:
                return self._checked(connection)

    def unreachable(self, error: BaseException) -> UnavailableError:
        """Return the error for a connection that could not be made."""
        pgconn = getattr(error, "pgconn", None)
        by_password = pgconn is not None and (pgconn.used_password or pgconn.needs_password)
        if by_password and "password" in str(error):
            do = _LOGIN_ADVICE
        else:
            do = next((advice for words, advice in _ADVICE if re.search(words, str(error))), _USUAL_ADVICE)
        return UnavailableError(
            f"cannot reach the board at {self.name} as {self.user} ({self.words(error)}): {do.format(user=self.user)}"
        )

    def words(self, error: BaseException) -> str:
        """Return the message of the server or of libpq, in one line without the password."""
        said = getattr(getattr(error, "diag", None), "message_primary", None)  # without the lines of SQL around it
        text = said or str(error)
        match = re.search(r"FATAL: +(.*)", text) or re.search(r"(?:failed|error): (.*)", text)
        line = " ".join((match[1] if match else text).split())[:300]
        return line.replace(self._password, "***") if self._password else line

    def _may_come_back(self, error: Any) -> bool:
        pgconn = error.pgconn
        if pgconn is not None and (pgconn.used_password or pgconn.needs_password):
            return bool(_CROWDED.search(str(error)))  # a wrong password, sent over and over, gets an account locked
        return not _NEVER.search(str(error))

    def _checked(self, connection: Any) -> Any:
        version = connection.info.server_version
        if version < _OLDEST_SERVER:
            connection.close()
            raise UnavailableError(
                f"the server at {self.name} is PostgreSQL {version // 10000}: a board needs 13 or later"
            )
        return connection

    def _verify_tls(self) -> None:
        """Check the identity of a remote server, by the system's root certificates unless the URL names others."""
        mode = self._parameters.get("sslmode") or os.environ.get("PGSSLMODE") or "verify-full"
        if mode not in {"verify-full", "verify-ca"}:
            raise RefusalError(
                f"ACOLYTES_QUEST_URL: sslmode={mode} lets anybody between here and {self.name} read and change the"
                " board: use sslmode=verify-full (with sslrootcert=FILE for an authority of your own), or a tunnel"
            )
        self._parameters["sslmode"] = mode
        self.tool_settings = "PGSSLMODE=verify-full "
        self._parameters.setdefault("gssencmode", "disable")  # which would come before TLS
        own = os.path.expanduser(os.path.join("~", ".postgresql", "root.crt"))
        if not (self._parameters.get("sslrootcert") or os.environ.get("PGSSLROOTCERT") or os.path.exists(own)):
            import ssl

            # psycopg's wheel brings an OpenSSL that does not know where this system keeps its certificates.
            paths = ssl.get_default_verify_paths()
            for name, path in ((paths.openssl_cafile_env, paths.cafile), (paths.openssl_capath_env, paths.capath)):
                if path:
                    os.environ.setdefault(name, path)
            self._parameters["sslmode"] = "verify-full"  # the only one that libpq takes with the system's roots
            self._parameters["sslrootcert"] = "system"


def _parameters(psycopg: Any, url: str) -> dict[str, Any]:
    if not url.startswith(("postgresql://", "postgres://")):
        raise RefusalError("ACOLYTES_QUEST_URL is not a PostgreSQL URL: give postgresql://USER@HOST:PORT/DATABASE")
    parameters: dict[str, Any] = {}
    with contextlib.suppress(psycopg.Error):  # whose text may show the password
        parameters = psycopg.conninfo.conninfo_to_dict(url)
    # A password with @ or / in it looks like a host, a port and a database, which would be shown.
    parts = (
        str(parameters.get("host", ""))[1:],
        str(parameters.get("hostaddr", "")),
        str(parameters.get("dbname", "")),
    )
    if not parameters or any("@" in part for part in parts) or re.search(r"[^\d,]", str(parameters.get("port", ""))):
        raise RefusalError(
            "ACOLYTES_QUEST_URL cannot be read: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with"
            " %40 for @, %2F for / and %25 for % in a name or password"
        )
    return parameters


def _is_here(host: str) -> bool:
    """Whether a host is this machine: a socket's folder, or a loopback address."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _site_packages(environment: str) -> list[str]:
    import site

    # Not by getsitepackages([environment]), which names only dist-packages where Debian changed it.
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    own = os.path.join(environment, "lib", version, "site-packages")
    return [*site.getsitepackages(), site.getusersitepackages(), own]


def _no_psycopg(environment: str) -> UnavailableError:
    version = ".".join(map(str, sys.version_info[:2]))
    return UnavailableError(f"a board on PostgreSQL needs psycopg 3 for Python {version}: {_install(environment)}")


def _install(environment: str) -> str:
    own = os.path.join(environment, "bin", "python")
    python = own if os.path.exists(own) else sys.executable
    return f"{python} -m pip install 'psycopg[binary]>={'.'.join(map(str, _OLDEST_PSYCOPG))}'"
