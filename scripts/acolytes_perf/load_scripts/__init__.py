"""Scripts of a load test, one module per tool, each with `script(plan, mark) -> str`.

User input never becomes code: addresses and paths contain only URL characters, bodies are JSON without templates (see
`load_profile`), and all of it stands in quoted literals of the script's language.
"""

from __future__ import annotations

import importlib
from typing import NamedTuple

from acolytes_perf.inputs.load_profile import Request, Stage, Target

TOOLS = ("k6", "jmeter", "locust", "artillery", "gatling")


class Plan(NamedTuple):
    """A load test.

    Attributes:
        title: one line of text.
        target: where the requests go.
        requests: the mix, with shares that add up to 1.
        stages: their levels are arrivals per second, or users of a closed plan.
        is_open: requests arrive at a rate, instead of from a number of users.
        think_time: seconds between a response and the same user's next request, in a closed plan.
        timeout: of a request, in seconds.
        in_flight: requests expected at the same time.
        max_in_flight: the most requests at the same time.
        latency_limit: seconds that 95 % of the responses may take.
        failure_limit: share of the requests that may fail.
    """

    title: str
    target: Target
    requests: list[Request]
    stages: list[Stage]
    is_open: bool
    think_time: float
    timeout: float
    in_flight: int
    max_in_flight: int
    latency_limit: float
    failure_limit: float


def script(tool: str, plan: Plan, mark: str) -> str:
    """The script for one of TOOLS.

    Args:
        tool: one of TOOLS.
        plan: the load test.
        mark: one line that names the calculation, for a comment.

    Raises:
        CannotAnswerError: the tool cannot run such a plan.
    """
    text = importlib.import_module(f"{__name__}.{tool}").script(plan, mark)
    assert isinstance(text, str)
    return text
