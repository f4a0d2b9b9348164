"""Reads the worked case from its page: each command, what the page shows of its output, and its exit code.

python tests/helpers/worked_case.py

writes the ids of the page and of its report anew, since they change with the version of the package. Other lines that
are no longer printed are left as they are: the tests report them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

from support import ROOT

PAGE = ROOT / "docs/worked-case.md"
FOLDER = ROOT / "docs/worked-case"
#: A line of the page that stands for lines of the output which it does not show.
LEFT_OUT = "..."
_EXIT_CODE = re.compile(r"[Ee]xit code (?:is )?(\d)")


class Step(NamedTuple):
    """A command of the page.

    Attributes:
        command: for a shell.
        shown: the lines of the output that the page shows; empty where it shows none.
        exit_code: that the text after the output names; 0 where it names none.
    """

    command: str
    shown: list[str]
    exit_code: int

    @property
    def is_load_test(self) -> bool:
        """Whether it sends requests, which takes minutes."""
        return self.command.startswith("python")


def steps() -> list[Step]:
    """The commands of the page, in its order."""
    found: list[Step] = []
    for token in MarkdownIt("commonmark").parse(PAGE.read_text("utf-8")):
        if token.type == "fence" and token.info == "sh":
            found += [Step(command, [], 0) for command in _commands(token.content)]
        elif token.type == "fence" and token.info == "text":
            found[-1] = found[-1]._replace(shown=token.content.splitlines())
        elif token.type == "inline" and found and (match := _EXIT_CODE.search(token.content)):
            found[-1] = found[-1]._replace(exit_code=int(match[1]))
    return found


def _commands(block: str) -> list[str]:
    return block.replace("\\\n", "").strip().splitlines()


def missing_lines(shown: list[str], printed: str) -> list[str]:
    """The lines that the page shows and that were not printed, or not in this order.

    Without a line `...` between them, two lines follow each other.
    """
    lines = printed.splitlines()
    missing, place, may_skip = [], 0, False
    for line in shown:
        if line == LEFT_OUT:
            may_skip = True
            continue
        where = [place] if not may_skip else range(place, len(lines))
        found = next((index for index in where if index < len(lines) and lines[index].rstrip() == line.rstrip()), None)
        if found is None:
            missing.append(line)
        else:
            place = found + 1
        may_skip = False
    return missing


def copy_case(folder: Path) -> Path:
    """A copy of the case without what its commands write."""
    ignored = shutil.ignore_patterns("perf-answers", "__pycache__", "*.html", "budget.json")
    return Path(shutil.copytree(FOLDER, folder / "case", ignore=ignored))


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page as a reader does; HOME is the folder."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "HOME": str(folder)}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


def _saved(lines: list[str]) -> str:
    return next((match[1] for line in lines if (match := re.fullmatch(r"saved: .*-(\w{12})\.json", line))), "")


def renew_ids() -> None:
    """Replace each id that the page shows by that of now."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = copy_case(Path(scratch))
        for place in range(len(steps())):
            step = steps()[place]  # a later command may name an id that was replaced
            if step.is_load_test:
                continue
            new = _saved(run(step.command, folder).stdout.splitlines())  # later commands need the files of earlier ones
            if not (old := _saved(step.shown)):
                continue
            for file in (PAGE, FOLDER / "report.md"):
                file.write_text(file.read_text("utf-8").replace(old, new or old), "utf-8")


if __name__ == "__main__":
    renew_ids()
