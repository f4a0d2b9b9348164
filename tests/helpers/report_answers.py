"""Answers of the calculators' examples, kept in a folder as `--save` keeps them."""

import os
from functools import cache
from pathlib import Path

from acolytes_perf import commands
from acolytes_perf.declare import Answer
from acolytes_perf.outputs.answer_files import save
from acolytes_perf.outputs.document import answer_to

#: The commands whose examples the reports cite.
CITED = (
    "queue size",
    "forecast runout",
    "forecast event",
    "slo budget",
    "slo alerts",
    "slo compose",
    "slo report",
    "usl fit",
    "loadtest plan",
    "results summarize",
    "results compare",
)


@cache
def answer(name: str) -> Answer:
    """The answer to the example of a command."""
    command = commands.load(name)
    return answer_to(command, command.check(command.example))


def keep(folder: Path, *names: str) -> dict[str, Path]:
    """Keep answers below a folder, and return the files by the names of the commands."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        return {name: folder / save(answer(name)) for name in names or CITED}
    finally:
        os.chdir(before)
