"""Rollback and forward go along a line of states: each change of files made one, and a new change drops those ahead."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.install.transaction.journal import JOURNAL
from acolytes_cc.install.transaction.records import records
from support import build_tree, read_tree

AGENT = "---\nname: one\ndescription: Use when asked\ncolor: {color}\n---\n\n{body}\n\nThe end.\n"


class Home:
    """A user with templates of their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.target = folder / ".claude"
        self.agent = self.target / "agents/one.md"

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = main([*arguments])
        out, err = self.capsys.readouterr()
        return code, out, err

    def update(self, body: str, color: str = "blue") -> str:
        build_tree(self.folder / "templates", {"agents/one.md": AGENT.format(body=body, color=color)})
        code, out, _ = self.run("install", "--yes", "--templates", str(self.folder / "templates"))
        assert code == 0
        return out

    @property
    def body(self) -> str:
        return self.agent.read_text().split("\n\n")[1]

    @property
    def steps(self) -> tuple[int, int]:
        status = json.loads(self.run("status", "--json")[1])
        return status["steps_back"], status["steps_forward"]


@pytest.fixture
def home(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> Home:
    """Three versions, one after the other."""
    made = Home(scratch_home, capsys)
    for body in ("First.", "Second.", "Third."):
        made.update(body)
    return made


def test_status_says_of_when_each_state_is(home: Home) -> None:
    home.run("rollback", "--yes")
    moment = datetime(2026, 3, 4, 5, 6, 7).astimezone()
    for stack, day in (("snapshots", 0), ("forward", 5)):
        for number, record in enumerate(records(home.target, stack)):
            changed = (moment + timedelta(days=number + day)).timestamp()
            os.utime(record / JOURNAL, (changed, changed))
    status = json.loads(home.run("status", "--json")[1])
    days = [(moment + timedelta(days=day)).isoformat() for day in (1, 0, 5)]
    assert [*status["changes_back"], *status["changes_forward"]] == days
    assert (status["steps_back"], status["steps_forward"]) == (2, 1)
    text = home.run("status")[1]
    assert (
        "go back 2 states\n    1  to before the change of 2026-03-05 05:06\n    2  to before the change of 2026-03-04"
        in text
    )
    assert "go ahead 1 state\n    1  to before you went back on 2026-03-09 05:06\n" in text


def test_going_back_twice_goes_back_two_states_and_forward_comes_again(home: Home) -> None:
    trees = [read_tree(home.folder)]
    assert home.steps == (3, 0)
    for body, steps in (("Second.", (2, 1)), ("First.", (1, 2))):
        code, out, _ = home.run("rollback", "--yes")
        assert (code, home.body, home.steps) == (0, body, steps)
        assert out.splitlines()[0] == f"went back 1 state in {home.target}:"
        assert out.endswith("`acolytes forward` undoes this\n")
    for body, steps in (("Second.", (2, 1)), ("Third.", (3, 0))):
        assert home.run("forward", "--yes")[0] == 0
        assert (home.body, home.steps) == (body, steps)
    files = {path: content for path, content in read_tree(home.folder).items() if "/snapshots/" not in path}
    assert files == {path: content for path, content in trees[0].items() if "/snapshots/" not in path}
    assert home.run("rollback", "2", "--yes")[0] == 0
    assert (home.body, home.steps) == ("First.", (1, 2))
    assert home.run("forward", "2", "--yes")[0] == 0
    assert (home.body, home.steps) == ("Third.", (3, 0))


def test_back_and_ahead_again_and_again(home: Home) -> None:
    for _ in range(3):
        assert home.run("rollback", "--yes")[0] == 0
        assert home.run("forward", "--yes")[0] == 0
    assert (home.body, home.steps) == ("Third.", (3, 0))


def test_a_dry_run_speaks_in_the_conditional_and_changes_nothing(home: Home) -> None:
    home.run("rollback", "--yes")
    before = read_tree(home.folder)
    code, out, _ = home.run("rollback", "--dry-run")
    assert (code, out.splitlines()) == (
        0,
        [
            f"would go back 1 state in {home.target}:",
            "  would restore agents/one.md",
            "nothing was changed",
        ],
    )
    assert home.run("forward", "--dry-run")[1].startswith(f"would go ahead 1 state in {home.target}:\n  would restore ")
    assert json.loads(home.run("rollback", "--dry-run", "--json")[1])["dry_run"] is True
    assert read_tree(home.folder) == before


def test_a_new_change_drops_the_states_ahead_and_says_so(home: Home) -> None:
    home.run("rollback", "2", "--yes")
    note = "  dropped      2 states that `acolytes forward` could go to\n"
    assert note in home.update("Fourth.")
    assert (home.body, home.steps) == ("Fourth.", (2, 0))
    assert not (home.target / "acolytes/forward").exists()
    code, out, err = home.run("forward", "--yes")
    assert (code, out) == (3, "")
    assert err == f"acolytes: cannot go ahead 1 state in {home.target}: there is no later state\n"
    home.run("rollback", "--yes")
    assert home.body == "First."


def test_what_changes_only_our_records_is_no_state(home: Home) -> None:
    home.agent.write_text(home.agent.read_text().replace("blue", "red"))
    home.update("Third.", "cyan")
    home.update("Fourth.", "cyan")
    assert home.steps == (4, 0), "nothing was written for the first of these: there was only a conflict"
    assert home.run("resolve", "one", "--mine")[0] == 0
    assert home.steps == (4, 0)
    assert home.run("rollback", "--yes")[0] == 0
    assert (home.body, home.steps) == ("Third.", (3, 1))
    assert json.loads(home.run("status", "--json")[1])["conflicts"] == ["agents/one.md"]
    assert home.run("forward", "--yes")[0] == 0
    assert (home.body, home.steps) == ("Fourth.", (4, 0))
    assert json.loads(home.run("status", "--json")[1])["conflicts"] == [], "what was settled after it is settled again"
    code, out, _ = home.run("rollback", "2", "--yes")
    assert code == 0
    assert "  restored with your change: agents/one.md\n" in out
    assert (home.body, home.steps) == ("Third.", (2, 2))


def test_what_the_user_changed_since_stays_both_ways(home: Home) -> None:
    home.agent.write_text("---\nname: mine\ndescription: Use when asked\n---\nmine\n")
    mine = home.agent.read_bytes()
    assert home.run("rollback", "--dry-run")[1].splitlines()[1] == "  would stay, because you changed it: agents/one.md"
    assert "  kept, because you changed it: agents/one.md\n" in home.run("rollback", "--yes")[1]
    assert home.run("forward", "--yes")[0] == 0
    assert home.agent.read_bytes() == mine


def test_what_the_user_edited_or_deleted_is_named_once_with_what_happened(home: Home) -> None:
    others = {
        f"agents/{name}.md": AGENT.replace("one", name).format(body="Same.", color="blue") for name in ("two", "six")
    }
    build_tree(home.folder / "templates", others)
    home.update("Fourth.")
    home.agent.write_text(home.agent.read_text() + "\nMine.\n")
    (home.target / "agents/two.md").unlink()
    home.update("Fifth.")
    (home.target / "agents/six.md").unlink()
    out = home.run("rollback", "2", "--dry-run")[1]
    assert "  would be restored with your change: agents/one.md\n" in out
    assert "two.md" not in out
    assert "six.md" not in out
    out = home.run("rollback", "2", "--yes")[1]
    assert "  restored with your change: agents/one.md\n" in out
    assert "agents/one.md" not in out.replace("change: agents/one.md", "")
    assert "two.md" not in out
    assert "six.md" not in out
    assert out.endswith("`acolytes forward 2` undoes this\n")
    assert "Mine." in home.agent.read_text()


def test_a_file_that_the_user_deleted_stays_deleted(home: Home) -> None:
    home.agent.unlink()
    line = "stay deleted, because you deleted it: agents/one.md"
    assert home.run("rollback", "--dry-run")[1].splitlines()[1] == f"  would {line}"
    assert home.run("rollback", "--yes")[1].splitlines()[1] == f"  {line.replace('stay', 'stays', 1)}"
    out = home.run("uninstall", "--dry-run")[1]
    assert "agents/one.md" not in out


def test_in_settings_that_the_client_wrote_to_only_our_entries_go_back(home: Home) -> None:
    """The client writes into the file often, and adds nothing to ours."""
    settings = home.target / "settings.json"
    assert home.run("install", "--yes", "--templates", "", "--data", "hooks=false")[0] == 0
    assert not settings.exists()
    settings.write_text('{\n  "model": "opus"\n}\n')
    assert home.run("install", "--yes", "--data", "hooks=true")[0] == 0
    with_hooks = settings.read_text()
    settings.write_text(with_hooks.replace('"opus"', '"sonnet"'))
    assert home.run("rollback", "--yes")[0] == 0
    assert settings.read_text() == '{\n  "model": "sonnet"\n}\n'
    assert home.run("forward", "--yes")[0] == 0
    assert settings.read_text() == with_hooks.replace('"opus"', '"sonnet"')
    settings.write_text(with_hooks)
    assert home.run("uninstall", "--yes")[0] == 0
    assert settings.read_text() == '{\n  "model": "opus"\n}\n'


def test_over_the_first_installation_nothing_is_left(home: Home) -> None:
    assert home.run("rollback", "3", "--yes")[0] == 0
    assert not home.target.exists()
    assert home.run("forward", "--yes")[0] == 3


def test_a_damaged_copy_is_not_restored(home: Home) -> None:
    copy = next(path for path in (home.target / "acolytes/snapshots/0003").iterdir() if b"Second." in path.read_bytes())
    copy.write_text("damaged")
    before = read_tree(home.folder)
    code, out, err = home.run("rollback", "--yes")
    assert (code, out) == (3, "")
    assert err == f"acolytes: {copy} is damaged: remove its folder, and go over fewer states\n"
    assert read_tree(home.folder) == before
