"""A verdict as bytes, and back: how it goes into the cache, and from one process to another."""

from __future__ import annotations

import json
from sys import intern
from typing import Any

from acolytes_cc.lint.engine.verdict import Found, Verdict
from acolytes_cc.lint.support.project import Mention, Summary
from acolytes_cc.lint.support.suppressions import Suppression


def encode(verdict: Verdict) -> bytes:
    """The verdict as JSON."""
    return json.dumps(verdict, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode(data: bytes) -> Verdict:
    """The verdict that ``encode`` was given; raises ValueError, TypeError or KeyError for anything else."""
    found, summary, suppressions = json.loads(data.decode("utf-8", "surrogatepass"))
    return Verdict(
        # most messages are said of many files: each is kept once
        tuple(Found(line, column, intern(rule), intern(says), fixable) for line, column, rule, says, fixable in found),
        _summary(*summary),
        tuple(Suppression(line, column, tuple(rules), tuple(lines)) for line, column, rules, lines in suppressions),
    )


def _summary(
    path: str, kind: Any, name: Any, listed: int, body: int, skills: Any, servers: Any, own: Any, isolation: Any
) -> Summary:
    mentioned = _mentions(skills), _mentions(servers)
    return Summary(path, kind, _mention(name), listed, body, *mentioned, tuple(own), _mention(isolation))


def _mention(value: list[Any] | None) -> Mention | None:
    return Mention(*value) if value else None


def _mentions(values: list[Any]) -> tuple[Mention, ...]:
    return tuple(Mention(*value) for value in values)
