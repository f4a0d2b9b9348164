"""SIGKILL at random moments of the real verbs: every file is whole, and after the next verb the tree is old or new."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from random import Random, SystemRandom

import pytest

from install_machine import AGENT, INSTALL, OLD, UPDATE, Machine
from install_versions import fast_folder
from support import build_tree, read_tree

VERBS = {
    "install": INSTALL,
    "update": UPDATE,
    "resolve": ("resolve", "two", "--theirs"),
    "rollback": ("rollback", "--yes"),
    "forward": ("forward", "--yes"),
    "uninstall": ("uninstall", "--yes"),
}
# one to merge, one to keep as it is
EDITS = {
    ".claude/agents/one.md": OLD["agents/one.md"] + "my own line\n",
    ".claude/agents/two.md": AGENT.format(name="two", use="my own words"),
}
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
Tree = dict[str, tuple[str, bytes]]


class Scene(Machine):
    """A machine whose home can be put back as it was before each verb."""

    def prepare(self) -> None:
        """Go once through all verbs, and keep the home as it was before each."""
        self._keep("install")
        assert self.run(INSTALL) == 0
        build_tree(self.home, EDITS)
        (self.target / "agents/five.md").unlink()
        self._keep("update")
        assert self.run(UPDATE) == 0
        assert (self.target / "acolytes/conflicts/agents/two.md").exists()
        self._keep("resolve")
        self._keep("rollback")
        self._keep("uninstall")
        assert self.run(VERBS["rollback"]) == 0
        self._keep("forward")

    def begin(self, verb: str) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.folder / f"before {verb}", self.home)

    def _keep(self, verb: str) -> None:
        shutil.copytree(self.home, self.folder / f"before {verb}")

    @property
    def phase(self) -> str:
        """How far the verb that was killed had come."""
        try:
            journal = json.loads((self.target / "acolytes/journal.json").read_bytes())
        except FileNotFoundError:
            return "outside"
        return "changing" if journal["changes"] else "staging"


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


def differences(one: Tree, other: Tree) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


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
