"""Our registered hooks: their programs exist, and each works when it is run as the client would run it."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.agent_declarations import declared_agents
from acolytes_cc.children import output_of
from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.inspection import Inspection, OwnHook, agent_name
from acolytes_cc.doctor.results import CheckFact, CheckFinding, CheckResult
from acolytes_cc.doctor.trial_events import trial_event
from acolytes_cc.hook_registration import RegisteredHook, declared_as
from acolytes_cc.install.application.launchers import launchers_folder
from acolytes_cc.install.disk.files import digest
from acolytes_cc.install.disk.places import location_arguments
from acolytes_cc.install.planning.files import last_rendered
from acolytes_cc.resources import data_path
from acolytes_cc.signals import scratch_folder

SLOW_SECONDS = 2.0
_TIMEOUT_SECONDS = 20.0


class _Trial(NamedTuple):
    """One run of a hook: what is wrong with it (empty: nothing), and how long it took."""

    problem: str
    seconds: float


def programs(inspection: Inspection) -> Iterator[CheckResult]:
    """Every interpreter and script that a hook names exists: without it, a hook of ours ends silently."""
    missing: dict[str, OwnHook] = {}
    for hook in inspection.hooks:
        for word in hook.registered.words:
            is_script = word.endswith(".py")
            is_path = os.path.isabs(word) and "\n" not in word
            if is_path and not (os.path.isfile(word) if is_script else os.access(word, os.X_OK)):
                missing.setdefault(word, hook)
    for word, hook in missing.items():
        kind = "script" if word.endswith(".py") else "interpreter or folder"
        message = f"the {kind} {word} of the {hook.registered.event} hook does not exist"
        fix = f"run `{inspection.install_command}` again; in a definition that you changed, correct it yourself"
        yield CheckFinding("programs", "error", message, fix, str(hook.file), _registered_again(inspection, hook, word))


def runs(inspection: Inspection) -> Iterator[CheckResult]:
    """Each hook ends with exit code 0, answers as declared, prints no error, and is quick."""
    if not inspection.wants_hooks:
        call = f"acolytes update{location_arguments(inspection.places)} --data hooks=true"
        yield CheckFact("hooks", f"off by your choice, so commands ask; `{call}` installs them")
    times: list[float] = []
    with scratch_folder("acolytes-doctor-") as folder, _unchanged_bytecode(inspection):
        for hook in inspection.hooks:
            trial = _try(hook.registered, _agent(inspection, hook), folder.resolve())
            times.append(trial.seconds)
            name = f"{hook.registered.event} ({Path(hook.registered.script).name})"
            if trial.problem:
                fix = f"run `{inspection.install_command}` again; a script that you changed, correct yourself"
                commands = _own_scripts(inspection, Path(hook.registered.script))
                yield CheckFinding("hooks", "error", f"{name}: {trial.problem}", fix, str(hook.file), commands)
            elif trial.seconds > SLOW_SECONDS:
                message = f"{name} took {trial.seconds:.1f} s; every tool call waits for it"
                fix = (
                    "find out what slows the disk or the interpreter down; a script that you changed, correct yourself"
                )
                yield CheckFinding("hooks", "warning", message, fix, str(hook.file))
    if times:
        yield CheckFact("hooks", f"{len(times)} run, the slowest in {max(times) * 1000:.0f} ms")


def _registered_again(inspection: Inspection, hook: OwnHook, word: str) -> tuple[str, ...]:
    """The commands that write a registration again that names what is gone.

    There are none where the user wrote the name, or where the registration is not part of this installation.
    """
    again = remedies.update(inspection)
    if hook.file == inspection.places.settings:
        return *again, *remedies.restore(inspection)
    name = _own_name(inspection, hook.file)
    if not name or not inspection.manifest:
        return ()
    written = last_rendered(inspection.places, name, inspection.manifest.files[name])
    return again if written and word.encode() in written else ()


def _own_scripts(inspection: Inspection, script: Path) -> tuple[str, ...]:
    """The commands that bring back a script that was changed; where it is ours, the modules that it imports."""
    modules = [path for path in sorted(script.parent.glob("*.py")) if not declared_as(str(path))]
    changed = _changed(inspection, [script]) or _changed(inspection, modules)
    again = remedies.install(inspection)
    return (*map(remedies.move_away, changed), *again) if changed and again else ()


def _changed(inspection: Inspection, paths: list[Path]) -> list[Path]:
    files = inspection.manifest.files if inspection.manifest else {}
    return [
        path
        for path in paths
        if path.is_file() and (name := _own_name(inspection, path)) and digest(path) != files[name]
    ]


def _own_name(inspection: Inspection, path: Path) -> str:
    """The path of an installed file below the target; empty for any other file."""
    target = inspection.places.target
    name = path.relative_to(target).as_posix() if path.is_relative_to(target) else ""
    return name if inspection.manifest and name in inspection.manifest.files else ""


def _agent(inspection: Inspection, hook: OwnHook) -> str:
    """The agent whose definition registers the hook, or one of ours for a hook in the settings."""
    in_definition = next((agent_name(agent) for agent in inspection.agents if agent.path == str(hook.file)), "")
    return in_definition or declared_agents()[0].name


def _try(hook: RegisteredHook, agent: str, folder: Path) -> _Trial:
    event = trial_event(hook.event, agent, folder)
    if event is None:
        return _Trial("it is registered for an event that acolytes does not use", 0.0)
    env_file = folder / "env"
    env_file.write_text("")
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "XDG_DATA_HOME") if key in os.environ}
    env = {**kept, "CLAUDE_PROJECT_DIR": str(folder), "CLAUDE_ENV_FILE": str(env_file), "ACOLYTES_HOOK_DEBUG": "1"}
    command = ["/bin/sh", "-c", hook.words[0]] if hook.through_shell else list(hook.words)
    start = time.monotonic()
    try:
        process = output_of(command, _TIMEOUT_SECONDS, json.dumps(event).encode(), cwd=folder, env=env)
    except subprocess.TimeoutExpired:
        return _Trial(f"it did not end within {_TIMEOUT_SECONDS:.0f} s", _TIMEOUT_SECONDS)
    except OSError as error:
        return _Trial(f"it does not start: {error.strerror}", 0.0)
    seconds = time.monotonic() - start
    errors = process.stderr.decode("utf-8", "replace").strip().splitlines()
    if process.returncode:
        effect = ", which blocks the tool" if process.returncode == 2 else ""
        message = errors[-1] if errors else "no message"
        return _Trial(f"it ends with exit code {process.returncode}{effect}: {message}", seconds)
    if errors:
        return _Trial(f"it reports an error: {errors[-1]}", seconds)
    return _Trial(_wrong_answer(hook, process.stdout, env_file.read_text()), seconds)


def _wrong_answer(hook: RegisteredHook, stdout: bytes, env_file: str) -> str:
    """How the answer differs from the declared one; empty when it does not."""
    try:
        answer = json.loads(stdout) if stdout.strip() else {}
    except ValueError:
        return "its output is not JSON, so the client does not understand it"
    specific: Mapping[str, object] = answer.get("hookSpecificOutput", {}) if isinstance(answer, dict) else {}
    declared = declared_as(hook.script)
    expected = declared.expects if declared else "silence"
    if expected == "launchers on PATH" and shlex.quote(str(launchers_folder())) not in env_file:
        return f"it does not put {launchers_folder()} on PATH"
    if expected == "context" and not specific.get("additionalContext"):
        return "it gives a starting agent no context"
    if expected == "allow" and specific.get("permissionDecision") != "allow":
        return "it does not allow `acolytes-perf --help`"
    is_stop = hook.event in ("Stop", "SubagentStop")
    return "it blocks an agent that holds no turn" if expected == "silence" and answer and is_stop else ""


@contextlib.contextmanager
def _unchanged_bytecode(inspection: Inspection) -> Iterator[None]:
    """Remove the bytecode that running the hooks leaves, because a check must change nothing."""
    target = inspection.places.target
    folders = [inspection.places.state / "hooks", target / "scripts" / "acolytes_quest", data_path("hooks")]
    caches = [Path(parent, "__pycache__") for folder in folders for parent, _, _ in os.walk(folder)]
    before = {path for cache in caches for path in [cache, *cache.glob("*")] if path.exists()}
    try:
        yield
    finally:
        for cache in caches:
            for path in set(cache.glob("*")) - before:
                path.unlink(missing_ok=True)
            if cache not in before:
                with contextlib.suppress(OSError):
                    cache.rmdir()
