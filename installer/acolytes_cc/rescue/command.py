"""The verbs `doctor` and `uninstall` for an application that does not start."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from acolytes_cc.rescue import removal
from acolytes_cc.rescue.faults import find_faults
from acolytes_cc.rescue.place import Installation, RescueError, recorded_targets, usual_target

FINE, FINDINGS, CANNOT = 0, 1, 3


def main(arguments: list[str]) -> int:
    """Run a verb; ``arguments`` begin with the file of facts, which is in ``rescue`` in the application's folder."""
    facts_file, verb, *options = arguments
    data_home = Path(facts_file).parent.parent
    facts: dict[str, str] = json.loads(Path(facts_file).read_text("utf-8"))
    parsed = _parser(verb).parse_args(options)
    try:
        return _doctor(data_home, facts, parsed) if verb == "doctor" else _uninstall(data_home, parsed)
    except RescueError as error:
        print(f"acolytes: {error}; to repair the application, run: {facts['mend']}", file=sys.stderr)
        return CANNOT
    except OSError as error:
        print(f"acolytes: {error.filename}: {error.strerror}; check this path", file=sys.stderr)
        return CANNOT


def _doctor(data_home: Path, facts: dict[str, str], options: argparse.Namespace) -> int:
    faults = find_faults(data_home, facts)
    if options.json:
        rows: list[dict[str, Any]] = [
            {
                "check": fault.check,
                "severity": "error",
                "message": fault.message,
                "fix": fault.command,
                "path": None,
                "commands": [fault.command],
            }
            for fault in faults
        ]
        print(json.dumps({"healthy": not rows, "findings": rows}, indent=1))
    else:
        print("the application does not start, so only its Python and its hooks are checked")
        for fault in faults:
            print(f"error    {fault.check}: {fault.message}\n         fix  {fault.command}")
        print("not healthy" if faults else "nothing is wrong here: start the command again")
    return FINDINGS if faults else FINE


def _uninstall(data_home: Path, options: argparse.Namespace) -> int:
    if options.purge:
        raise RescueError("--purge needs the application")
    target = Path(options.target).expanduser().absolute() if options.target else usual_target(options.scope)
    if not (target / "acolytes" / "manifest.json").is_file():
        others = ", ".join(str(other) for other in recorded_targets(data_home))
        where = f"; it is in {others}: name one with --target" if others else ""
        raise RescueError(f"acolytes is not installed in {target}{where}")
    installation = Installation(target)
    going, kept = removal.plan(installation)
    question = f"Remove {len(going)} files from {target}? [y/N] "
    if not (options.dry_run or options.yes) and sys.stdin.isatty() and input(question).lower() not in ("y", "yes"):
        return FINE
    is_last = False
    if not options.dry_run:
        removal.remove(installation, going)
        is_last = removal.remove_application(data_home, target)
    if options.json:
        print(json.dumps({"target": str(target), "dry_run": options.dry_run, "removed": going, "kept": kept}, indent=1))
        return FINE
    print(f"{'would remove' if options.dry_run else 'removed'} {len(going)} files from {target}")
    for path in kept:
        print(f"  kept       {path}: you changed it")
    if is_last:
        print("  the commands are removed too")
    return FINE


def _parser(verb: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(f"acolytes {verb}", description="Works while the application does not start.")
    parser.add_argument("--scope", choices=["user", "project"], default="user")
    parser.add_argument("--target", metavar="DIR")
    parser.add_argument("--json", action="store_true")
    if verb == "uninstall":
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--yes", "-y", action="store_true")
        parser.add_argument("--purge", action="store_true")
    return parser
