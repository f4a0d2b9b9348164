"""Locust: one user who sends requests at their times without waiting, or users with think time."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.load_scripts import Plan


def script(plan: Plan, mark: str) -> str:
    """A locustfile for `locust --headless --locustfile FILE`; the run ends by itself."""
    requests = [(request.share, request.name, request.method, request.path, request.body) for request in plan.requests]
    stages = [(stage.seconds, stage.start_level, stage.end_level) for stage in plan.stages]
    return f'''# {mark}
# {plan.title}
# Run: locust --headless --locustfile FILE
import random
{"import time" * plan.is_open}

{_imports(plan)}

#: share, name, method, path, body
REQUESTS = {_listed(requests)}
#: seconds, level at the start and at the end
STAGES = {_listed(stages)}


def level(now):
    """The planned level so many seconds after the start, None after the end."""
    for seconds, start, end in STAGES:
        if now < seconds:
            return start + (end - start) * now / seconds
        now -= seconds
    return None


def send(client):
    """One request of the mix."""
    _, name, method, path, body = random.choices(REQUESTS, [request[0] for request in REQUESTS])[0]
    headers = {{"Content-Type": "application/json"}} if body else {{}}
    client.request(method, path, name=name, data=body, headers=headers)
{_open(plan) if plan.is_open else _closed(plan)}'''


def _imports(plan: Plan) -> str:
    if plan.is_open:
        return "from gevent import sleep\nfrom gevent.pool import Pool\nfrom locust import FastHttpUser, task"
    return "from locust import FastHttpUser, LoadTestShape, constant, task"


def _listed(rows: Sequence[tuple[object, ...]]) -> str:
    return "[\n" + "".join(f"    {row!r},\n" for row in rows) + "]"


def _user(plan: Plan) -> str:
    return f"""    host = {plan.target.url!r}
    network_timeout = connection_timeout = {plan.timeout!r}
"""


def _open(plan: Plan) -> str:
    return f'''

class Arrivals(FastHttpUser):
    """Requests arrive at their times, however long the others take (an open model)."""

{_user(plan)}    fixed_count = 1
    concurrency = {plan.max_in_flight}

    @task
    def arrive(self):
        begin, due, missing, sent = time.monotonic(), 0.0, 1.0, Pool()
        while (rate := level(due)) is not None:
            # a hundredth of a second at a time, so that a rising rate is followed
            step = min(0.01, missing / rate) if rate > 0 else 0.01
            due, missing = due + step, missing - rate * step
            if missing > 1e-9:
                continue
            missing += 1
            sleep(max(0.0, begin + due - time.monotonic()))
            sent.spawn(send, self.client)
        sent.join()
        self.environment.runner.quit()
'''


def _closed(plan: Plan) -> str:
    return f'''

class Visitor(FastHttpUser):
    """Sends, waits for the response, thinks, and sends again (a closed model)."""

{_user(plan)}    wait_time = constant({plan.think_time!r})

    @task
    def visit(self):
        send(self.client)


class Users(LoadTestShape):
    def tick(self):
        users = level(self.get_run_time())
        return None if users is None else (round(users), max(1, round(users)))
'''
