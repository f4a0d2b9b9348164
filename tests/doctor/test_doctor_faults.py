"""A healthy installation has no finding; each planted fault is found with a remedy, and nothing is changed."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from acolytes_cc.doctor.report import DoctorReport
from acolytes_cc.doctor.results import CheckFinding
from doctor_more_planted import MORE_FAULTS
from doctor_planted import AGENT, FAULTS, HOOKS, add_hook, setting
from doctor_support import QUEST_CREATE, Patient
from support import build_tree, read_tree

ALL_FAULTS = FAULTS | MORE_FAULTS

# Only a person can mend these: they need another program, an administrator, or a decision of the user.
NEEDS_A_PERSON = {
    "files of a newer version",
    "no client",
    "old client",
    "broken client",
    "hook without a command for an old client",
    "hooks forbidden by the administrator",
    "another hook rewrites Bash",
    "another hook's script rewrites Bash",
    "slow hook",
    "board of a newer version",
    "deleted definition",
    "changed definition",
    "foreign command on PATH",
    "settings with a trailing comma",
    "settings with a comment",
    "hook without a command",
    "hook of an unknown type",
    "flat hook",
    "event that is no list",
    "hooks switched off",
    "a rule switched off that does not exist",
    "hooks switched off by the project",
    "dead interpreter in a definition",
    "unresolved tool",
    "definition that does not load",
    "one of the user's own does not load",
    "plugin beside it",
    "two scopes",
    "project's agent of the same name",
    "second file of the same name",
    "two of the user's own of one name",
    "board that is no database",
    "foreign board",
    "upstream's hooks",
    "upstream's command",
    "open conflict",
    "folder of templates gone",
    "entry that an update left out",
    "skill with broken YAML",
    "a colleague's entry in the project",
    "settings that are a dead link",
    "settings that are no UTF-8",
    "settings that are a folder",
    "another `acolytes` first on PATH",
    "board that leads nowhere",
    "hooks disabled in the project's shared settings",
}


def test_a_healthy_installation_has_no_finding(patient: Patient) -> None:
    before = read_tree(patient.home), read_tree(patient.project)
    code, report = patient.report()
    assert (code, report["findings"], report["healthy"]) == (0, [], True)
    assert "11 run" in report["facts"]["hooks"]
    assert (read_tree(patient.home), read_tree(patient.project)) == before
    code, out, err = patient.doctor()
    assert (code, err) == (0, "")
    assert len(out.splitlines()) <= 8
    assert out.endswith("\nhealthy\n")


def test_a_healthy_installation_beside_the_users_own_has_no_finding(patient: Patient) -> None:
    add_hook("PreToolUse", {"type": "command", "command": "cat > /dev/null"}, "Bash")(patient)
    add_hook("Stop", {"type": "http", "url": "http://127.0.0.1:9"})(patient)
    setting("enabledPlugins", {"acolytes@shop": False, "other@shop": True})(patient)
    build_tree(patient.home, {".claude/agents/mine.md": AGENT.format("mine"), ".claude/hooks/stop.py": "# mine\n"})
    patient.quest(*QUEST_CREATE)
    code, report = patient.report()
    assert (code, report["findings"]) == (0, [])


def test_a_healthy_installation_in_a_trusted_project_has_no_finding(patient: Patient) -> None:
    patient.acolytes("uninstall", "--yes")
    patient.acolytes("install", "--scope", "project", "--yes")
    code, report = patient.report("--scope", "project")
    assert [finding["check"] for finding in report["findings"]] == ["trust"]
    assert code == 0
    trusted = {"projects": {str(patient.project): {"hasTrustDialogAccepted": True}}}
    build_tree(patient.home, {".claude.json": json.dumps(trusted)})
    code, report = patient.report("--scope", "project")
    assert (code, report["findings"]) == (0, [])
    assert "11 run" in report["facts"]["hooks"]


@pytest.mark.parametrize("fault", ALL_FAULTS)
def test_a_planted_fault_is_found_with_its_remedy_and_nothing_is_changed(
    fault: str, quick_patient: Patient, pytestconfig: pytest.Config
) -> None:
    patient = quick_patient
    plant, check, severity, word = ALL_FAULTS[fault]
    plant(patient)
    before = read_tree(patient.home), read_tree(patient.project)
    code, report = patient.report()
    found = [f for f in report["findings"] if (f["check"], f["severity"]) == (check, severity)]
    assert any(word in finding["message"] for finding in found), report["findings"]
    assert all(finding["fix"] for finding in report["findings"])
    if fault in NEEDS_A_PERSON:
        assert [finding["commands"] for finding in found] == [[]] * len(found)
    assert code == (1 if any(f["severity"] == "error" for f in report["findings"]) else 0)
    assert (read_tree(patient.home), read_tree(patient.project)) == before
    text = "\n".join(DoctorReport([CheckFinding(**finding) for finding in report["findings"]]).lines())
    if pytestconfig.getoption("--full"):
        code_of_text, out, _ = patient.doctor()
        assert code_of_text == code
        text = out
    assert f"{severity:<9}{check}: " in text
    assert "fix  " in text


def test_what_is_put_back_by_an_install_is_healthy_again(patient: Patient) -> None:
    shutil.rmtree(patient.home / HOOKS)
    shutil.rmtree(patient.data)
    patient.settings(lambda settings: settings.pop("hooks"))
    assert patient.doctor()[0] == 1
    patient.acolytes("install", "--yes", "--restore")
    assert patient.report()[1]["findings"] == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in ALL_FAULTS if fault not in NEEDS_A_PERSON])
def test_the_commands_of_a_finding_mend_it_and_keep_the_application(fault: str, quick_patient: Patient) -> None:
    patient = quick_patient
    plant, _check, severity, _word = ALL_FAULTS[fault]

    def is_wrong(finding: dict[str, str]) -> bool:
        return severity == "info" or finding["severity"] != "info"

    plant(patient)
    findings = patient.report()[1]["findings"]
    commands = [command for finding in findings if is_wrong(finding) for command in finding["commands"]]
    assert commands, findings
    for command in dict.fromkeys(commands):
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr, findings)
    code, report = patient.report()
    assert (code, [finding for finding in report["findings"] if is_wrong(finding)]) == (0, [])
    assert (patient.data / "bin/acolytes").exists()


@pytest.mark.parametrize("arguments", [["--scope", "moon"], ["--client", "/nowhere/claude"], ["--target", ""], ["x"]])
def test_a_wrong_call_is_one_line_and_exit_2(arguments: list[str], patient: Patient) -> None:
    code, out, err = patient.doctor(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
