"""The HTTP server of the page: one request for each connection, in a thread of its own."""

from __future__ import annotations

import contextlib
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .. import option_types
from ..checks import MESSAGE_BYTES
from ..errors import QuestError, RefusalError
from ..framing import visible
from ..settings import open_board
from ..trees import tree_of
from . import access, reading, snapshot
from .hub import Hub

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..stores.engine import Transaction
    from .acting import Actor

_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
_FILES = frozenset(os.listdir(_STATIC))
_MOST_BYTES = 8 * MESSAGE_BYTES  # the longest message with every character escaped, and the rest of a request
_PATIENCE_SECONDS = 30.0  # for a client that sends a request slowly, or reads an answer slowly


class Server(ThreadingHTTPServer):
    """The server of one page. `actor` is None for a page that only shows."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, port: int, cwd: str, environ: Mapping[str, str], *, quest: int | None, actor: Actor | None
    ) -> None:
        try:
            super().__init__((access.HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise RefusalError(
                f"cannot use port {port} of {access.HOST}: {why}; name another one with --port, or leave it out"
            ) from None
        self.access = access.Access(self.server_address[1])
        self.hub = Hub()
        self.quest = quest
        self.actor = actor
        self.tree = tree_of(cwd, environ)
        self._cwd = cwd
        self._environ = environ

    def read(self, look: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
        """Return what `look` finds in one view of the board."""
        with contextlib.closing(open_board(self._cwd, self._environ)) as board, board.read() as tx:
            return look(tx)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "acolytes-quest"
    sys_version = ""
    timeout = _PATIENCE_SECONDS

    def do_GET(self) -> None:
        target = self._own_target(changes=False)
        if target is None:
            return
        path, query = target
        if (path or "page.html") in _FILES:
            name = path or "page.html"
            with open(os.path.join(_STATIC, name), "rb") as file:
                self._send(200, _KINDS[name.rpartition(".")[2]] + "; charset=utf-8", file.read())
        elif path == "api/events":
            self._stream()
        elif path in _LOOKS:
            self._answer(lambda: self.server.read(lambda tx: _LOOKS[path](self.server, tx, query)))
        else:
            self._refuse(404, "there is no such page")

    def do_POST(self) -> None:
        target = self._own_target(changes=True)
        if target is None:
            return
        actor = self.server.actor
        length = self.headers.get("Content-Length", "")
        if target[0] != "api/act":
            self._refuse(404, "there is no such page")
        elif actor is None:
            self._refuse(403, "this page only shows the board: start it without --read-only")
        elif self.headers.get_content_type() != "application/json":
            self._refuse(415, "send JSON")
        elif not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > _MOST_BYTES:
            self._refuse(413, "the request is too long, or does not say how long it is")
        else:
            body = self.rfile.read(int(length))
            self._answer(lambda: actor.act(_parsed(body)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in the base class
        """Log nothing: a log would show the token."""

    def _own_target(self, *, changes: bool) -> tuple[str, dict[str, str]] | None:
        """Return the path below the token, and the query; None when the request was refused."""
        parts = urlsplit(self.path)
        path = self.server.access.path(parts.path)
        if path is None or not self.server.access.is_own(self.headers, changes=changes):
            self._refuse(403, "open the address that acolytes-quest serve has printed")
            return None
        return path, {name: values[-1] for name, values in parse_qs(parts.query).items()}

    def _answer(self, find: Callable[[], dict[str, Any]]) -> None:
        """Send what `find` returns, or the one line of its error."""
        try:
            data = find()
        except QuestError as error:
            status = 400 if error.exit_code == RefusalError.exit_code else 503
            self._refuse(status, visible(" ".join(str(error).split("\n"))))
        else:
            self._send(200, "application/json", json.dumps(data).encode())

    def _refuse(self, status: int, line: str) -> None:
        self._send(status, "application/json", json.dumps({"error": line}).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self._begin(status, kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in access.HEADERS.items():
            self.send_header(name, value)

    def _stream(self) -> None:
        """Send an event at once, so that a page that connects again looks again, and one for every change."""
        with self.server.hub.stream(self.connection) as stream:
            if stream is None:
                self._refuse(503, "too many pages are open: close some")
                return
            self._begin(200, "text/event-stream")
            self.end_headers()
            self.wfile.write(b"retry: 1000\ndata: connected\n\n")
            with contextlib.suppress(OSError):  # the page was closed
                while stream.wait():
                    self.wfile.write(b"data: changed\n\n")


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RefusalError("the request is not JSON") from None


def _number(query: Mapping[str, str], name: str) -> int | None:
    import argparse

    try:
        return option_types.positive(query[name]) if name in query else None
    except argparse.ArgumentTypeError as error:
        raise RefusalError(f"{name}: {error}") from None


def _needed(query: Mapping[str, str], name: str) -> int:
    number = _number(query, name)
    if number is None:
        raise RefusalError(f"the request has no {name}")
    return number


def _board(server: Server, tx: Transaction, query: Mapping[str, str]) -> dict[str, Any]:
    number = _number(query, "quest")
    return {
        "read_only": server.actor is None,
        "notes": server.actor is not None and server.actor.can("note"),
        **snapshot.board(tx, server.quest if number is None else number, server.tree),
    }


_LOOKS: dict[str, Callable[[Server, Transaction, Mapping[str, str]], dict[str, Any]]] = {
    "api/board": _board,
    "api/messages": lambda _, tx, query: reading.part(
        tx, _needed(query, "quest"), _number(query, "before"), _number(query, "turn")
    ),
    "api/message": lambda _, tx, query: reading.whole(tx, _needed(query, "quest"), _needed(query, "seq")),
    "api/search": lambda _, tx, query: reading.found(tx, _needed(query, "quest"), query.get("words", "")),
}
