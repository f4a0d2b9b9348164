"""Public reports of files that did not work: what the client does, what the linter says, and what agnix says.

`tests/lint/data/reports.json` has each report as a small project, with the address of the report. With `--observe` the
real client runs on each project, and its class is written: OK when the effect that the reporter wanted is there, DROP
when it is not.

    python bench/lint_public_reports.py [--observe] [--only ID ...] [--agnix PROGRAM]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
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
    from client_truth.client_run import MAIN, converse  # type: ignore[import-not-found]

    from acolytes_cc.client import bundled_client
    from acolytes_cc.doctor.loopback import Role
    from acolytes_cc.doctor.messages import Text, ToolUse

    client = bundled_client()
    if client is None:
        raise SystemExit("the real client is not installed")
    home.mkdir()
    if "added" in expect or "installed" in expect:
        calls = (
            [("add", str(project))] if "added" in expect else [("add", str(project)), ("install", expect["installed"])]
        )
        return all(_plugin_command(client, home, *call) for call in calls)
    steps: list[Any] = []
    if path := expect.get("denied") or expect.get("reads"):
        steps = [[ToolUse("Read", {"file_path": str(project / path)})]]
    if path := expect.get("not written"):
        write = ToolUse("Write", {"file_path": str(project / path), "content": "CHANGED"})
        steps = [[ToolUse("Read", {"file_path": str(project / path)})], [write]]
    plugin = ("--plugin-dir", str(project / "plug")) if (project / "plug").exists() else ()
    allowed = "Read,Write" if steps else "Agent"
    talk = converse(
        client, project, home, [Role(MAIN, lambda _: True, [*steps, Text("done")])], *plugin, allowed=allowed
    )
    seen = talk.of(MAIN)[0].everything
    if "listed" in expect:
        return expect["listed"] in seen.replace(str(project), "")
    if "both" in expect:
        return not seen.count(f"Does the work of {expect['both']}") < 2
    if "denied" in expect:
        return "SECRET=1" not in talk.of(MAIN)[-1].everything
    if "not written" in expect:
        return "CHANGED" not in (project / expect["not written"]).read_text()
    if "tried" in expect:
        return f'MCP server "{expect["tried"]}"' in talk.run.debug
    return (project / "ran").exists() is expect["ran"]


def _plugin_command(client: str, home: Path, verb: str, argument: str) -> bool:
    from acolytes_cc.doctor.client_run import environment

    words = ("marketplace", "add", argument) if verb == "add" else (verb, argument)
    env = environment(home, "http://127.0.0.1:9")
    return (
        subprocess.run([client, "plugin", *words], cwd=home, env=env, capture_output=True, check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(main())
