"""Every `run` line of the doctor, in order, twice: what the user wrote is still there, and what was decided stays."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess

import pytest

from doctor_more_planted import MORE_FAULTS
from doctor_planted import AGENT, FAULTS, OPS, SETTINGS
from doctor_support import Patient
from support import build_tree, read_tree

ALL_FAULTS = FAULTS | MORE_FAULTS
USUAL = (
    ("unresolved tool", "hook with a syntax error", "quest code that does not parse"),
    ("settings with a comment", "hooks switched off by the project"),
)
EDITED, DELETED = ".claude/agents/coordinator.performance.md", ".claude/skills/quest/SKILL.md"
RULES = {"deny": ["Read(.env)"]}
# without a manifest, an edited file of ours must give way, and nothing says what was deleted
WITHOUT_A_MANIFEST = {"no installation", "damaged manifest", "state folder gone", "configuration folder elsewhere"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "faults" in metafunc.fixturenames:
        combinations = list(USUAL)
        if metafunc.config.getoption("--full"):
            choose = random.Random(1)
            combinations += [(fault,) for fault in ALL_FAULTS]
            combinations += [tuple(choose.sample(sorted(ALL_FAULTS), 3)) for _ in range(40)]
        metafunc.parametrize("faults", combinations, ids=" and ".join)


def contents(patient: Patient) -> dict[str, bytes]:
    """What is in each file, and where each link leads; only the user's, not the application's own."""
    tree = read_tree(patient.project.parent)
    records = (
        "home/.claude/acolytes/manifest.json",
        "home/.claude/acolytes/journal.json",
        "home/.local/",
        "home/.cache/",
    )
    return {
        path: content
        for path, (_, content) in tree.items()
        if content and not path.startswith(records) and not path.endswith(".acolytes-new") and ".git/" not in path
    }


def every_run_line(patient: Patient) -> str:
    lines = patient.doctor()[1].splitlines()
    return "\n".join(line.split("run", 1)[1].strip() for line in lines if line.startswith("         run  "))


def what_is_wrong(patient: Patient) -> set[tuple[str, str]]:
    """Each check with a finding, and its severity; not that hooks are slow, which a busy machine causes."""
    found = {(finding["check"], finding["severity"]) for finding in patient.report()[1]["findings"]}
    return found - {("hooks", "warning")}


def without_snapshots(tree: dict[str, bytes]) -> dict[str, bytes]:
    """What changes only our records makes a snapshot, but no state to go back to."""
    return {path: content for path, content in tree.items() if "/acolytes/snapshots/" not in path}


def run_and_read(patient: Patient, commands: str) -> dict[str, bytes]:
    subprocess.run(["sh", "-c", commands], cwd=patient.project, capture_output=True, check=False)
    return contents(patient)


def test_no_run_line_loses_what_the_user_wrote_or_decided(faults: tuple[str, ...], quick_patient: Patient) -> None:
    patient = quick_patient
    healthy = set(contents(patient).values())
    patient.settings(lambda settings: settings.update(permissions=RULES))
    (patient.home / DELETED).unlink()
    for path in (EDITED, OPS):
        patient.edit(path, lambda text: text + "\nMY OWN RULE\n")
    aside = {f"{path}.moved": f"mine, from before: {path}" for path in (EDITED, OPS, SETTINGS)}
    build_tree(patient.home, {**aside, ".claude/agents/own.md": AGENT.format("own")})
    for fault in faults:
        with contextlib.suppress(AssertionError, OSError, ValueError, KeyError):  # an earlier fault broke it, too
            ALL_FAULTS[fault][0](patient)
    before = contents(patient)
    commands = every_run_line(patient)
    once, after = [run_and_read(patient, commands) for _ in range(2)]
    assert without_snapshots(once) == without_snapshots(after), commands
    lost = {path for path, content in before.items() if content not in healthy and content not in after.values()}
    assert not lost, commands
    if not WITHOUT_A_MANIFEST.intersection(faults):
        assert after.get(f"home/{EDITED}") == before.get(f"home/{EDITED}"), commands
        assert (f"home/{DELETED}" in after) == (f"home/{DELETED}" in before), commands
    settings = before.get(f"home/{SETTINGS}", b"")
    try:
        rules = json.loads(settings).get("permissions")
    except (ValueError, AttributeError):
        assert not settings or after[f"home/{SETTINGS}"] == settings, commands
    else:
        assert json.loads(after[f"home/{SETTINGS}"]).get("permissions") == rules, commands


def test_what_stands_in_the_way_of_an_installation_is_named_alone_and_moved(quick_patient: Patient) -> None:
    patient = quick_patient
    patient.edit(EDITED, lambda text: text + "\nMY OWN RULE\n")
    ALL_FAULTS["state folder gone"][0](patient)
    assert what_is_wrong(patient) == {("installation", "error")}
    run_and_read(patient, every_run_line(patient))
    assert what_is_wrong(patient) == set()
    assert (patient.home / f"{EDITED}.moved").read_text().endswith("\nMY OWN RULE\n")


def test_a_command_that_has_nothing_more_to_do_is_not_printed_again(quick_patient: Patient) -> None:
    for path in ("agents/ops.performance.md", "acolytes/hooks/pre_tool_use.py", "acolytes/hooks/post_tool_use.py"):
        (quick_patient.config / path).write_text("")
    lines = every_run_line(quick_patient).splitlines()
    assert [".moved" in line for line in lines] == [True, False] * 3
    assert len({line for line in lines if ".moved" in line}) == 3


def test_a_module_that_is_not_the_cause_stays(quick_patient: Patient) -> None:
    patient = quick_patient
    patient.edit(EDITED, lambda text: text + "\nMY OWN RULE\n")
    patient.edit(".claude/acolytes/hooks/stop.py", lambda text: text + "\n# mine\n")
    for path in ("acolytes/hooks/pre_tool_use.py", "scripts/acolytes_quest/__init__.py"):
        (patient.config / path).write_text("(")
    run_and_read(patient, every_run_line(patient))
    assert what_is_wrong(patient) == {("files", "info")}
    assert (patient.config / "acolytes/hooks/stop.py").read_text().endswith("\n# mine\n")
    assert (patient.home / EDITED).read_text().endswith("\nMY OWN RULE\n")


def test_nothing_is_run_that_an_older_application_would_refuse(quick_patient: Patient) -> None:
    (quick_patient.home / OPS).write_text("")
    (quick_patient.config / "acolytes/hooks/stop.py").unlink()
    ALL_FAULTS["files of a newer version"][0](quick_patient)
    assert every_run_line(quick_patient) == ""
