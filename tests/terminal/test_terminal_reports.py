"""Reports on a real terminal: they fit its width, a plan leaves room for its question, and colours add no meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.show import fitted, shortened_path
from support import build_tree
from terminal_user import Terminal, screen

COLOUR = re.compile(r"\x1b\[[\d;]*m")
AGENT = "---\nname: {name}\ndescription: Does it. Use when {name} is named in a text.\n---\n\nYou do.\n"
NAMES = [f"department.team-{number // 10}.specialist-for-a-topic-{number:02}" for number in range(60)]


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    agents = {f"agents/{name}.md": AGENT.format(name=name) for name in NAMES}
    return build_tree(tmp_path / "templates", {"copier.yml": "_exclude: [copier.yml]\n", **agents})


@pytest.mark.parametrize("columns", [60, 80])
def test_sixty_agents_fit_on_a_screen_above_the_question(columns: int, templates: Path, scratch_home: Path) -> None:
    with Terminal("install", "--templates", str(templates), "--only", "*", columns=columns) as terminal:
        plan = screen(terminal.sees("[Y/n]: "))
        assert len(plan) <= 24
        assert max(map(len, plan[:-1])) < columns
        assert "more; --dry-run lists all" in "".join(plan)
        assert [line for line in plan if re.fullmatch(r"  add +\d+ quest scripts", line)]
        terminal.types("y")
        assert terminal.ends() == 0
    with Terminal("rollback", columns=columns) as terminal:
        plan = screen(terminal.sees("[Y/n]: "))
        assert len(plan) <= 24
        assert max(map(len, plan[:-1])) < columns


def test_a_pipe_gets_whole_lines(templates: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--templates", str(templates), "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if "agents/" in line] == [f"agents/{name}.md" for name in NAMES]


def test_a_diff_shows_its_signs_on_each_line(templates: Path, scratch_home: Path) -> None:
    with Terminal("diff", "--templates", str(templates), columns=60, env={"TERM": "xterm", "NO_COLOR": ""}) as terminal:
        assert terminal.ends() == 0
    lines = screen(terminal.shown)
    added = [line for line in lines if line.startswith("\x1b[32m+")]
    assert len(added) > 60
    assert all(line.endswith("\x1b[0m") for line in added)
    plain = [COLOUR.sub("", line) for line in lines]
    assert "+    department.team-0.specialist-for-a-topic-00 is named" in plain
    of_agents = [line for line in plain if NAMES[-1] in line and not line.startswith(("+++", "---"))]
    assert len(of_agents) == 2
    assert max(map(len, of_agents)) < 60


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  add          12 hook scripts", ["  add          12 hook scripts"]),
        (
            "  conflict     agents/a-very-long-name-of-an-agent.md: you and the new version changed `tools`",
            ["  conflict     agents/a-…name-of-an-agent.md:", "               you and the new version", None],
        ),
        (
            "         fix  run `acolytes install --target /a/b/c` again, or do something else",
            ["         fix  run", "              `acolytes install --target /a/b/c`", None],
        ),
        (
            "         run  acolytes install --target " + 5 * "/abcdef",
            ["         run  acolytes install --target " + 5 * "/abcdef"],
        ),
        (
            "To remove everything: /srv/somebody/.local/share/acolytes/bin/acolytes uninstall",
            ["To remove everything:", "  /srv/somebody/.local/share/acolytes/bin/acolytes uninstall"],
        ),
    ],
    ids=["short", "path", "backticks", "row of a command", "command"],
)
def test_a_line_is_continued_below_its_text_and_a_command_stays_whole(line: str, shown: list[str | None]) -> None:
    (text,) = fitted([line], 46, colour=False)
    lines = text.splitlines()
    for number, wanted in enumerate(shown):
        assert wanted is None or lines[number] == wanted
    (coloured,) = fitted([line], 46, colour=True)
    assert COLOUR.sub("", coloured) == text


def test_a_path_loses_its_middle_only() -> None:
    path = "agents/department/team/specialist.md"
    assert shortened_path(path, len(path)) == path
    for width in range(8, len(path)):
        short = shortened_path(path, width)
        assert len(short) <= width
        start, end = short.split("…")
        assert path.startswith(start)
        assert path.endswith(end)
        assert start
