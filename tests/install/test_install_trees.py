"""Random edits of the user's times random new versions of ours, over whole trees: install, update, uninstall."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acolytes_cc.install.disk.places import Places
from install_trees import Case
from install_user import User
from install_versions import Templates, Writer, fast_folder
from support import read_tree


def run_case(random: Random, target: Path) -> Case:
    """Install; a few times edit, change the templates and update; uninstall. Every step is checked."""
    writer = Writer(random)
    case = Case(Places("user", target), writer, Templates(writer))
    user = User(case)
    target.mkdir()
    user.begin()
    start = read_tree(target)
    case.update()
    for _ in range(random.randint(0, 3)):
        user.edit()
        case.templates.change()
        for _ in range(random.randint(0, 4)):
            user.collide()
        case.update()
        while random.random() < 0.5:
            case.resolve()
            if random.random() < 0.3:
                user.edit()
        while random.random() < 0.4:
            case.go()
    if random.random() < 0.3:
        user.edit()
    case.uninstall(start)
    return case


def test_nothing_of_the_users_is_lost_from_any_tree(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = pytestconfig.getoption("--full")
    volume = 10_000 if is_full else 150
    actions: Counter[str] = Counter()

    with fast_folder() as folder:
        monkeypatch.setenv("HOME", str(folder))

        @settings(
            max_examples=volume,
            deadline=None,
            database=None,
            derandomize=not is_full,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.randoms(use_true_random=True))  # only the seed is drawn: every case is a rich one
        def run(random: Random) -> None:
            shutil.rmtree(folder / "config", ignore_errors=True)
            actions.update(run_case(random, folder / "config").actions)

        run()
    for action in (
        "merge",
        "conflict",
        "keep-user",
        "keep-deleted",
        "remove",
        "update",
        "mine",
        "theirs",
        "edit",
        "back",
        "ahead",
    ):
        assert actions[action] > volume / 20, actions
