"""The messages between the client and a scripted model: the client's requests, and the model's answers as events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """A text block of the model's answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool_use block of the model's answer."""

    tool: str
    input: dict[str, Any]


Block: TypeAlias = Text | ToolUse
ModelAnswer: TypeAlias = Block | list[Block]
Step: TypeAlias = "ModelAnswer | Callable[[ModelRequest], ModelAnswer]"


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request of the client."""

    body: dict[str, Any]
    role: str = ""

    @property
    def tools(self) -> list[str]:
        """The names of the tools that the model may use."""
        return [tool["name"] for tool in self.body.get("tools", [])]

    @property
    def system(self) -> str:
        """The system prompt."""
        return _text(self.body.get("system", ""))

    @property
    def step(self) -> int:
        """The number of answers so far in this conversation, which the client sends as a whole each time."""
        return sum(1 for message in self.body.get("messages", []) if message["role"] == "assistant")

    @property
    def first_prompt(self) -> str:
        """The first message of the conversation."""
        return _text(self.body["messages"][0]["content"]) if self.body.get("messages") else ""

    @property
    def everything(self) -> str:
        """System prompt and conversation as one text."""
        return self.system + "\n" + "\n".join(_text(m["content"]) for m in self.body.get("messages", []))

    @property
    def news(self) -> list[dict[str, Any]]:
        """The messages since the last answer: tool results, and notifications of background agents."""
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
        """The news as one text."""
        return "\n".join(_text(message["content"]) for message in self.news)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_text(block) for block in content)
    if isinstance(content, dict):
        return _text(content.get("text") or content.get("content") or content.get("input") or "")
    return str(content)


_serial = iter(range(10**9))


def answer_events(blocks: list[Block], model: str) -> Iterator[dict[str, Any]]:
    """The stream of events with which the Messages API sends an answer."""
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
    reason = "tool_use" if any(isinstance(block, ToolUse) for block in blocks) else "end_turn"
    yield {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage}
    yield {"type": "message_stop"}


def joined_message(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer as one message, for a request that wants no stream."""
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
