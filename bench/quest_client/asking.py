"""One worker's one turn: the model requests of its leader and of the worker, and what the person is asked.

The agents follow our texts to the letter. The worker does one thing, by one tool call. Beside it: the same task for a
plain background subagent, and for a teammate of the client's experimental teams.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.figures import Row
from bench.quest_client.ground import BenchUser, Installations

from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Text
from client_conversation import Conversation, conversation
from client_quest import COORDINATOR, FOREIGN, WORKER, Way, after, agent, bash, quest_of_one_turn

MOST_REQUESTS = 4
_SETTLE_SECONDS = 4.0  # a notice of the client may still come
_TEAMS = {"CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS": "1"}


WAYS = (
    Way("main", WORKER, asks=False),
    Way("main", WORKER),
    Way("main", WORKER, terminal=True),
    Way("main", FOREIGN),
    Way("main", FOREIGN, terminal=True),
    Way(COORDINATOR, WORKER),
    Way(COORDINATOR, WORKER, in_background=True),
    Way(COORDINATOR, WORKER, in_background=True, terminal=True),
    Way(COORDINATOR, FOREIGN, in_background=True),
)


def measure(installations: Installations, thinking: float) -> Iterator[Row]:
    """Yield the rows of every way, and of the two other tools. A model answers after `thinking` seconds."""
    for way in WAYS:
        with installations.user() as user:
            yield from _quest(user, way, thinking)
    for what, variables, more in (("a plain subagent", {}, {}), ("a teammate", _TEAMS, {"name": "w1"})):
        with installations.user() as user:
            yield from _plain(user, what, thinking, variables, more)


def _quest(user: BenchUser, way: Way, thinking: float) -> list[Row]:
    with quest_of_one_turn(user, way, thinking) as session:
        time.sleep(_SETTLE_SECONDS)
        return [
            *_counts(session, way.label, way.leading_role),
            Row("questions", way.label, len(session.questions), "questions", 0),
        ]


def _plain(user: BenchUser, what: str, thinking: float, variables: dict[str, str], more: dict[str, str]) -> list[Row]:
    """The same task without a board: the prompt has it, and the client passes the last message on."""

    def lead(request: ModelRequest) -> ModelAnswer:
        if request.step == 0:
            return agent(FOREIGN, "TASK-ONE", more=more)
        return Text("LEADER-REPORT" if "ANSWER-ONE" in request.newest else "Waiting for the agent.")

    roles = {"worker": (user.is_agent(FOREIGN), after(thinking, bash("ls"), Text("My report: ANSWER-ONE.")))}
    with conversation(user, after(thinking, lead), roles, asks=True, variables=variables) as session:
        session.say("Size the shop")
        session.request_with("ANSWER-ONE")
        time.sleep(_SETTLE_SECONDS)
        return _counts(session, what, "main", limited=False)


def _counts(session: Conversation, what: str, leader: str, *, limited: bool = True) -> list[Row]:
    most = MOST_REQUESTS if limited else None
    return [
        Row("requests", f"{what}: leader", len(session.of(leader)), "requests", most),
        Row("requests", f"{what}: worker", len(session.of("worker")), "requests", most),
    ]
