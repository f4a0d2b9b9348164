"""What install, update and diff report: as JSON for programs, and in lines that a person reads in ten seconds."""

from __future__ import annotations

import shlex
import subprocess
from typing import Any, NamedTuple

from acolytes_cc import __version__
from acolytes_cc.install.answers.questions import TEMPLATES, Answers
from acolytes_cc.install.application.launchers import COMMANDS, launchers_folder, other_program, path_setting
from acolytes_cc.install.application.versions import application_json, application_lines, is_newer
from acolytes_cc.install.disk.places import DEFINITIONS, IGNORE, Places, location_arguments
from acolytes_cc.install.disk.shared import SHARED
from acolytes_cc.install.options import agent_name
from acolytes_cc.install.planning.files import InstallPlan, PlannedFile
from acolytes_cc.install.report_lines import COUNTED, counted_thing, dropped_states
from acolytes_cc.install.settings.hooks import has_hooks

# files that were changed or deleted by the user: each gets a line of its own
_EDITED_ACTIONS = ("merge", "keep-user", "keep-deleted", "conflict")
_MOST_FINDINGS = 5


class InstallReport(NamedTuple):
    """The result of an install or update."""

    plan: InstallPlan
    answers: Answers
    findings: list[str]
    dry_run: bool
    old_version: str | None
    """the version that was installed before; None where nothing was"""
    states_ahead: int = 0
    """how many states a rollback left ahead: a change drops them"""
    has_shared: bool = False
    """whether the part changed that is committed with the project"""

    @property
    def is_first(self) -> bool:
        """Whether nothing was installed before."""
        return self.old_version is None

    @property
    def from_version(self) -> str:
        """The version that was installed before, or this one where nothing was."""
        return self.old_version or __version__

    @property
    def is_downgrade(self) -> bool:
        """Whether the files are of a newer version than this application."""
        return is_newer(self.from_version, __version__)

    @property
    def question(self) -> str:
        """What the user is asked."""
        return f"{'Install into' if self.is_first else 'Update'} {self._places.target}{self._versions}?"

    @property
    def _versions(self) -> str:
        """Both versions in parentheses, when they differ."""
        return "" if self.from_version == __version__ else f" ({self.from_version} -> {__version__})"

    @property
    def _places(self) -> Places:
        return self.plan.places

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        dropped = self.states_ahead if self.plan.has_changes else 0
        return {
            **_plan_json(self.plan),
            "findings": self.findings,
            "dry_run": self.dry_run,
            "dropped_states": dropped,
            "from_version": self.old_version,
            "version": __version__,
            "application": application_json(self._places),
        }

    def lines(self, *, plan_was_shown: bool) -> list[str]:
        """The report for a person; a plan that was shown before is not repeated."""
        plan = [] if plan_was_shown else self.plan_lines()
        target = self._places.target
        if self.dry_run:
            verb = "install into" if self.is_first else "downgrade" if self.is_downgrade else "update"
            return [f"would {verb} {target}{self._versions}:", *plan, *self._finding_lines(), "nothing was written"]
        if self.is_first:
            head = f"installed {__version__} into {target}{':' if plan else ''}"
        elif self.plan.has_changes or self._versions:
            verb = "downgraded" if self.is_downgrade else "updated"
            head = f"{verb} {target}{self._versions}{':' if plan else ''}"
        else:
            head = f"already installed in {target}{'' if self.has_shared else ', and nothing changed'}:"
        origin = [] if self.is_first else application_lines(self._places)
        return [head, *plan, *self._finding_lines(), *self._notes(), *origin, "", *self._next_steps()]

    def plan_lines(self) -> list[str]:
        """The counted files, and one line for each agent that changes, and for each file that the user edited."""
        rows: dict[str, list[str]] = {}
        counted: dict[tuple[str, str], set[str]] = {}
        for file in self.plan.files:
            name = COUNTED.get(file.path.split("/")[0])
            if file.action == "unchanged" or file.path == IGNORE:
                continue
            if name and file.action not in _EDITED_ACTIONS:
                counted.setdefault((file.action, name), set()).add(counted_thing(file.path))
            else:
                rows.setdefault(file.action, []).append(_plan_line(file.action, file.path, file.reason))
        settings = self.plan.settings
        counts = {key: len(things) for key, things in counted.items()}
        lines = [f"  {action:<12} {count} {name}{'s' * (count > 1)}" for (action, name), count in counts.items()]
        unchanged = [file.action for file in self.plan.files].count("unchanged") + (settings.action == "unchanged")
        lines += [f"  unchanged    {unchanged} files"] if unchanged else []
        if settings.action != "unchanged":
            lines.append(_plan_line(settings.action, settings.path.name, "entries of our hooks"))
        lines += [line for of_action in rows.values() for line in of_action]
        return lines + ([dropped_states(self.states_ahead)] if self.states_ahead and self.plan.has_changes else [])

    def answer_lines(self) -> list[str]:
        """The answers, as a reminder above the question whether to go on."""
        shown = [f"{key} {_said(value)}" for key, value in self.answers.items() if key != TEMPLATES]
        return [f"  {'answers':<12} {'; '.join(shown)}"] if shown else []

    def _finding_lines(self) -> list[str]:
        """Errors in definitions that are not our own; in ours they stop the install."""
        rest = len(self.findings) - _MOST_FINDINGS
        more = [f"  and {rest} more: run acolytes lint to see them"] if rest > 0 else []
        return [f"  finding      {finding}" for finding in self.findings[:_MOST_FINDINGS]] + more

    def _notes(self) -> list[str]:
        notes = []
        actions = {file.action for file in self.plan.files}
        if any(file.clashes for file in self.plan.files):
            call = f"acolytes resolve{location_arguments(self._places)}"
            notes.append("In a conflict, your text stays. Everything else of the new version is installed.")
            notes.append(f"To see the conflicts and settle them: {call}")
        if "keep-deleted" in actions:
            call = f"acolytes update{location_arguments(self._places)} --restore"
            notes.append(f"Agents and skills that you deleted stay deleted. To install them again: {call}")
        if left_out := self.plan.settings.left_out:
            call = f"acolytes update{location_arguments(self._places)} --restore"
            events = ", ".join(left_out)
            notes.append(f"Hooks in your settings that you removed or changed stay so: {events}. To add ours: {call}")
        if self.has_shared and not (self.is_first or self.plan.has_changes):
            notes.append(f"{SHARED} now has what the next update needs to merge your edits: commit both together.")
        if _has_exposed_settings(self._places):
            name = self._places.settings.name
            notes.append(f"Git does not ignore {name}, which has paths of this machine. Add it to .gitignore.")
        return notes

    def _next_steps(self) -> list[str]:
        command = shlex.quote(str(launchers_folder() / "acolytes"))
        path = path_setting()
        shell = f"In your own shell: {path}"
        if not has_hooks(self.answers):
            shell = f"Hooks are off, so the client asks before each of our commands. It needs them on PATH: {path}"
        if not self.is_first:
            usage = ["Start a new session of `claude` to use what changed."] if self.plan.has_changes else []
            return usage if has_hooks(self.answers) else [*usage, shell]
        from acolytes_cc.agent_declarations import declared_agents

        agents = [agent_name(file.path) for file in self.plan.files if file.path.startswith("agents/")]
        examples = [f"  @agent-{agent.name} {agent.example}" for agent in declared_agents() if agent.name in agents]
        return [
            "Start a new session of `claude` in your project and type, for example:",
            *(examples or [f"  @agent-{name} ..." for name in agents[:1]]),
            shell,
            *self._for_the_others(),
            *_other_programs(),
            f"To remove everything: {command} uninstall{location_arguments(self._places)}",
        ]

    def _for_the_others(self) -> list[str]:
        """What makes new definitions of a project those of everybody who works in it."""
        is_new = any(file.action == "add" and file.path.startswith(DEFINITIONS) for file in self.plan.files)
        if self._places.scope != "project" or not is_new:
            return []
        call = "acolytes install --scope project"
        return [
            f"For everybody else in this project: commit {self._places.target.name}. Each of them runs once: {call}"
        ]


def _other_programs() -> list[str]:
    """A warning where PATH leads to programs of other projects."""
    programs = [program for program in map(other_program, COMMANDS) if program]
    if not programs:
        return []
    call = f"{shlex.quote(str(launchers_folder() / 'acolytes'))} doctor"
    return [f"Other programs have the names of our commands: {', '.join(programs)}. To see what to do: {call}"]


class DiffReport(NamedTuple):
    """What an install or update would change."""

    plan: InstallPlan

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        return {**_plan_json(self.plan), "diff": self._diff()}

    def lines(self) -> list[str]:
        """The difference for a person, if there is one between texts."""
        what = "only programs" if self.plan.has_changes else "nothing"
        return self._diff() or [f"{what} would change in {self.plan.places.target}"]

    @property
    def has_texts(self) -> bool:
        """Whether texts would change, not only programs."""
        return bool(self._diff())

    def _diff(self) -> list[str]:
        from acolytes_cc.install.updating.diff import diff_lines

        return list(diff_lines(self.plan))


def _plan_json(plan: InstallPlan) -> dict[str, Any]:
    return {
        "scope": plan.places.scope,
        "target": str(plan.places.target),
        "files": [
            *(_file_json(file) for file in plan.files),
            {"path": plan.settings.path.name, "action": plan.settings.action},
        ],
        "changed": plan.has_changes,
    }


def _file_json(file: PlannedFile) -> dict[str, str]:
    reason = {"reason": file.reason} if file.reason else {}
    return {"path": file.path, "action": file.action, **reason}


def _said(answer: Any) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return ", ".join(map(str, answer)) or "none" if isinstance(answer, list) else str(answer)


def _plan_line(action: str, path: str, reason: str) -> str:
    return f"  {action:<12} {path}{reason and f': {reason}'}"


def _has_exposed_settings(places: Places) -> bool:
    """Whether git would take the settings file of a project, which has paths of this machine."""
    if places.scope != "project" or not places.settings.exists():
        return False
    command = ["git", "-C", str(places.target), "check-ignore", "-q", str(places.settings)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 1
