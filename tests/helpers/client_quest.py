"""A quest in the real client by agents that follow our texts to the letter: one leader, one worker, one turn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Text, ToolUse
from client_conversation import Conversation, conversation
from client_user import User

WORKER = "ops.performance"
FOREIGN = "scribe"
COORDINATOR = "coordinator.performance"
# What the skills tell a leader to write to a worker.
ACTIVATION = "You have a worker role. Stay alert for the Leader's instructions."

_FOREIGN_AGENT = f"---\nname: {FOREIGN}\ndescription: Writes.\n---\n\nYou write what you are asked to write.\n"


class Way(NamedTuple):
    """Who leads whom, and how the client runs."""

    leader: str
    worker: str
    terminal: bool = False
    asks: bool = True
    in_background: bool = False

    @property
    def leading_role(self) -> str:
        """The role of its leader's requests."""
        return "main" if self.leader == "main" else "leader"

    @property
    def label(self) -> str:
        """The name of the row."""
        mode = "terminal" if self.terminal else "-p" if self.asks else "-p, nobody to ask"
        leader = f"{self.leader}{' in the background' if self.in_background else ''}"
        return f"{leader}, {self.worker}, {mode}"


def add_foreign_agent(user: User) -> None:
    """Give the user an agent that knows nothing of quests."""
    (user.home / f".claude/agents/{FOREIGN}.md").write_text(_FOREIGN_AGENT, "utf-8")


def bash(command: str) -> ToolUse:
    """A call of the Bash tool."""
    return ToolUse("Bash", {"command": command, "description": "quest"})


def agent(kind: str, prompt: str, *, background: bool = True, more: Mapping[str, str] | None = None) -> ToolUse:
    """A call of the Agent tool, with `more` of its inputs."""
    call = {"description": "work", "prompt": prompt, "subagent_type": kind, "run_in_background": background}
    return ToolUse("Agent", {**call, **(more or {})})


def after(
    seconds: float, *steps: ModelAnswer | Callable[[ModelRequest], ModelAnswer]
) -> Callable[[ModelRequest], ModelAnswer]:
    """A model that thinks for so many seconds and gives these answers; the last one repeats."""

    def answer(request: ModelRequest) -> ModelAnswer:
        time.sleep(seconds)
        step = steps[min(request.step, len(steps) - 1)]
        return step(request) if callable(step) else step

    return answer


def worker_steps(name: str) -> list[ModelAnswer | Callable[[ModelRequest], ModelAnswer]]:
    """Return what a worker does by our texts: it takes the turn as its context says, works, answers, and reports."""

    def take(request: ModelRequest) -> ModelAnswer:
        shown = re.search(
            rf"acolytes-quest monitor --role worker --agent {re.escape(name)} --quest [^\n]*", request.newest
        )
        return bash(shown[0] if shown else f"acolytes-quest monitor --role worker --agent {name}")

    def respond(request: ModelRequest) -> ModelAnswer:
        shown = re.search(r"answer: (acolytes-quest respond [^\n]*)", request.everything)
        return bash(shown[1].replace("...", "ANSWER-ONE")) if shown else Text("there is no turn")

    return [take, bash("ls"), respond, Text("My report: ANSWER-ONE.")]


@contextmanager
def quest_of_one_turn(user: User, way: Way, thinking: float = 0.0) -> Iterator[Conversation]:
    """Run the quest until it is completed. The requests of its leader have the role `leader`, or `main`.

    A model answers after `thinking` seconds.
    """

    def lead(request: ModelRequest) -> ModelAnswer:
        if request.step == 0:
            create = f"acolytes-quest create --mission 'Size the shop' --agents {way.worker} --msg 'TASK-ONE'"
            return [bash(create), agent(way.worker, ACTIVATION)]
        if "quest 1 is completed" in request.newest:
            return Text("LEADER-REPORT")
        if "Completed: ANSWER-ONE" in request.newest:
            return bash("acolytes-quest complete --quest 1 --summary 'It is sized'")
        return Text("Waiting for turn 1.")

    leads = after(thinking, lead)
    roles = {"worker": (user.is_agent(way.worker), after(thinking, *worker_steps(way.worker)))}
    main = leads
    if way.leader != "main":
        roles["leader"] = (user.is_agent(way.leader), leads)
        main = after(thinking, agent(way.leader, "Lead it.", background=way.in_background), Text("Done."))
    with conversation(user, main, roles, terminal=way.terminal, asks=way.asks) as session:
        session.say("Size the shop")
        session.request_with("quest 1 is completed")
        yield session
