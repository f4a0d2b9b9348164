"""The quest scripts as agents call them: the seed's calls as written, any interpreter, whatever lies beside them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from quest_support import PYTHON, SCRIPTS, script
from support import find_python


def test_the_seeds_calls_work_as_written(project: Path) -> None:
    assert script("create", "--mission", "m", "--agents", "NAME", cwd=project).stdout == "1\n"
    script("message", "--quest", "1", "--to", "NAME", "--msg", "Do it", cwd=project)
    printed = script("monitor", "--role", "worker", "--agent", "NAME", cwd=project)
    assert "quest 1, turn 1 for NAME" in printed.stdout
    assert "Do it" in script("conversation", "--quest", "1", cwd=project).stdout
    words = ("--quest", "1", "--msg", "Completion details", "--files", "a.py,b.js")
    assert "turn 1 is answered: completed" in script("respond", *words, cwd=project).stdout
    assert 'files "a.py, b.js"' in script("status", "--quest", "1", cwd=project).stdout
    assert script("complete", "--quest", "1", "--summary", "s", cwd=project).returncode == 0


def test_the_commands_that_a_script_prints_can_be_run_as_printed(project: Path) -> None:
    script("create", "--mission", "m", "--agents", "w1", cwd=project)
    script("message", "--quest", "1", "--to", "w1", "--msg", "x", cwd=project)
    printed = script("monitor", "--role", "worker", "--agent", "w1", cwd=project).stdout
    for line in re.findall(r"python3 .*", printed):
        done = subprocess.run(
            line.replace("python3", PYTHON), shell=True, cwd=project, capture_output=True, check=False
        )
        assert done.returncode == 0, done


def test_errors_keep_their_exit_codes(project: Path) -> None:
    done = script("status", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("acolytes-quest: no board here")


@pytest.mark.parametrize("flags", [["-I", "-S"], []])
def test_a_stray_module_beside_the_package_or_in_it_shadows_nothing(
    project: Path, tmp_path: Path, flags: list[str]
) -> None:
    copy = tmp_path / "scripts" / "acolytes_quest"
    shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("json", "argparse", "sqlite3", "select", "contextlib"):
        for folder in (copy, copy.parent, project):
            (folder / f"{name}.py").write_text("raise SystemExit('shadowed')", "utf-8")
    for arguments in (["--mission", "m", "--agents", "w1", "--json"],):
        done = subprocess.run(
            [PYTHON, *flags, str(copy / "quest_create.py"), *arguments],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_a_script_may_be_called_through_a_link(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "quest_create.py"
    link.symlink_to(SCRIPTS / "quest_create.py")
    done = subprocess.run(
        [PYTHON, str(link), "--mission", "m", "--agents", "w1"], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"


def test_copies_of_the_scripts_work_as_the_links_do(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "scripts" / "acolytes_quest"
    shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"), symlinks=False)
    assert not (copy / "quest_create.py").is_symlink()
    words = [PYTHON, str(copy / "quest_create.py"), "--mission", "m", "--agents", "w1"]
    assert subprocess.run(words, cwd=project, capture_output=True, text=True, check=True).stdout == "1\n"


def test_a_link_to_a_script_may_have_any_name(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "new-quest"
    link.symlink_to(SCRIPTS / "quest_create.py")
    words = [PYTHON, str(link), "--mission", "m", "--agents", "w1"]
    assert subprocess.run(words, cwd=project, capture_output=True, text=True, check=True).stdout == "1\n"


def test_the_package_runs_as_one_script_too(project: Path) -> None:
    words = ["create", "--mission", "m", "--agents", "w1"]
    done = subprocess.run(
        [PYTHON, "-I", "-S", str(SCRIPTS / "__main__.py"), *words],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"


OLD_PYTHON = find_python("3.9")


@pytest.mark.skipif(OLD_PYTHON is None, reason="there is no Python 3.9 here")
def test_python_3_9_runs_a_whole_quest(project: Path) -> None:
    python = str(OLD_PYTHON)
    for verb, words in (
        ("create", ["--mission", "m", "--agents", "w1"]),
        ("message", ["--quest", "1", "--to", "w1", "--msg", "x"]),
        ("monitor", ["--role", "worker", "--agent", "w1"]),
        ("respond", ["--quest", "1", "--msg", "done", "--files", "a.py"]),
        ("monitor", ["--role", "leader", "--json"]),
        ("conversation", ["--quest", "1"]),
        ("message", ["--quest", "1", "--to", "w1", "--msg", "x", "--review"]),
        ("monitor", ["--role", "worker", "--agent", "w1"]),
        ("reserve", ["--quest", "1", "--paths", "a.py"]),
        ("respond", ["--quest", "1", "--msg", "Completed: x"]),
        ("review", ["--quest", "1", "--turn", "2", "--change", "x"]),
        ("redact", ["--quest", "1", "--seq", "1", "--reason", "r"]),
        ("cancel", ["--quest", "1", "--turn", "3"]),
        ("complete", ["--quest", "1", "--summary", "s"]),
        ("status", ["--quest", "1"]),
        ("watch", []),
        ("ready", []),
        ("list", ["--since", "1"]),
        ("search", ["--text", "x"]),
        ("log", ["--quest", "1"]),
        ("export", ["--quest", "1"]),
        ("check", []),
        ("purge", ["--older", "0"]),
    ):
        done = subprocess.run(
            [python, "-I", "-S", str(SCRIPTS / f"quest_{verb}.py"), *words],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), verb
