"""What people write into a JSON file that is not quite JSON, and bytes that are no UTF-8."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from random import Random

from bench.client_truth.case import Content

_Change = Callable[[str], Content]


def odd_content(random: Random, text: str) -> Content:
    """The JSON ``text``, written in an odd way; some of these are valid."""
    return random.choice(_CHANGES)(text)


def _encoded(encoding: str, before: bytes = b"") -> _Change:
    return lambda text: {"base64": base64.b64encode(before + text.encode(encoding)).decode()}


_CHANGES: tuple[_Change, ...] = (
    lambda text: "\ufeff" + text,
    lambda text: re.sub(r"\n(\s*)\}", r",\n\1}", text),
    lambda text: re.sub(r"\n(\s*)\}$", r",\n\1}", text),
    lambda text: re.sub(r"\n(\s*)\]", r",\n\1]", text) if "]" in text else text + ",",
    lambda text: "// the settings of the shop\n" + text,
    lambda text: text.replace("{\n", "{\n  // a comment\n", 1),
    lambda text: text.replace("{\n", "{\n  /* a comment */\n", 1),
    lambda text: text.replace("{\n", "{\n  # a comment\n", 1),
    lambda text: text.replace('"', "'"),
    lambda text: re.sub(r'"(\w+)":', r"\1:", text),
    lambda text: text[:-1],
    lambda text: text[: len(text) // 2],
    lambda text: text + "}",
    lambda text: text + "\nThis is it.\n",
    lambda text: "Settings:\n" + text,
    lambda text: text + text,
    lambda text: text.replace(",\n", "\n", 1),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", " "),
    lambda text: text.replace("  ", "\t"),
    lambda text: "\n\n" + text + "\n\n",
    lambda text: text.replace("  ", "\u00a0 ", 1),
    lambda text: f"[{text}]",
    lambda text: text.replace("{\n", '{\n  "verbose": True,\n', 1),
    lambda text: text.replace("{\n", '{\n  "cleanupPeriodDays": 030,\n', 1),
    lambda text: text.replace("{\n", '{\n  "cleanupPeriodDays": 0x1e,\n', 1),
    lambda text: text.replace("{\n", '{\n  "cleanupPeriodDays": +30,\n', 1),
    lambda text: text.replace("{\n", '{\n  "cleanupPeriodDays": 3e1,\n', 1),
    lambda text: text.replace("{\n", '{\n  "cleanupPeriodDays": NaN,\n', 1),
    lambda text: text.replace("{\n", '{\n  "prUrlTemplate": "C:\\Users\\{id}",\n', 1),
    lambda text: text.replace("{\n", '{\n  "prUrlTemplate": "a\tb",\n', 1),
    lambda text: text.replace("{\n", '{\n  "prUrlTemplate": "\\u00e4 \\ud83d\\ude00",\n', 1),
    lambda text: text.replace("{\n", '{\n  "": 1,\n', 1),
    lambda text: text.replace('"', "\u201c", 1),
    lambda _: "",
    lambda _: "null",
    lambda _: '"settings"',
    lambda text: f"```json\n{text}\n```\n",
    lambda text: f"export default {text}",
    _encoded("utf-16-le", b"\xff\xfe"),
    _encoded("utf-16-be", b"\xfe\xff"),
    _encoded("utf-16-le"),
    _encoded("utf-8", b"\xff"),
)
