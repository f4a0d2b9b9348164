"""create --plan: a quest with all turns of a plan, in one transaction; each mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from acolytes_quest.stores.engine import Board
from quest_desk import Desk
from quest_support import Cli, contents

SKILL = Path(__file__).resolve().parents[2] / "agent_templates/skills/prequest/SKILL.md.jinja"
HEAD = """# Quest: survive the sale

Mission: Plan for four times the load
Mode: parallel
Phases: 1 measure, 2 plan

| Turn | Phase | Agent | After | Review | Files | Task | Done when |
|---|---|---|---|---|---|---|---|
"""
ROWS = """| A | 1 | w1 | | | a.md | Measure the peak | every figure has a source |
| B | 2 | w2 | A | leader | b.md, src | Size the servers \\| disks | every figure has an id |
| C | 2 plan | w3 | A, B | w1 | c.md | Test it | rules are named |
"""
PLAN = HEAD + ROWS + "\nRisks: none.\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "plan.md").write_text(PLAN, "utf-8")
    return tmp_path / "plan.md"


def test_a_plan_becomes_a_quest_with_all_turns(each_board: Board, file: Path) -> None:
    desk = Desk(each_board)
    made = desk.do("create", "--plan", file, "--leader", "boss")
    assert (made["quest"], made["leader"], made["agents"], made["mode"]) == (
        1,
        "boss",
        ["w1", "w2", "w3"],
        "parallel",
    )
    assert [(row["turn"], row["name"], row["agent"], row["kind"], row["state"]) for row in made["turns"]] == [
        (1, "A", "w1", "work", "queued"),
        (2, "B", "w2", "work", "blocked"),
        (3, "C", "w3", "work", "blocked"),
        (4, "C", "w1", "review", "blocked"),
    ]
    status = desk.do("status", "--quest", 1)
    assert (status["mission"], status["phase"]) == ("Plan for four times the load", "1 measure")
    assert [(turn["after"], turn["reviewed"], turn["about"]) for turn in status["turns"]] == [
        ([], False, None),
        ([1], True, None),
        ([1, 2], True, None),
        ([3], False, 3),
    ]
    texts = [row["text"] for row in desk.do("conversation", "--quest", 1)["messages"]]
    assert texts[1] == (
        "Size the servers | disks\n"
        "Files: b.md, src (reserve them first: acolytes-quest reserve --quest 1 --paths 'b.md,src')\n"
        "Done when: every figure has an id\n"
        "Phase: 2 plan\n"
        "This is turn B of the plan."
    )
    assert texts[3] == "Review turn 3 (turn C of the plan): Test it\nAccept it when: rules are named"
    assert desk.do("check")["healthy"]


def test_the_turns_of_a_plan_run_in_their_order(each_board: Board, file: Path) -> None:
    desk = Desk(each_board)
    desk.do("create", "--plan", file)
    for agent, session in (("w1", "s1"), ("w2", "s2"), ("w3", "s3")):
        taken = desk.do("monitor", "--role", "worker", "--agent", agent, "--as", session, "--timeout", 0)
        desk.do("respond", "--quest", 1, "--msg", "Completed: x", "--as", session)
        if agent == "w2":
            desk.do("review", "--quest", 1, "--turn", taken["turn"], "--accept")
    review = desk.do("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    assert (review["kind"], review["about"]) == ("review", 3)


def test_a_plan_that_fails_on_the_way_leaves_nothing(
    each_board: Board, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise KeyError

    desk = Desk(each_board)
    desk.do("create", "--mission", "m", "--agents", "w1")
    monkeypatch.setattr("acolytes_quest.planning._review_text", fail)
    with pytest.raises(KeyError):
        desk.do("create", "--plan", file)
    assert [quest["quest"] for quest in desk.do("list")["quests"]] == [1]
    assert desk.do("ready")["ready"] == []


def changed(old: str, new: str) -> str:
    assert PLAN.count(old) == 1, old
    return PLAN.replace(old, new)


MISTAKES = (
    ("no table", "# Quest\n\nMission: m\n", "4:1: there is no table: its first line is | Turn | Phase |"),
    ("no mission", changed("Mission: Plan for four times the load\n", ""), "1:1: Mission: is missing"),
    ("empty mission", changed("Plan for four times the load", ""), "3:1: Mission: the text is empty"),
    ("two missions", changed("Mode: parallel", "Mission: again"), "4:1: Mission: is given twice"),
    ("another field", changed("Mode: parallel", "Modes: parallel"), "4:1: there is no field Modes; did you mean Mode?"),
    ("another mode", changed("Mode: parallel", "Mode: both"), '4:1: Mode: "both" is not parallel or single'),
    ("another column", changed("| Agent |", "| Who |"), "7:18: the columns of the table must be Turn, Phase, Agent"),
    ("no rule", changed("|---|---|---|---|---|---|---|---|\n", ""), "8:1: below the names of the columns"),
    ("no rows", HEAD, "7:3: the table has no turns"),
    ("few cells", changed("| Test it ", ""), "11:1: this row has 7 cells and not 8"),
    ("many cells", changed("Test it", "Test | it"), "11:1: this row has 9 cells and not 8; write \\| for a |"),
    ("no name", changed("| A | 1", "| | 1"), "9:2: Turn: use 1 to 20 letters"),
    ("a name twice", changed("| B | 2", "| A | 2"), "10:3: Turn: there is a turn A above"),
    ("another phase", changed("| B | 2", "| B | 3"), '10:7: Phase: "3" is not in the line Phases (1 measure, 2 plan)'),
    ("no phase", changed("| B | 2", "| B | "), '10:6: Phase: "" is not in the line Phases'),
    ("no agent", changed("| w2 |", "| |"), "10:10: Agent: '' is not an agent name"),
    ("a wrong agent", changed("| w2 |", "| w 2 |"), "10:11: Agent: 'w 2' is not an agent name"),
    ("the leader", changed("| w2 |", "| leader |"), "10:11: Agent: leader leads the quest"),
    ("like the leader", changed("| w2 |", "| Leader |"), "10:11: Agent: Leader differs from leader only in case"),
    ("like the word", changed("| A | leader |", "| A | Leader |"), "10:20: Review: Leader differs from leader only in"),
    ("like another", changed("| A, B | w1 |", "| A, B | W1 |"), "11:28: Review: W1 differs from w1 only in case"),
    ("a later turn", changed("| w2 | A |", "| w2 | C |"), '10:16: After: "C" is not a turn of a row above (A)'),
    ("itself", changed("| w2 | A |", "| w2 | B |"), '10:16: After: "B" is not a turn of a row above (A)'),
    ("reviews itself", changed("| A, B | w1 |", "| A, B | w3 |"), "11:28: Review: w3 has the turn itself"),
    ("a file elsewhere", changed("a.md", "../a.md"), "9:20: Files '../a.md': name files inside the project"),
    ("no task", changed("Measure the peak", ""), "9:26: Task: the text is empty"),
    ("no end", changed("rules are named", ""), "11:49: Done when: the text is empty"),
    (
        "one file at once",
        changed("| A, B | w1 | c.md |", "| A | w1 | src/x |"),
        '11:30: Files: turns B and C may run at the same time, and both write to "src/x"; put B into After of C',
    ),
)


@pytest.mark.parametrize(("text", "line"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_names_its_line_and_column(cli: Cli, project: Path, text: str, line: str) -> None:
    (project / "plan.md").write_text(text, "utf-8")
    for more in ((), ("--dry-run",)):
        assert cli.refused("create", "--plan", "plan.md", *more).startswith(f"acolytes-quest: plan.md:{line}")
    assert not (project / ".claude").exists()


def test_a_dry_run_changes_nothing(cli: Cli, project: Path) -> None:
    (project / "plan.md").write_text(PLAN, "utf-8")
    assert cli.ok("create", "--plan", "plan.md", "--dry-run") == (
        "the plan is right: 3 turns for w1, w2, w3\n"
        'A for w1: "Measure the peak"\n'
        'B for w2 after A, reviewed by the leader: "Size the servers | disks"\n'
        'C for w3 after A, B, reviewed by w1: "Test it"\n'
    )
    assert not (project / ".claude").exists()
    assert cli.data("create", "--plan", "plan.md", "--dry-run")["quest"] is None
    assert cli.ok("create", "--plan", "plan.md").splitlines() == [
        "1",
        "turn 1 (A) for w1 is queued",
        "turn 2 (B) for w2 is blocked",
        "turn 3 (C) for w3 is blocked",
        "turn 4 (review of C) for w1 is blocked",
    ]
    before = contents(project)
    cli.ok("create", "--plan", "plan.md", "--dry-run")
    assert contents(project) == before


def test_a_file_may_have_several_writers_one_after_the_other(cli: Cli, project: Path) -> None:
    (project / "plan.md").write_text(changed("| c.md |", "| src/x |"), "utf-8")  # C comes after A and B
    cli.ok("create", "--plan", "plan.md", "--dry-run")
    text = changed("| A, B | w1 | c.md |", "| A | w1 | src/x |").replace("Mode: parallel", "Mode: single")
    (project / "plan.md").write_text(text, "utf-8")
    cli.ok("create", "--plan", "plan.md", "--dry-run")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--plan", "plan.md", "--mission", "m"), "--mission is in the plan already"),
        (("--plan", "plan.md", "--agents", "w1"), "--agents is in the plan already"),
        (("--plan", "plan.md", "--mode", "single"), "--mode is in the plan already"),
        (("--plan", "plan.md", "--msg-file", "x"), "--msg-file is in the plan already"),
        (("--plan", "plan.md", "--review"), "--review is in the plan already"),
        (("--plan", "missing.md"), "--plan missing.md: No such file"),
        (("--mission", "m", "--agents", "w1", "--dry-run"), "--dry-run checks a plan"),
        (("--mission", "m"), "a quest needs --mission and --agents, or --plan"),
        ((), "a quest needs --mission and --agents, or --plan"),
    ],
)
def test_what_does_not_go_with_a_plan_is_refused(cli: Cli, project: Path, words: tuple[str, ...], line: str) -> None:
    (project / "plan.md").write_text(PLAN, "utf-8")
    assert line in cli.refused("create", *words)
    assert not (project / ".claude").exists()


def test_the_plan_of_the_skill_can_be_run(cli: Cli, project: Path) -> None:
    example = SKILL.read_text("utf-8").partition("```markdown\n")[2].partition("```")[0]
    assert "| Turn |" in example
    (project / "plan.md").write_text(example, "utf-8")
    made = cli.data("create", "--plan", "plan.md")
    assert [row["name"] for row in made["turns"]][:2] == ["A", "B"]
