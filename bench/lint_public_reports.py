"""Public reports of files that did not work: what the client does, what the linter says, and what agnix says.

`tests/lint/data/reports.json` has each report as a small project, with the address of the report. With `--observe` the
real client runs on each project, and its class is written: OK when the effect that the reporter wanted is there, DROP
when it is not. `expect` says what is wanted, and what the model or the user does for it:

- `listed`, `both`: a text that the model sees at the start, once or twice; `tried`: a server; `added`, `installed`
- `reads` or `runs`, a file or a command; then `ran`, whether the file `ran` is there; `loads`, a text that comes then
- `denied`, `not written`: a file; `hides`: a text that the command does not show
- `called`, what the user types, and `says`, a text that the model gets
- `agent`, and a tool that it `gets` or `lacks`, or a part of the name of its `model`

    python bench/lint_public_reports.py [--observe] [--only ID ...] [--agnix PROGRAM]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_AGENT = "probe"
REPORTS = ROOT / "tests" / "lint" / "data" / "reports.json"
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "helpers")]

from lint_reports import verdict, write_files  # noqa: E402  found only on the path that is set above


def main(argv: list[str] | None = None) -> int:
    """Print a table, and return 1 when a report is missed or a working project has an error."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--observe", action="store_true", help="run the real client, and write what it did")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these reports alone")
    parser.add_argument("--agnix", help="the program agnix, to be called on the same projects")
    options = parser.parse_args(argv)
    reports = json.loads(REPORTS.read_text("utf-8"))
    counts: Counter[str] = Counter()
    for report in reports:
        if options.only and report["id"] not in options.only:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            project = write_files(Path(scratch) / "project", report["files"])
            if options.observe:
                report["class"] = "OK" if observe(project, Path(scratch) / "home", report["expect"]) else "DROP"
        with tempfile.TemporaryDirectory() as scratch:
            project = write_files(Path(scratch) / "project", report["files"])
            ours = verdict(report["class"], project)
            theirs = verdict_of_agnix(options.agnix, report["class"], project) if options.agnix else ""
        counts[f"ours: {ours}"] += 1
        counts[f"agnix: {theirs}"] += bool(theirs)
        print(f"{report['id']:<30}{report['class']:<6}{ours:<14}{theirs:<14}{report['url']}")
    print("; ".join(f"{name} {number}" for name, number in sorted(counts.items()) if number))
    if options.observe:
        REPORTS.write_text(json.dumps(reports, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if counts["ours: missed"] + counts["ours: false error"] else 0


def verdict_of_agnix(program: str, kind: str, project: Path) -> str:
    """The same words for agnix; it has no hints about the whole project."""
    done = subprocess.run([program, "--format", "json", "."], cwd=project, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout or "{}").get("diagnostics", [])
    levels = {str(one.get("level", one.get("severity", ""))).lower() for one in found}
    if kind == "OK":
        return "false error" if "error" in levels else "silent"
    return "caught" if levels & {"error", "warning"} else "missed"


def observe(project: Path, home: Path, expect: Mapping[str, Any]) -> bool:
    """Whether the real client does what the reporter wanted."""
    from client_truth.client_run import converse  # type: ignore[import-not-found]

    from acolytes_cc.client import bundled_client

    client = bundled_client()
    if client is None:
        raise SystemExit("the real client is not installed")
    home.mkdir()
    if "added" in expect or "installed" in expect:
        calls = [("add", str(project)), *([("install", expect["installed"])] if "installed" in expect else [])]
        return all(_plugin_command(client, home, *call) for call in calls)
    plugin = ("--plugin-dir", str(project / "plug")) if (project / "plug").exists() else ()
    steps = _steps(expect, project)
    allowed = "Read,Write" if steps else "Agent"
    prompt = expect.get("called", "go")
    return _holds(
        expect,
        converse(client, project, home, _roles(expect, steps), *plugin, allowed=allowed, prompt=prompt),
        project,
    )


def _steps(expect: Mapping[str, Any], project: Path) -> list[Any]:
    """What the model calls."""
    from acolytes_cc.doctor.messages import ToolUse

    if path := expect.get("denied") or expect.get("reads"):
        return [[ToolUse("Read", {"file_path": str(project / path)})]]
    if path := expect.get("not written"):
        write = ToolUse("Write", {"file_path": str(project / path), "content": "CHANGED"})
        return [[ToolUse("Read", {"file_path": str(project / path)})], [write]]
    if command := expect.get("runs"):
        return [[ToolUse("Bash", {"command": command, "description": "probe"})]]
    return []


def _roles(expect: Mapping[str, Any], steps: list[Any]) -> list[Any]:
    from client_truth.client_run import MAIN, spawning

    from acolytes_cc.doctor.loopback import Role
    from acolytes_cc.doctor.messages import Text

    if "agent" in expect:
        roles: list[Any] = spawning({_AGENT: expect["agent"]})
        return roles
    return [Role(MAIN, lambda _: True, [*steps, Text("done")])]


def _holds(expect: Mapping[str, Any], talk: Any, project: Path) -> bool:
    """Whether what is wanted is there after the run."""
    from client_truth.client_run import MAIN, tools_of

    if "agent" in expect:
        if not talk.of(_AGENT):
            return False
        request = talk.of(_AGENT)[0]
        tools, model = tools_of(request), str(request.body["model"])
        is_given = expect.get("gets") in {None, *tools} and expect.get("lacks") not in tools
        return is_given and expect.get("model", "") in model
    if "tried" in expect:
        return f'MCP server "{expect["tried"]}"' in talk.run.debug
    if "not written" in expect:
        return "CHANGED" not in (project / expect["not written"]).read_text()
    if "ran" in expect:
        return (project / "ran").exists() is expect["ran"]
    return _is_seen(expect, [request.everything.replace(str(project), "") for request in talk.of(MAIN)])


def _is_seen(expect: Mapping[str, Any], requests: list[str]) -> bool:
    """Whether the model gets the texts that are wanted, and no others."""
    if not requests:  # the client has refused what the user typed
        return False
    first, last = requests[0], requests[-1]
    wanted: dict[str, Callable[[str], bool]] = {
        "listed": lambda text: text in first,
        "both": lambda text: first.count(f"Does the work of {text}") > 1,
        "says": lambda text: any(text in request for request in requests),
        "loads": lambda text: text not in first and text in last,
        "hides": lambda text: text not in last,
        "denied": lambda _: "SECRET=1" not in last,
    }
    return all(holds(expect[key]) for key, holds in wanted.items() if key in expect)


def _plugin_command(client: str, home: Path, verb: str, argument: str) -> bool:
    from acolytes_cc.doctor.client_run import environment

    words = ("marketplace", "add", argument) if verb == "add" else (verb, argument)
    env = environment(home, "http://127.0.0.1:9")
    return (
        subprocess.run([client, "plugin", *words], cwd=home, env=env, capture_output=True, check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(main())
