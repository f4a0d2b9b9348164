"""A scripted model on 127.0.0.1: the only part that is not real in our tests and in ``doctor --live``.

The client talks to ``ANTHROPIC_BASE_URL``. This server answers ``POST /v1/messages`` with the stream of events of the
Messages API, so that everything else (agents, tools, hooks, permissions) is the real client, offline and free.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from acolytes_cc.doctor.messages import Block, ModelRequest, Step, Text, answer_events, joined_message


@dataclass
class Role:
    """One speaker: ``matches`` recognises its requests, and ``steps`` are the answers (the last one repeats).

    A speaker that may have no tools recognises requests without tools, too.
    """

    name: str
    matches: Callable[[ModelRequest], bool]
    steps: list[Step]
    may_have_no_tools: bool = False


@dataclass
class LoopbackModel:
    """Serve ``roles`` until the ``with`` block ends; ``requests`` keeps what the client sent.

    The first role that matches answers. A request without tools (titles, summaries) that no role is for gets a plain
    "ok".
    """

    roles: list[Role]
    requests: list[ModelRequest] = field(default_factory=list)

    def __enter__(self) -> LoopbackModel:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The address for ANTHROPIC_BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of(self, role: str) -> list[ModelRequest]:
        """The requests of one role, oldest first."""
        return [request for request in self.requests if request.role == role]

    def answer(self, body: dict[str, Any]) -> list[Block]:
        """The script's answer to a request."""
        request = ModelRequest(body)
        roles = (role for role in self.roles if request.tools or role.may_have_no_tools)
        role = next((role for role in roles if role.matches(request)), None)
        if role is None:
            return [Text("no role of the script matches this request" if request.tools else "ok")]
        request = ModelRequest(body, role.name)
        self.requests.append(request)
        step = role.steps[min(request.step, len(role.steps) - 1)]
        answer = step(request) if callable(step) else step
        return answer if isinstance(answer, list) else [answer]


def _handler(model: LoopbackModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            path = self.path.split("?")[0]
            if path == "/v1/messages/count_tokens":
                self._reply(b'{"input_tokens": 100}', "application/json")
            elif path == "/v1/messages":
                events = list(answer_events(model.answer(body), body.get("model", "scripted")))
                if body.get("stream"):
                    payload = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)
                    self._reply(payload.encode(), "text/event-stream")
                else:
                    self._reply(json.dumps(joined_message(events)).encode(), "application/json")
            else:
                self._reply(b"{}", "application/json", 404)

        def do_GET(self) -> None:
            self._reply(b"{}", "application/json", 404)

        def do_HEAD(self) -> None:
            self._reply(b"", "application/json", 404)

        def _reply(self, payload: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Print nothing: the caller reads ``requests``."""

    return Handler
