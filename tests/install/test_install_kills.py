"""SIGKILL at random moments of the real verbs: every file is whole, and after the next verb the tree is old or new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random, SystemRandom

import pytest

from install_machine import VERBS, Scene, Tree, differences
from install_versions import fast_folder
from support import read_tree

NEXT = (
    ("status",),
    ("diff",),
    ("list",),
    ("install", "--dry-run"),
    ("update", "--dry-run"),
    ("rollback", "--dry-run"),
    ("forward", "--dry-run"),
    ("uninstall", "--dry-run"),
    ("resolve",),
)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with fast_folder() as folder:
        made = Scene(folder, monkeypatch)
        made.prepare()
        yield made


def check_whole(tree: Tree, allowed: set[bytes]) -> None:
    """No file outside our state is anything between old and new."""
    for name, (mode, content) in tree.items():
        if mode[0] == "-" and ".claude/acolytes/" not in name and not name.endswith(".acolytes-new"):
            assert content in allowed, name


def test_killed_at_random_moments(scene: Scene, pytestconfig: pytest.Config) -> None:
    is_full = pytestconfig.getoption("--full")
    kills = 1000 if is_full else 60
    # The long run looks for new moments each time; the short one must be the same each time.
    seed = SystemRandom().randrange(10**6) if is_full else 1
    print(f"seed {seed}")
    random = Random(seed)
    phases: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()

    def is_covered() -> bool:
        counts = [
            phases["staging"],
            phases["changing"],
            *(outcomes[kind] for kind in ("old", "new", "recovery killed")),
        ]
        return min(counts) > kills / 50

    for name, verb in VERBS.items():
        scene.begin(name)
        old = read_tree(scene.home)
        first, last, end = scene.timed(verb)
        new = read_tree(scene.home)
        allowed = {content for tree in (old, new) for _, content in tree.values()}
        killed, pace, enough = 0, 1.0, kills // len(VERBS)
        # Which moments are hit is a matter of the machine's load: the last verb goes on until each kind was seen.
        while killed < enough or (verb == [*VERBS.values()][-1] and killed < 5 * enough and not is_covered()):
            scene.begin(name)
            window = random.choice([(0, end), (0.8 * first, first), (first, last)])
            if scene.run(verb, pace * random.uniform(*window)) == 0:
                outcomes["too late"] += 1
                pace *= 0.96  # the machine has less else to do than when it was measured
                continue
            killed, pace = killed + 1, pace * 1.01
            phases[scene.phase] += 1
            check_whole(read_tree(scene.home), allowed)
            following = random.choice([*NEXT, verb] if name != "rollback" else NEXT)
            while random.random() < 0.4 and scene.run(following, random.uniform(0, first)) != 0:
                outcomes["recovery killed"] += 1
                check_whole(read_tree(scene.home), allowed)
            assert scene.run(following) <= 3
            after = read_tree(scene.home)
            assert after in (old, new), (name, following, differences(old, after), differences(new, after))
            assert after == new or following != verb
            outcomes["new" if after == new else "old"] += 1
    print(phases, outcomes)
    assert outcomes["too late"] < 2 * kills
    assert is_covered()
