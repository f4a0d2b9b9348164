"""What an idle hour of a quest's worker costs: waiting in its hook, against polling with `monitor` every 90 s.

Both run in the real client against a scripted model, in a home of their own. Times are scaled down (280 s to 2.8 s and
90 s to 0.9 s by default), and the waits of an hour are counted, not timed: 13 in the hook, 40 by polling. Tokens are
characters of the request bodies divided by four: an estimate, the same for both.

    python bench/idle_worker.py [--scale 100] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from acolytes_cc.client import bundled_client, client_on_path
from acolytes_cc.doctor.client_run import environment, run_client
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import ModelAnswer, ModelRequest, Step, Text, ToolUse

WORKER = "ops.performance"
WAIT_SECONDS, POLL_SECONDS = 280.0, 90.0
POLLS = 40  # an hour of them
CHARACTERS_A_TOKEN = 4
MOST = 0.5  # the share of polling's tokens that waiting in the hook may cost


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", type=float, default=100.0, help="how much faster than in reality (default: 100)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    cases = {
        "hook": _measure(WAIT_SECONDS, options.scale, polling=False),
        "polling": _measure(POLL_SECONDS, options.scale, polling=True),
    }
    share = cases["hook"]["tokens"] / cases["polling"]["tokens"]
    if options.json:
        print(json.dumps({"scale": options.scale, "cases": cases, "share": share, "target": MOST}))
    else:
        print(f"an idle hour, measured {options.scale:g} times as fast; tokens are characters / {CHARACTERS_A_TOKEN}")
        for case, row in cases.items():
            print(f"{case:<9}{row['requests']:5.1f} model requests {row['tokens']:11,.0f} input tokens")
        print(f"hook / polling: {share:.2f} of the tokens, at most {MOST}")
    return 1 if share > MOST else 0


def _measure(seconds: float, scale: float, *, polling: bool) -> dict[str, float]:
    """Return the model requests and input tokens of an hour in which a worker has nothing to do."""
    scaled = seconds / scale
    monitor = f"acolytes-quest monitor --role worker --agent {WORKER}"

    def idle(request: ModelRequest) -> ModelAnswer:
        if polling and request.step < POLLS + 2:
            return _bash(f"{monitor} --timeout {scaled:g}")
        asked = re.search(r"Run `(acolytes-quest [^`]+)` once", request.newest)
        return _bash(asked[1]) if asked else Text("Waiting.")

    steps: list[Step] = [_bash(monitor), _bash("acolytes-quest respond --quest 1 --msg 'Completed: x'"), idle]
    with tempfile.TemporaryDirectory() as folder:
        home, project = Path(folder, "home"), Path(folder, "project")
        for made in (home, project):
            made.mkdir()
        _run("git", "init", "-q", ".", home=home, cwd=project)
        _run(sys.executable, "-I", "-m", "acolytes_cc", "install", "--yes", home=home, cwd=project)
        _quest(home, project, "create", "--mission", "bench", "--agents", WORKER)
        _quest(home, project, "message", "--quest", "1", "--to", WORKER, "--msg", "work")
        body = (home / f".claude/agents/{WORKER}.md").read_text("utf-8").split("\n---\n", 1)[1].strip()[:2000]
        call = {"description": "w", "prompt": "work", "subagent_type": WORKER, "run_in_background": False}
        roles = [
            Role("worker", lambda request: body in request.system, steps),
            Role("main", lambda _: True, [ToolUse("Agent", call), Text("done")]),
        ]
        with LoopbackModel(roles) as model:
            env = {**environment(home, model.url), "ACOLYTES_QUEST_WAIT": f"{scaled:g}"}
            if polling:
                env["ACOLYTES_QUEST_OFF"] = "idle-wait"
            arguments = ("-p", "go", "--output-format", "json", "--allowedTools", "Agent")
            run = run_client(_client(), *arguments, cwd=project, env=env, debug_file=home / "debug", timeout=600)
        waits = POLLS if polling else len(_waited(project))
    if run.result.get("result") != "done" or not waits:
        raise SystemExit(f"the client did not work it off: {run.stdout[:300]} {run.stderr[:300]}")
    spent = [request for request in model.of("worker") if request.step > 2]  # the third is made with the answer given
    an_hour = 3600 / (waits * seconds)
    characters = sum(len(json.dumps(request.body, ensure_ascii=False)) for request in spent)
    return {"requests": len(spent) * an_hour, "tokens": characters / CHARACTERS_A_TOKEN * an_hour}


def _bash(command: str) -> ToolUse:
    return ToolUse("Bash", {"command": command, "description": "quest"})


def _client() -> Path:
    client = bundled_client() or client_on_path()
    if client is None:
        raise SystemExit("no client found: install claude-agent-sdk, or put claude on PATH")
    return Path(client)


def _waited(project: Path) -> list[str]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(project / ".claude/acolytes/quests.db")) as connection:
        return [row[0] for row in connection.execute("SELECT at FROM event WHERE kind = 'waited'")]


def _quest(home: Path, project: Path, *words: str) -> None:
    _run(str(home / ".local/share/acolytes/bin/acolytes-quest"), *words, home=home, cwd=project)


def _run(*command: str, home: Path, cwd: Path) -> None:
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
