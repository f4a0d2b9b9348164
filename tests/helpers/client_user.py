"""A user who runs the real client in a scratch home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acolytes_cc.client import bundled_client, client_on_path
from acolytes_cc.doctor.client_run import ClientRun, environment, run_client
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelRequest, Step, Text, ToolUse


def user_path() -> str:
    """PATH without any folder that has our commands: the product must bring them by itself."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(f for f in folders if not shutil.which("acolytes-perf", path=f))


def pinned_client() -> Path | None:
    """The client inside the package claude-agent-sdk, else `claude` on PATH."""
    program = bundled_client() or client_on_path()
    return Path(program) if program else None


@dataclass
class User:
    """A user with a home and a project, who runs the client. `variables` are in the environment of all that it runs."""

    home: Path
    project: Path
    client: Path
    variables: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def environ(self) -> dict[str, str]:
        """Return the environment of a terminal."""
        return {"HOME": str(self.home), "PATH": user_path(), **self.variables}

    def client_environ(self, url: str) -> dict[str, str]:
        """Return the environment of the client, whose model is at this address."""
        return {**environment(self.home, url), **self.environ()}

    def acolytes(self, *arguments: str, cwd: Path | None = None, python: str | Path = sys.executable) -> str:
        """Run `acolytes` as this user, from the environment of ``python``; returns what it printed."""
        done = subprocess.run(
            [python, "-I", "-m", "acolytes_cc", *arguments],
            cwd=cwd or self.project,
            env=self.environ(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def quest(self, *arguments: str) -> str:
        """Run `acolytes-quest` as this user would in a terminal."""
        done = subprocess.run(
            [self.home / ".local/share/acolytes/bin/acolytes-quest", *arguments],
            cwd=self.project,
            env=self.environ(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def body(self, agent: str) -> str:
        """The rendered definition without its frontmatter."""
        return (self.home / f".claude/agents/{agent}.md").read_text("utf-8").split("\n---\n", 1)[1].strip()

    def is_agent(self, agent: str) -> Callable[[ModelRequest], bool]:
        """Tells the requests of one of our agents by its definition's body."""
        body = self.body(agent)
        return lambda request: body[:2000] in request.system

    def ask(self, model: LoopbackModel, prompt: str, *arguments: str, allowed: str = "Agent") -> ClientRun:
        """One `claude -p` with nothing but `allowed` approved beforehand."""
        env = self.client_environ(model.url)
        call = ["-p", prompt, "--output-format", "json", "--allowedTools", allowed, *arguments]
        debug = self.project.parent / "debug" / "client.txt"
        return run_client(self.client, *call, cwd=self.project, env=env, debug_file=debug)

    def delegate(self, agent: str, steps: list[Step], prompt: str = "do it") -> LoopbackModel:
        """Have the main agent call ``agent`` once in the foreground; the agent's model follows ``steps``.

        Returns the model with the requests of the roles "main" and ``agent``.
        """
        call = {"description": "work", "prompt": prompt, "subagent_type": agent, "run_in_background": False}
        roles = [
            Role(agent, self.is_agent(agent), steps),
            Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
        ]
        with LoopbackModel(roles) as model:
            run = self.ask(model, "go")
        assert run.result.get("result") == "main done", (run.stdout, run.stderr, run.debug[-3000:])
        return model
