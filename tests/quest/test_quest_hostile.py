"""Texts that mean harm, through every place at which an agent or a terminal meets them: they stay data.

What is printed around them is the same as around harmless ones, and within their frame they stand whole and visible.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

import subagent_start
from acolytes_quest.framing import visible
from acolytes_quest.hooks import api as hook_api
from quest_support import Cli

TEXTS: list[str] = json.loads((Path(__file__).parent / "data" / "hostile.json").read_text("ascii"))
PARTS = [TEXTS[start : start + 12] for start in range(0, len(TEXTS), 12)]
HARMLESS = "harmless"
# Escapes and other controls, and what reorders or hides text; newline and tab are neither.
DECEIVING = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e01ff]"
)


def test_there_are_a_hundred_of_them() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 100


def taken_apart(printed: str) -> tuple[str, list[str]]:
    """Return what stands outside of the frames, numbers and fences made alike, and the texts within the frames."""
    assert not DECEIVING.search(printed)
    (mark, *others) = dict.fromkeys(re.findall(r"(?m)^<<([0-9a-f]{8}) ", printed)) or [""]
    frame = re.compile(rf"(?ms)^<<{mark} [^\n]*\n(.*?)\n{mark}>>$")
    outside = frame.sub("FRAME", printed)
    assert not any(other in outside for other in others), "the first mark is the board's, any other is text"
    return re.sub("~{3,}", "~~~", re.sub(r"\d+", "N", outside)), frame.findall(printed)


def met(cli: Cli, cwd: Path, texts: list[str]) -> list[tuple[str, list[str]]]:
    """Let every text be a mission, a message, an answer; return all that was printed of them, taken apart."""
    quest = int(cli.ok("create", "--agents", "w1", f"--mission={texts[0]}"))
    session = f"s{quest}"
    outside = []
    for number, text in enumerate(texts):
        data = text.encode()
        cli.ok("message", "--quest", quest, "--to", "w1", "--msg", "-", stdin=data)
        if number % 2:
            printed = hook_api.wait_for_work(str(cwd), os.environ, session) or ""
        else:
            printed = cli.ok("monitor", "--role", "worker", "--agent", "w1", "--quest", quest, "--as", session)
        outer = taken_apart(printed)
        assert outer[1] == [visible(text)]
        outside.append(outer)
        cli.ok("respond", "--quest", quest, "--as", session, "--msg", "-", stdin=b"Completed: " + data)
        outer = taken_apart(cli.ok("monitor", "--role", "leader", "--quest", quest, "--since", 2 * number + 1))
        assert outer[1] == [visible(f"Completed: {text}")]
        outside.append(outer)
    whole = [texts[0], *(sent for text in texts for sent in (text, f"Completed: {text}"))]
    for verb in ("conversation", "export"):
        words = ["--max-chars", 500_000] if verb == "conversation" else []
        outer = taken_apart(cli.ok(verb, "--quest", quest, *words))
        assert outer[1][: len(whole)] == [visible(text) for text in whole]
        outside.append(outer)
    cli.ok("complete", "--quest", quest, f"--summary={texts[-1]}")
    return outside


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_it_stays_in_its_frame(cli: Cli, project: Path, part: int) -> None:
    texts = PARTS[part]
    hostile = met(cli, project, texts)
    harmless = met(cli, project, [HARMLESS] * len(texts))
    assert [outside for outside, _ in hostile] == [outside for outside, _ in harmless]


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_a_document_of_that_name_is_told_as_data(project: Path, part: int) -> None:
    names = sorted({text.replace("/", "").replace("\0", "")[:40] + ".md" for text in PARTS[part]})
    for name in names:
        (project / name).write_text(PARTS[part][0], "utf-8")
    event = {"agent_id": "a12", "agent_type": "ops.performance", "cwd": str(project)}
    answer = subagent_start.handle(event) or {}
    context = answer["hookSpecificOutput"]["additionalContext"]
    assert not DECEIVING.search(context)
    documents, own_id = context.split("\n")
    assert own_id.startswith("Your id on the quest board is a12")
    listed = documents.partition("): ")[2]
    decoder = json.JSONDecoder()
    printed = []
    while listed:
        if listed.startswith('"'):
            name, end = decoder.raw_decode(listed)
        else:
            name, end = (plain := re.match("[^, ]+", listed))[0], plain.end()  # type: ignore[index, union-attr]
        printed.append(name)
        listed = listed[end:].removeprefix(", ")
    assert printed == names
