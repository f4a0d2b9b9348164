"""The scripts of the published package `acolytes` 2.1.2, for the second column; run where they are unpacked."""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import subprocess
import time
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench.quest_board.ground import PYTHON, scratch_environ, seconds

PACKAGE = "acolytes==2.1.2"
DATA = "acolytes/data/scripts/"
SAMPLES = 6
_AGENTS = "@leader,@w1"


class Published:
    """The package's scripts on boards of their own below `folder`."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self._folder = folder
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(DATA):
                    archive.extract(name, folder)
        self._environ = scratch_environ(folder)
        self._scripts = folder / DATA / "acolytes_quest"

    def starting(self) -> dict[str, Callable[[], float]]:
        """Return the timed calls that correspond to ours. Its `status` can only set a status, so that is timed."""
        project = self._project("starting")
        calls = {"--help": ("monitor", "--help"), "status": ("status", "--quest", "1", "--status", "working")}
        return {
            f"published {case}": partial(seconds, self._script(*words), self._environ, project)
            for case, words in calls.items()
        }

    def hand_off(self) -> float:
        """Return the median of the seconds from a message's start to the end of the monitor that waited for it.

        The messages come at even distances over the monitor's 30 s between two looks.
        """
        projects = [self._project(f"hand-off-{number}") for number in range(SAMPLES)]
        monitors = [self._start("monitor", "--role", "worker", "--agent", "@w1", project=place) for place in projects]
        began = time.monotonic()
        sent = []
        for number, place in enumerate(projects):
            time.sleep(max(began + (number + 0.5) * 30 / SAMPLES - time.monotonic(), 0))
            sent.append(time.monotonic())
            self._run(place, "message", "--quest", "1", "--to", "@w1", "--msg", "go")
        ends: dict[int, float] = {}
        while len(ends) < SAMPLES and time.monotonic() < began + 120:
            time.sleep(0.02)
            ends |= {
                number: time.monotonic()
                for number, monitor in enumerate(monitors)
                if number not in ends and monitor.poll() is not None
            }
        for monitor in monitors:
            monitor.kill()
            monitor.wait()
        return statistics.median(ends[number] - sent[number] for number in ends)

    def growing(self, sizes: tuple[int, ...]) -> Mapping[int, Callable[[], float]]:
        """Return a worker's quick look (`quest_check`) on boards with many quests that have ended."""
        looks = {}
        for size in sizes:
            project = self._project(f"old-{size}")
            with contextlib.closing(sqlite3.connect(project / ".claude/memory/project.db")) as connection:
                connection.execute(
                    "WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < ?)"
                    " INSERT INTO acolyte_quests (quest_name, quest_phase, mission, recruited, current_agent, status,"
                    " broadcast, context) SELECT quest_name, quest_phase, mission, recruited, current_agent,"
                    " 'completed', broadcast, context FROM n JOIN acolyte_quests ON quest_id = 1",
                    (size,),
                )
                connection.commit()
            looks[size] = partial(
                seconds, self._script("check", "--role", "worker", "--agent", "@w1"), self._environ, project
            )
        return looks

    def printing(self, text: str) -> dict[str, int]:
        """Return the bytes, standard error with them, that each counterpart prints beyond `text`."""
        project = self._project("printing")
        calls = {
            "create": ("create", "--mission", text, "--agents", _AGENTS),
            "message": ("message", "--quest", "2", "--to", "@w1", "--msg", text),
            "monitor (a turn)": ("monitor", "--role", "worker", "--agent", "@w1"),
            "monitor (nothing)": ("check", "--role", "worker", "--agent", "@w2"),
            "respond": ("respond", "--quest", "2", "--msg", text),
            "monitor (leader)": ("monitor", "--role", "leader", "--quest", "2", "--agent", "@leader"),
            "conversation": ("conversation", "--quest", "2"),
            "complete": ("complete", "--quest", "2", "--summary", text),
        }
        return {
            name: len(self._run(project, *words).replace(text, "").replace(text.strip(), "").encode())
            for name, words in calls.items()
        }

    def _project(self, name: str) -> Path:
        """Make a project with the package's tables and one quest."""
        project = self._folder / name
        memory = project / ".claude" / "memory"
        memory.mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(memory / "project.db")) as connection:
            connection.executescript((self._scripts.parent / "init_db.sql").read_text("utf-8"))
        self._run(project, "create", "--mission", "bench", "--agents", _AGENTS)
        return project

    def _script(self, verb: str, *words: str) -> list[str]:
        return [PYTHON, str(self._scripts / f"quest_{verb}.py"), *words]

    def _start(self, verb: str, *words: str, project: Path) -> subprocess.Popen[str]:
        out = subprocess.DEVNULL
        return subprocess.Popen(
            self._script(verb, *words), env=self._environ, cwd=project, stdout=out, stderr=out, text=True
        )

    def _run(self, project: Path, verb: str, *words: str) -> str:
        done = subprocess.run(
            self._script(verb, *words),
            env=self._environ,
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=180,
        )
        return done.stdout


def download(folder: Path) -> Path:
    """Fetch the package's wheel by pip."""
    command = [PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("acolytes-*.whl"))
