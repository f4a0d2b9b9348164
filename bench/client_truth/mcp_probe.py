"""Real MCP servers for cases: they write down what they were started with when the client asks for their tools."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOG = "servers.log"
SCRIPT = r"""import json, os, sys

def say(answer):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **answer}) + "\n")
    sys.stdout.flush()

for line in sys.stdin:
    message = json.loads(line)
    number, method = message.get("id"), message.get("method")
    if method == "initialize":
        version = message["params"].get("protocolVersion")
        server = {"name": "probe", "version": "1"}
        say({"id": number, "result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}})
    elif method == "tools/list":
        with open("servers.log", "a") as log:
            variables = sorted(k + "=" + v for k, v in os.environ.items() if "PROBE" in k)
            log.write(json.dumps([*sys.argv[1:], *variables, "in " + os.path.basename(os.getcwd())]) + "\n")
        tool = {"name": "echo", "description": "Says it again.", "inputSchema": {"type": "object", "properties": {}}}
        say({"id": number, "result": {"tools": [tool]}})
    elif number is not None:
        say({"id": number, "result": {}})
"""


@contextmanager
def http_server() -> Iterator[tuple[int, list[str]]]:
    """Serve MCP on a port of 127.0.0.1; gives the port, and the paths and headers of those who ask for tools."""
    seen: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(seen))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(seen: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            if asked.get("method") == "tools/list":
                headers = [f"{name.lower()}: {value}" for name, value in self.headers.items()]
                seen.append(" ".join((self.path, *headers)))
            if "id" not in asked:
                self._reply(202)
                return
            answer = {"jsonrpc": "2.0", "id": asked["id"], "result": _result(asked)}
            self._reply(200, json.dumps(answer).encode())

        def do_GET(self) -> None:
            self._reply(405)

        def _reply(self, status: int, payload: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Print nothing."""

    return Handler


def _result(asked: dict[str, Any]) -> dict[str, Any]:
    if asked["method"] == "initialize":
        version = asked["params"]["protocolVersion"]
        server = {"name": "probe", "version": "1"}
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}
    if asked["method"] == "tools/list":
        schema = {"type": "object", "properties": {}}
        return {"tools": [{"name": "echo", "description": "Says it again.", "inputSchema": schema}]}
    return {}
