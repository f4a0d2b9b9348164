"""Our registered hooks: what they name exists, and each is run as the client would run it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from acolytes_cc.doctor.checks.files import options
from acolytes_cc.doctor.finding import Fact, Finding, Result
from acolytes_cc.doctor.payloads import payload
from acolytes_cc.doctor.subject import Hook, Subject, agent_name
from acolytes_cc.install.places import data_home
from acolytes_cc.resources import data_path

SLOW_SECONDS = 2.0
_PATIENCE_SECONDS = 20.0
_AGENT = "ops.performance"


def programs(subject: Subject) -> Iterator[Result]:
    """Every interpreter and script that a hook names is there: the hooks' own guard says nothing when one is not."""
    missing: dict[str, Hook] = {}
    for hook in subject.hooks:
        for word in hook.words:
            script = word.endswith(".py")
            absolute = os.path.isabs(word) and "\n" not in word
            if absolute and not (os.path.isfile(word) if script else os.access(word, os.X_OK)):
                missing.setdefault(word, hook)
    for word, hook in missing.items():
        kind = "script" if word.endswith(".py") else "interpreter or folder"
        fix = f"run `acolytes install{options(subject)}` again; a definition that you changed you mend yourself"
        yield Finding("programs", "error", f"the {kind} {word} of the {hook.event} hook is gone", fix, str(hook.file))


def runs(subject: Subject) -> Iterator[Result]:
    """Each hook ends with 0, answers what it is there for, says nothing else, and is quick."""
    if not subject.wants_hooks:
        yield Fact("hooks", "off by your choice, so commands ask; `acolytes update --data hooks=true` brings them back")
    times: list[float] = []
    with tempfile.TemporaryDirectory(prefix="acolytes-doctor-") as folder, _unchanged_bytecode(subject):
        for hook in subject.hooks:
            trouble, seconds = _try(hook, _agent(subject, hook), Path(folder).resolve())
            times += [seconds]
            script = next((Path(word).name for word in hook.words if word.endswith(".py")), hook.words[-1])
            if trouble:
                fix = f"run `acolytes install{options(subject)}` again; a script that you changed you mend yourself"
                yield Finding("hooks", "error", f"{hook.event} ({script}): {trouble}", fix, str(hook.file))
            elif seconds > SLOW_SECONDS:
                message = f"{hook.event} ({script}) took {seconds:.1f} s; every tool call waits for it"
                fix = "see what slows the disk or the interpreter down; a script that you changed you mend yourself"
                yield Finding("hooks", "warning", message, fix, str(hook.file))
    if times:
        yield Fact("hooks", f"{len(times)} run, the slowest in {max(times) * 1000:.0f} ms")


def _agent(subject: Subject, hook: Hook) -> str:
    return next((agent_name(found) for found in subject.agents if found.path == str(hook.file)), "") or _AGENT


def _try(hook: Hook, agent: str, folder: Path) -> tuple[str, float]:
    """What is wrong with it (empty: nothing), and how long it took, in seconds."""
    event = payload(hook.event, agent, folder)
    if event is None:
        return "it is registered for an event that it does not serve", 0.0
    env_file = folder / "env"
    env_file.write_text("")
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "XDG_DATA_HOME") if key in os.environ}
    env = {**kept, "CLAUDE_PROJECT_DIR": str(folder), "CLAUDE_ENV_FILE": str(env_file), "ACOLYTES_HOOK_DEBUG": "1"}
    command = ["/bin/sh", "-c", hook.words[0]] if hook.shell else list(hook.words)
    start = time.monotonic()
    try:
        done = subprocess.run(
            command,
            input=json.dumps(event).encode(),
            capture_output=True,
            cwd=folder,
            env=env,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {_PATIENCE_SECONDS:.0f} s", _PATIENCE_SECONDS
    except OSError as error:
        return f"it does not start: {error.strerror}", 0.0
    seconds = time.monotonic() - start
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode:
        blocks = ", which blocks the tool" if done.returncode == 2 else ""
        return f"it ends with {done.returncode}{blocks}: {said[-1] if said else 'no message'}", seconds
    if said:
        return f"it failed inside: {said[-1]}", seconds
    return _wrong_answer(hook, done.stdout, env_file.read_text()), seconds


def _wrong_answer(hook: Hook, stdout: bytes, env_file: str) -> str:
    try:
        answer = json.loads(stdout) if stdout.strip() else {}
    except ValueError:
        return "its output is no JSON: the client does not understand it"
    specific: Mapping[str, object] = answer.get("hookSpecificOutput", {}) if isinstance(answer, dict) else {}
    if hook.event == "SessionStart" and str(data_home() / "bin") not in env_file:
        return f"it does not put {data_home() / 'bin'} on PATH"
    if hook.event == "SubagentStart" and not specific.get("additionalContext"):
        return "it gives a starting agent no context"
    if hook.event == "PreToolUse" and specific.get("permissionDecision") != "allow":
        return "it does not allow `acolytes-perf --help`"
    return "it blocks an agent that holds no turn" if answer and hook.event in ("Stop", "SubagentStop") else ""


@contextlib.contextmanager
def _unchanged_bytecode(subject: Subject) -> Iterator[None]:
    """Take away the bytecode that running the hooks leaves, for a look must not change anything."""
    folders = [subject.places.state / "hooks", subject.places.target / "scripts" / "acolytes_quest", data_path("hooks")]
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
