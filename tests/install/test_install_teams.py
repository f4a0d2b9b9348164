"""A project's definitions are committed: any colleague can update them, and the doctor sees what does not fit."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from acolytes_cc import __version__
from acolytes_cc.cli import main
from acolytes_cc.doctor.checks import run_checks
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding
from acolytes_cc.install.disk.places import find_places
from acolytes_cc.install.disk.shared import SHARED
from install_versions import VERSIONED
from support import build_tree

TEMPLATE = "---\nname: mine\ndescription: Use when I say so\ncolor: {color}\n---\n\n# Work\n\n{text}\n\nEnd.\n"
AGENT = ".claude/agents/mine.md"


class Team:
    """Two people, each with a home and a clone; templates in the project stand for two versions of ours."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.patch, self.capsys = folder, monkeypatch, capsys
        self.first, self.second = folder / "ann/shop", folder / "bob/deep/work"
        monkeypatch.setenv(
            "GIT_CONFIG_GLOBAL", str(build_tree(folder, {"gitconfig": "[user]\nname=a\nemail=a@b\n"}) / "gitconfig")
        )
        git(folder, "init", "-q", "--bare", "-b", "main", "server")
        git(folder, "clone", "-q", "server", str(self.first))
        build_tree(self.first, {".gitignore": ".claude/settings.local.json\n"})
        self.templates(self.first, color="blue", text="One.")
        self.be(self.first)
        self.acolytes("install", "--yes", "--templates", str(self.first / "templates"))
        self.push("install")
        git(folder, "clone", "-q", "server", str(self.second))

    def templates(self, clone: Path, **values: str) -> None:
        build_tree(clone, {"templates/agents/mine.md": TEMPLATE.format(**values)})

    def be(self, clone: Path) -> None:
        """Go on as the person of this clone."""
        home = clone.parent / "home"
        home.mkdir(exist_ok=True, parents=True)
        self.patch.setenv("HOME", str(home))
        self.patch.chdir(clone)

    def acolytes(self, verb: str, *arguments: str) -> str:
        self.capsys.readouterr()
        code = main([verb, "--scope", "project", *arguments])
        said = self.capsys.readouterr()
        assert code == 0, said.err
        return said.out + said.err

    def push(self, message: str) -> None:
        git(Path.cwd(), "add", "-A")
        git(Path.cwd(), "commit", "-q", "-m", message)
        git(Path.cwd(), "push", "-q", "origin", "HEAD:main")

    def pull(self) -> None:
        git(Path.cwd(), "pull", "-q", "origin", "main")

    def findings(self) -> list[CheckFinding]:
        results = run_checks(Inspection(find_places("project", None), Path.cwd()))
        found = [result for result in results if isinstance(result, CheckFinding)]
        return [finding for finding in found if finding.check not in ("trust", "client")]

    def be_version(self, version: str) -> None:
        for module in VERSIONED:
            self.patch.setattr(f"acolytes_cc.install.{module}.__version__", version)
        self.patch.setattr("acolytes_cc.__version__", version)
        self.patch.setattr("acolytes_cc.doctor.checks.files.__version__", version)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Team:
    return Team(tmp_path, monkeypatch, capsys)


def test_what_is_committed_has_no_path_of_a_machine(team: Team) -> None:
    committed = git(team.first, "ls-files", ".claude").split()
    assert sorted(committed) == [f".claude/{SHARED}", AGENT]
    shared = json.loads((team.first / ".claude" / SHARED).read_text())
    assert shared["version"] == __version__
    assert shared["answers"] == {"templates": "templates"}
    assert [*shared["files"]] == ["agents/mine.md"]
    for path in committed:
        assert str(team.folder) not in (team.first / path).read_text()


def test_a_colleague_gets_hooks_and_commands_and_changes_nothing_that_is_committed(team: Team) -> None:
    team.be(team.second)
    assert [finding.check for finding in team.findings()] == ["installation"]
    said = team.acolytes("install", "--yes")
    assert "keep-user" not in said
    assert git(team.second, "status", "--porcelain") == ""
    assert team.findings() == []


def test_any_colleague_can_update_and_the_first_one_gets_it_by_git(team: Team) -> None:
    team.be(team.second)
    team.acolytes("install", "--yes")
    team.templates(team.second, color="cyan", text="Two.")
    assert "update" in team.acolytes("update", "--yes")
    assert "color: cyan" in (team.second / AGENT).read_text()
    team.push("update")
    team.be(team.first)
    team.pull()
    assert team.findings() == []
    assert "keep-user" not in team.acolytes("update", "--yes")
    assert git(team.first, "status", "--porcelain") == ""
    team.templates(team.first, color="red", text="Three.")
    team.acolytes("update", "--yes")
    assert "Three." in (team.first / AGENT).read_text()


def test_a_colleague_without_our_records_merges_an_edit_from_the_history_of_git(team: Team) -> None:
    path = team.first / AGENT
    path.write_text(path.read_text().replace("End.", "The end."))
    team.push("an edit")
    team.be(team.second)
    team.pull()
    team.templates(team.second, color="cyan", text="One.")
    assert "merge" in team.acolytes("update", "--yes")
    text = (team.second / AGENT).read_text()
    assert "color: cyan" in text
    assert "The end." in text


def test_the_record_of_an_old_version_does_not_spoil_a_merge(team: Team) -> None:
    team.be(team.second)
    team.acolytes("install", "--yes")
    team.templates(team.second, color="cyan", text="Two.")
    team.acolytes("update", "--yes")
    team.push("update")
    team.be(team.first)
    team.pull()
    path = team.first / AGENT
    path.write_text(path.read_text().replace("End.", "The end."))
    team.templates(team.first, color="cyan", text="Three.")
    assert "merge" in team.acolytes("update", "--yes")
    assert "Three.\n\nThe end." in path.read_text()


def test_edits_are_merged_on_and_on_by_people_who_have_no_record_of_the_last_version(team: Team) -> None:
    """git has no version of the file without the edit: the text that was rendered is in the shared part."""
    path = team.first / AGENT
    path.write_text(path.read_text().replace("End.", "The end."))
    team.push("an edit")
    for number, (clone, color) in enumerate([(team.second, "cyan"), (team.first, "red"), (team.second, "green")]):
        team.be(clone)
        team.pull()
        team.templates(clone, color=color, text=f"Version {number}.")
        assert "merge" in team.acolytes("update", "--yes")
        text = (clone / AGENT).read_text()
        assert text == TEMPLATE.format(color=color, text=f"Version {number}.").replace("End.", "The end.")
        assert [finding for finding in team.findings() if finding.severity != "info"] == []
        team.push(color)
    shared = json.loads((team.second / ".claude" / SHARED).read_text())
    assert "\n".join(shared["texts"]["agents/mine.md"]) == TEMPLATE.format(color="green", text="Version 2.")
    team.be(team.first)
    team.pull()
    team.acolytes("install", "--yes")
    assert git(team.first, "status", "--porcelain") == ""


def test_a_text_that_nobody_has_any_more_makes_each_difference_a_conflict(team: Team) -> None:
    """An edit before the first commit: neither git nor the shared part ever had what was rendered."""
    path = team.first / AGENT
    path.write_text(path.read_text().replace("End.", "The end."))
    git(team.first, "add", "-A")
    git(team.first, "commit", "-q", "--amend", "-m", "install and edit")
    git(team.first, "push", "-q", "-f", "origin", "HEAD:main")
    team.be(team.second)
    git(team.second, "fetch", "-q")
    git(team.second, "reset", "-q", "--hard", "origin/main")
    git(team.second, "reflog", "expire", "--expire=now", "--all")
    team.templates(team.second, color="cyan", text="Two.")
    said = team.acolytes("install", "--yes")
    assert "the text of the last version is lost, so each difference is a conflict: color, 9, 11" in said
    mine = TEMPLATE.format(color="blue", text="One.").replace("End.", "The end.")
    assert (team.second / AGENT).read_text() == mine
    assert "acolytes resolve --scope project FILE" in team.acolytes("resolve")
    assert "resolve --scope project" in team.acolytes("status")
    team.acolytes("resolve", "mine", "--mine", "--part", "11")
    team.acolytes("resolve", "mine", "--theirs")
    expected = TEMPLATE.format(color="cyan", text="Two.").replace("End.", "The end.")
    assert (team.second / AGENT).read_text() == expected
    team.templates(team.second, color="red", text="Three.")
    assert "merge" in team.acolytes("update", "--yes")
    assert (team.second / AGENT).read_text() == expected.replace("cyan", "red").replace("Two.", "Three.")


@pytest.mark.parametrize("is_update", [False, True])
def test_an_edit_before_the_first_commit_of_a_version_can_be_merged_after_an_update(
    is_update: bool, team: Team
) -> None:
    """The author edits at once: no commit would have the text that was rendered."""
    if is_update:
        team.templates(team.first, color="blue", text="Once more.")
        team.acolytes("update", "--yes")
    else:
        git(team.first, "update-ref", "-d", "HEAD")
    (team.first / AGENT).write_text((team.first / AGENT).read_text().replace("End.", "The end."))
    hint = "before you commit what you edited, run: acolytes update --scope project; later updates can then merge it"
    assert hint in team.acolytes("status")
    said = team.acolytes("update", "--yes")
    assert "nothing changed" not in said
    assert f"{SHARED} now has what the next update needs to merge your edits: commit both together." in said
    assert hint not in team.acolytes("status")
    assert "and nothing changed:" in team.acolytes("update", "--yes")
    git(team.first, "add", "-A")
    git(team.first, "commit", "-q", "-m", "install and edit")
    git(team.first, "push", "-q", "-f", "origin", "HEAD:main")
    team.be(team.second)
    git(team.second, "fetch", "-q")
    git(team.second, "reset", "-q", "--hard", "origin/main")
    git(team.second, "reflog", "expire", "--expire=now", "--all")
    team.templates(team.second, color="cyan", text="Two.")
    assert "merge" in team.acolytes("install", "--yes")
    assert (team.second / AGENT).read_text() == TEMPLATE.format(color="cyan", text="Two.").replace("End.", "The end.")


def test_an_edit_of_what_was_committed_needs_nothing_more(team: Team) -> None:
    (team.first / AGENT).write_text((team.first / AGENT).read_text().replace("End.", "The end."))
    assert json.loads(team.acolytes("status", "--json"))["unshared"] == []
    assert "and nothing changed:" in team.acolytes("update", "--yes")
    assert git(team.first, "status", "--porcelain").split() == ["M", AGENT]


def test_a_record_that_is_lost_is_written_again(team: Team) -> None:
    path = team.first / AGENT
    path.write_text(path.read_text().replace("End.", "The end."))
    (team.first / ".claude/acolytes/baseline/agents/mine.md").unlink()
    found = [finding for finding in team.findings() if finding.check == "state"]
    assert "record of agents/mine.md" in found[0].message
    team.acolytes("install", "--yes")
    assert [finding for finding in team.findings() if finding.check == "state"] == []


def test_nobody_goes_back_over_what_came_by_git(team: Team, capsys: pytest.CaptureFixture[str]) -> None:
    """A half of it would go back: the files that the newer version did not change."""
    team.be(team.second)
    team.acolytes("install", "--yes")
    team.templates(team.second, color="cyan", text="Two.")
    team.acolytes("update", "--yes")
    team.push("update")
    team.be(team.first)
    team.pull()
    for options in ([], ["--yes"], ["--dry-run"]):
        assert main(["rollback", "--scope", "project", *options]) == 3
        said = capsys.readouterr().err
        assert f"because {SHARED} was changed since" in said
        assert said.count("\n") == 1
    assert git(team.first, "status", "--porcelain") == ""


def test_a_newer_application_says_that_it_changes_what_is_committed(team: Team) -> None:
    team.be(team.second)
    team.be_version("9.1.0")
    found = {finding.check: finding for finding in team.findings()}
    assert "it also brings the definitions to 9.1.0, which you then commit" in found["installation"].fix
    team.acolytes("install", "--yes")
    assert team.findings() == []
    team.push("9.1.0")
    team.be(team.first)
    team.pull()
    team.be_version(__version__)
    (found_here,) = [finding for finding in team.findings() if finding.check == "versions"]
    assert "acolytes update --scope project" in found_here.message
    assert f"go back to the files of {__version__}, for everybody in this project" in found_here.fix


def test_two_versions_of_the_application_are_named_and_the_older_one_does_not_go_back(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    team.be_version("9.1.0")
    team.acolytes("update", "--yes")
    team.push("9.1.0")
    team.be(team.second)
    team.pull()
    team.be_version(__version__)
    before = git(team.second, "rev-parse", "HEAD:.claude")
    found = [finding for finding in team.findings() if finding.check == "versions"]
    assert "9.1.0" in found[0].message
    assert main(["install", "--scope", "project", "--yes"]) == 2
    said = capsys.readouterr().err
    assert "9.1.0" in said
    assert said.count("\n") == 1
    assert git(team.second, "status", "--porcelain") == ""
    team.be_version("9.1.0")
    team.acolytes("install", "--yes")
    assert team.findings() == []
    assert git(team.second, "rev-parse", "HEAD:.claude") == before


def test_a_dead_interpreter_after_a_new_python_is_found_and_mended(team: Team) -> None:
    settings, manifest = (team.first / ".claude" / name for name in ("settings.local.json", "acolytes/manifest.json"))
    row = json.loads(manifest.read_text())
    interpreter = row["settings"]["entries"][0][1]["hooks"][0]["args"][2]
    scripts = Path(next(word for word in row["settings"]["entries"][0][1]["hooks"][0]["args"] if word.endswith(".py")))
    for path in (settings, manifest):
        text = path.read_text().replace(interpreter, "/opt/python3.1/bin/python3.1")
        path.write_text(text.replace(str(scripts.parent), "/opt/python3.1/site-packages/acolytes_cc/_data/hooks"))
    found = [finding for finding in team.findings() if finding.check == "programs"]
    assert {"python3.1" in finding.message for finding in found} == {True}
    for command in dict.fromkeys(command for finding in found for command in finding.commands):
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
    assert team.findings() == []


def test_a_colleagues_settings_that_were_committed_are_found_and_replaced(team: Team) -> None:
    settings = (team.first / ".claude/settings.local.json").read_text()
    team.be(team.second)
    foreign = settings.replace(str(team.first.parent), "/elsewhere").replace("python", "nopython")
    foreign = re.sub(r'"[^"]*/hooks/', '"/elsewhere/acolytes_cc/_data/hooks/', foreign)
    build_tree(team.second, {".claude/settings.local.json": foreign})
    team.acolytes("install", "--yes")
    found = [finding for finding in team.findings() if finding.check == "entries"]
    assert found
    for command in dict.fromkeys(command for finding in found for command in finding.commands):
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
    assert team.findings() == []
    assert "elsewhere" not in (team.second / ".claude/settings.local.json").read_text()


WHOLE = '{"format": "acolytes.shared/1", "version": "1", "answers": {}, "files": {"agents/a.md": "0"}, "texts": TEXTS}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": "acolytes.shared/2"}',
        '{"version": 1, "files": {}, "answers": {}}',
        "[" * 9999,
        *(WHOLE.replace("TEXTS", texts) for texts in ("[]", '{"agents/b.md": []}', '{"agents/a.md": 1}')),
    ],
)
def test_a_damaged_shared_part_is_one_line(text: str, team: Team, capsys: pytest.CaptureFixture[str]) -> None:
    (team.first / ".claude" / SHARED).write_text(text)
    assert main(["status", "--scope", "project"]) == 3
    said = capsys.readouterr().err
    assert SHARED in said
    assert said.count("\n") == 1


def test_a_shared_part_cannot_name_files_that_are_not_definitions(
    team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    path = team.first / ".claude" / SHARED
    row = json.loads(path.read_text())
    for name in ("../../precious", "agents/../../x", "/etc/x", "settings.json"):
        path.write_text(json.dumps(row | {"files": {name: "0" * 64}}))
        assert main(["uninstall", "--scope", "project", "--yes"]) == 3
    assert "damaged" in capsys.readouterr().err


def test_uninstalling_removes_the_shared_part_too(team: Team) -> None:
    team.acolytes("uninstall", "--yes")
    assert not (team.first / ".claude").exists()
