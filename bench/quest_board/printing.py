"""Output: the bytes that each command prints in addition to the content that was requested."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from bench.figures import Row
from bench.quest_board.ground import PYTHON, SCRIPTS, Ground, printed
from bench.quest_board.published import Published

MOST = 300
TEXT = "what is asked for " * 50  # in messages, missions, answers and summaries: content
LISTED = 5
# Of a list of nothing: what stands there of the quest itself, and of its creation.
_OF_THE_QUEST = re.compile(r"(?m)^(\d+ \S+ created .*|parallel, led by .*|Workers: .*|bench)\n")


def measure(folder: Path, published: Published | None) -> list[Row]:
    """Return a row for each verb, called as `acolytes-quest VERB`."""
    folder.mkdir()
    theirs = published.printing(TEXT) if published else {}
    sizes = {**_single(folder), **_listed(folder)}
    return [Row("output", verb, size, "bytes", MOST, theirs.get(verb)) for verb, size in sizes.items()]


def _single(folder: Path) -> dict[str, int]:
    """Return the bytes of each verb that does or shows one thing, without the texts in it."""
    run = _caller(Ground(folder / "output", "w1,w2"))
    calls = [
        ("create", ["--mission", TEXT, "--agents", "w1,w2"]),
        ("message", ["--quest", "2", "--to", "w1", "--msg", TEXT, "--review"]),
        ("monitor (a turn)", ["--role", "worker", "--agent", "w1", "--as", "s1"]),
        ("reserve", ["--quest", "2", "--paths", "src/module.py", "--as", "s1"]),
        ("respond", ["--quest", "2", "--as", "s1", "--msg", f"Completed: {TEXT}"]),
        ("monitor (leader)", ["--role", "leader", "--quest", "2"]),
        ("review", ["--quest", "2", "--turn", "1", "--accept"]),
        ("message (a question)", ["--quest", "2", "--to", "w2", "--msg", TEXT]),
        ("monitor (w2)", ["--role", "worker", "--agent", "w2", "--as", "s2"]),
        ("respond (a question)", ["--quest", "2", "--as", "s2", "--msg", f"CLARIFICATION: {TEXT}"]),
        ("monitor (a question)", ["--role", "leader", "--quest", "2"]),
        ("cancel (a question)", ["--quest", "2", "--turn", "2"]),
        ("monitor (nothing)", ["--role", "worker", "--agent", "w2", "--timeout", "0"]),
        ("check", []),
        ("redact", ["--quest", "2", "--seq", "1", "--reason", "private"]),
        ("complete", ["--quest", "2", "--summary", TEXT]),
        ("monitor (ended)", ["--role", "worker", "--agent", "w1", "--as", "s1", "--quest", "2"]),
        ("cancel", ["--quest", "1", "--summary", TEXT]),
        ("purge", ["--older", "0"]),
    ]
    sizes = {name: _beyond(run(name.partition(" ")[0], words)) for name, words in calls}
    run("create", ["--mission", TEXT, "--agents", "w1"])
    return {**sizes, "fail": _beyond(run("fail", ["--quest", "3", "--summary", TEXT]))}


def _listed(folder: Path) -> dict[str, int]:
    """Return the bytes of each verb that lists, without the list: one list is twice as long as the other."""
    lists = {
        "status": ["--quest", "1"],
        "conversation": ["--quest", "1", "--max-chars", "70000"],
        "log": ["--quest", "1"],
        "export": ["--quest", "1"],
    }
    ground = Ground(folder / "listed")
    run = _caller(ground)
    sizes: list[dict[str, int]] = []
    for _ in range(2):
        for _ in range(LISTED):
            run("message", ["--quest", "1", "--to", "w1", "--msg", "x"])
        sizes.append({verb: len(_OF_THE_QUEST.sub("", run(verb, words)).encode()) for verb, words in lists.items()})
    return {verb: 2 * sizes[0][verb] - sizes[1][verb] for verb in lists}


def _caller(ground: Ground) -> Callable[[str, list[str]], str]:
    # As the command on PATH: a script would repeat its own path in the command to type next.
    program = [PYTHON, "-I", "-S", str(SCRIPTS / "__main__.py")]

    def run(verb: str, words: list[str]) -> str:
        return printed([*program, verb, *words], ground.environ, ground.folder)

    return run


def _beyond(output: str) -> int:
    content = TEXT.strip()
    return len(
        output.replace(f"Completed: {TEXT}", "")
        .replace(f"CLARIFICATION: {TEXT}", "")
        .replace(TEXT, "")
        .replace(content, "")
        .encode()
    )
