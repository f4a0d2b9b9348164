"""Ctrl-C and SIGTERM at any moment of the real verbs: the tree is old or new at once, and nothing temporary is left."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from random import Random, SystemRandom

import pytest

from install_machine import VERBS, Scene, differences
from install_versions import fast_folder
from support import read_tree

ENDS = {signal.SIGINT: (130, ["acolytes: interrupted"]), signal.SIGTERM: (143, ["acolytes: terminated"])}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with fast_folder() as folder:
        made = Scene(folder, monkeypatch)
        made.prepare()
        (folder / "scratch").mkdir()
        monkeypatch.setenv("TMPDIR", str(folder / "scratch"))
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield made


def test_interrupted_at_any_moment(scene: Scene, pytestconfig: pytest.Config) -> None:
    is_full = pytestconfig.getoption("--full")
    tries = 300 if is_full else 4
    # The long run looks for new moments each time; the short one must be the same each time.
    seed = SystemRandom().randrange(10**6) if is_full else 1
    print(f"seed {seed}")
    random = Random(seed)
    outcomes = []
    for name, verb in VERBS.items():
        scene.begin(name)
        old = read_tree(scene.home)
        assert scene.interrupted(verb, signal.SIGTERM, 0) == 0
        new = read_tree(scene.home)
        moments = int((scene.folder / "moments").read_text())
        assert moments > 300
        for at in random.sample(range(1, moments + 1), tries):
            number = random.choice([signal.SIGINT, signal.SIGTERM])
            scene.begin(name)
            code = scene.interrupted(verb, number, at)
            after = read_tree(scene.home)
            assert after in (old, new), (name, at, differences(old, after), differences(new, after))
            said = scene.said.read_text().splitlines()[-1:]
            assert (code, said) == ENDS[number], (name, at, scene.said.read_text())
            assert not [*(scene.folder / "scratch").iterdir()], (name, at)
            outcomes.append(after == new)
    assert {True, False} == set(outcomes)
