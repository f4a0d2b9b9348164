"""A definition whose edits the tests of the merge combine, and the merge of texts."""

from __future__ import annotations

from acolytes_cc.install.merging.file import Merged, MergeResult, merge

BASE = """\
---
name: ops.performance
description: Sizes things. Use when asked
model: sonnet
color: blue
tools: Read, Write, Bash
hooks:
  PreToolUse:
    - matcher: Bash
      hooks:
        - type: command
          command: /bin/sh
---

# Consultant

First, read.
Then compute.

## Identity

You are careful.

## End

Stop.
"""


def edit(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def merged(outcome: MergeResult, clashes: int = 0) -> str:
    assert isinstance(outcome, Merged), outcome
    assert len(outcome.clashes) == clashes, outcome
    return outcome.content.decode()


def merge_texts(baseline: str, users: str, ours: str) -> MergeResult:
    return merge(baseline.encode(), users.encode(), ours.encode())


NEW_MODEL = [("model: sonnet", "model: opus")]
NEW_BODY = [("Then compute.", "Then calculate.")]
NEW_KEY = [("color: blue\n", "color: blue\nmaxTurns: 40\n")]
NO_COLOUR = [("color: blue\n", "")]
