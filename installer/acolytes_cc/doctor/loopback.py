"""A scripted model on 127.0.0.1: the only fake in our tests and in ``doctor --live``.

The client talks to ``ANTHROPIC_BASE_URL``. This server answers ``POST /v1/messages`` with the stream of events of the
Messages API, so that everything else (agents, tools, hooks, permissions) is the real client, offline and free.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Text:
    """A text block of the model's answer."""

    text: str


@dataclass(frozen=True)
class Use:
    """A tool_use block of the model's answer."""

    tool: str
    input: dict[str, Any]


Block: TypeAlias = Text | Use
Answer: TypeAlias = Block | list[Block]
Step: TypeAlias = "Answer | Callable[[Request], Answer]"


@dataclass(frozen=True)
class Request:
    """One request of the client, with what scripts and checks ask of it."""

    body: dict[str, Any]
    role: str = ""

    @property
    def tools(self) -> list[str]:
        return [tool["name"] for tool in self.body.get("tools", [])]

    @property
    def system(self) -> str:
        return _text(self.body.get("system", ""))

    @property
    def step(self) -> int:
        """How often the model has answered in this conversation: the client sends all of it each time."""
        return sum(1 for message in self.body.get("messages", []) if message["role"] == "assistant")

    @property
    def first_prompt(self) -> str:
        return _text(self.body["messages"][0]["content"]) if self.body.get("messages") else ""

    @property
    def everything(self) -> str:
        """System prompt and conversation as one text."""
        return self.system + "\n" + "\n".join(_text(m["content"]) for m in self.body.get("messages", []))

    @property
    def news(self) -> list[dict[str, Any]]:
        """The messages since the model last answered: tool results, and notifications of background agents."""
        messages: list[dict[str, Any]] = self.body.get("messages", [])
        answered = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
        return messages[answered[-1] + 1 :] if answered else messages

    @property
    def tool_results(self) -> list[str]:
        """The texts of the tool results among the news."""
        contents = [message["content"] for message in self.news if isinstance(message["content"], list)]
        blocks = [block for content in contents for block in content]
        return [_text(block.get("content", "")) for block in blocks if block.get("type") == "tool_result"]

    @property
    def newest(self) -> str:
        """The news as one text, whatever their blocks are."""
        return "\n".join(_text(message["content"]) for message in self.news)


@dataclass
class Role:
    """Who is speaking, told by ``matches``, and what the model answers, step by step (the last one repeats)."""

    name: str
    matches: Callable[[Request], bool]
    steps: list[Step]


@dataclass
class LoopbackModel:
    """Serve ``roles`` until the ``with`` block ends; ``requests`` keeps what the client sent.

    The first role that matches answers. A request without tools (titles, summaries) gets a plain "ok".
    """

    roles: list[Role]
    requests: list[Request] = field(default_factory=list)

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
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of(self, role: str) -> list[Request]:
        """The requests of one role, oldest first."""
        return [request for request in self.requests if request.role == role]

    def answer(self, body: dict[str, Any]) -> list[Block]:
        request = Request(body)
        if not request.tools:
            return [Text("ok")]
        role = next((role for role in self.roles if role.matches(request)), None)
        if role is None:
            return [Text("no role of the script matches this request")]
        request = Request(body, role.name)
        self.requests.append(request)
        step = role.steps[min(request.step, len(role.steps) - 1)]
        answer = step(request) if callable(step) else step
        return answer if isinstance(answer, list) else [answer]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_text(block) for block in content)
    if isinstance(content, dict):
        return _text(content.get("text") or content.get("content") or content.get("input") or "")
    return str(content)


def _handler(model: LoopbackModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            path = self.path.split("?")[0]
            if path == "/v1/messages/count_tokens":
                self._reply(b'{"input_tokens": 100}', "application/json")
            elif path == "/v1/messages":
                events = list(_events(model.answer(body), body.get("model", "scripted")))
                if body.get("stream"):
                    payload = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)
                    self._reply(payload.encode(), "text/event-stream")
                else:
                    self._reply(json.dumps(_whole(events)).encode(), "application/json")
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
            """Say nothing: the caller reads ``requests``."""

    return Handler


_serial = iter(range(10**9))


def _events(blocks: list[Block], model: str) -> Iterator[dict[str, Any]]:
    usage = {"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    head = {"id": f"msg_{next(_serial)}", "type": "message", "role": "assistant", "model": model, "content": []}
    yield {"type": "message_start", "message": {**head, "stop_reason": None, "stop_sequence": None, "usage": usage}}
    for index, block in enumerate(blocks):
        if isinstance(block, Text):
            start: dict[str, Any] = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": block.text}
        else:
            start = {"type": "tool_use", "id": f"toolu_{next(_serial)}", "name": block.tool, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block.input)}
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    reason = "tool_use" if any(isinstance(block, Use) for block in blocks) else "end_turn"
    yield {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage}
    yield {"type": "message_stop"}


def _whole(events: list[dict[str, Any]]) -> dict[str, Any]:
    message: dict[str, Any] = dict(events[0]["message"])
    content: list[dict[str, Any]] = []
    for event in events:
        if event["type"] == "content_block_start":
            content.append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            delta = event["delta"]
            if delta["type"] == "text_delta":
                content[-1]["text"] = delta["text"]
            else:
                content[-1]["input"] = json.loads(delta["partial_json"])
        elif event["type"] == "message_delta":
            message["stop_reason"] = event["delta"]["stop_reason"]
    message["content"] = content
    return message
