"""A load test as scripts, one module a tool, each with `script(plan, mark) -> str`.

Nothing of the user's is put into code as it stands: addresses and paths are of URL characters only, bodies are JSON
that no template language reads into (see `load_profile`), and all of it is a quoted literal of the script's language.
"""

from __future__ import annotations

import importlib
from typing import NamedTuple

from acolytes_perf.inputs.load_profile import Request, Stage, Target

TOOLS = ("k6", "jmeter", "locust", "artillery", "gatling")


class Plan(NamedTuple):
    """What the scripts carry out. Levels of the stages are arrivals per second, or users of a closed plan, who think
    `think_time` seconds between a response and their next request. A request is given up after `timeout` seconds.
    """

    title: str
    target: Target
    requests: list[Request]
    stages: list[Stage]
    is_open: bool
    think_time: float
    timeout: float
    in_flight: int
    most_in_flight: int


def script(tool: str, plan: Plan, mark: str) -> str:
    """The script for one of TOOLS; `mark` is the line that says which calculation it is of."""
    found = importlib.import_module(f"{__name__}.{tool}").script(plan, mark)
    assert isinstance(found, str)
    return found
