"""How often the linter agrees with the real client on a file of cases: mistakes by kind, and their list.

A case is a small project, what kind of thing it probes, and what the client did with it: DROP (not loaded), CHANGE
(loaded, but something that is declared is not honoured), OK (works as written). The linter misses a case when it
reports neither an error nor a warning of a DROP or CHANGE. An error or a warning about an OK is a false one. Rules that
give advice, and rules that judge style, are left out: the client applies what they report.

    python bench/client_truth/score.py CASES.json [--kind KIND ...] [--list] [--show ID]
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT / "tests"), str(ROOT)]

from acolytes_cc.errors import UserError  # noqa: E402 - found only now
from acolytes_cc.lint.api import lint_paths  # noqa: E402
from acolytes_cc.lint.catalogue import rules_by_code  # noqa: E402

# what is reported of a file that the client applies as written
ADVICE = frozenset({"description-trigger", "description-length", "body-length"})
COLUMNS = ("cases", "missed", "only a warning", "false error", "false warning")


class Verdict(NamedTuple):
    """What is wrong with our answer to a case, and the findings that are not advice."""

    mistake: str
    findings: tuple[str, ...]


def main(argv: list[str] | None = None) -> int:
    """Lint every case and print the mistakes by kind; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", type=Path, help="the cases, as JSON")
    parser.add_argument("--kind", action="append", help="only cases of this kind")
    parser.add_argument("--list", action="store_true", help="list each mistake with what was observed")
    parser.add_argument("--show", help="print everything about the case with this id")
    options = parser.parse_args(argv)
    cases = json.loads(options.cases.read_text("utf-8"))
    if options.kind:
        cases = [case for case in cases if case["kind"] in options.kind]
    if options.show:
        cases = [case for case in cases if case["id"] == options.show]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as scratch:
        for number, case in enumerate(cases):
            verdict = judge(case, Path(scratch).resolve() / str(number))
            for kind in (case["kind"], "all"):
                counts[kind]["cases"] += 1
                counts[kind][verdict.mistake] += 1
            if (options.list and verdict.mistake) or options.show:
                _print_case(case, verdict, in_full=bool(options.show))
    print(f"{'':<12}" + "".join(f"{column:>15}" for column in COLUMNS))
    for kind in sorted(counts, key=lambda name: (name == "all", name)):
        print(f"{kind:<12}" + "".join(f"{counts[kind][column]:>15}" for column in COLUMNS))
    return 0


def judge(case: Mapping[str, Any], place: Path) -> Verdict:
    """Write the project of a case below ``place`` and hold our findings against what the client did."""
    paths = write_case(case, place)
    before = os.environ.get("HOME", "")
    os.environ["HOME"] = str(place / "home")
    try:
        found = lint_paths(paths).findings
    except UserError:  # nothing in the project is for the client
        found = ()
    finally:
        os.environ["HOME"] = before
    counting = [one for one in found if one.name not in ADVICE and rules_by_code()[one.rule].PERSONA == "regular"]
    lines = tuple(
        f"{os.path.relpath(one.path, place)}:{one.line} {one.severity} {one.name}: {one.message}" for one in counting
    )
    return Verdict(_mistake(case["class"], {one.severity for one in counting} - {"info"}), lines)


def write_case(case: Mapping[str, Any], place: Path) -> list[Path]:
    """Write the files of a case; return the folders to lint."""
    project, home = place / "project", place / "home"
    project.mkdir(parents=True)
    home.mkdir()
    _write(case["files"], project)
    _write(case.get("home", {}), home)
    _write(case.get("outside", {}), place)
    for name, target in case.get("home_link", {}).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(target.replace("PROJ", str(project)), home / name)
    if "git" in case:
        (project / case["git"] / ".git").mkdir(parents=True)
        (project / case["git"] / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    user_files = home / ".claude"
    return [project, user_files] if user_files.exists() else [project]


def _write(files: Mapping[str, Any], root: Path) -> None:
    for name, file in sorted(files.items(), key=lambda item: isinstance(item[1], dict)):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match file:
            case {"symlink": target}:
                path.symlink_to(target)
            case {"hardlink": target}:
                os.link(path.parent / target, path)
            case {"base64": encoded}:
                path.write_bytes(base64.b64decode(encoded))
            case text:
                path.write_bytes(text.encode("utf-8", "surrogatepass"))
                if text.startswith("#!"):
                    path.chmod(0o755)


def _mistake(observed: str, severities: Set[str]) -> str:
    if observed == "OK":
        return "false error" if "error" in severities else "false warning" if severities else ""
    if not severities:
        return "missed"
    return "only a warning" if observed == "DROP" and "error" not in severities else ""


def _print_case(case: Mapping[str, Any], verdict: Verdict, *, in_full: bool) -> None:
    print(f"{verdict.mistake or 'right'}: {case['class']} {case['id']}")
    print(
        "   ",
        "; ".join(str(seen) for one in case.get("observed", []) for seen in one.get("seen", ())) or case["observed"],
    )
    for line in verdict.findings:
        print("   ", line)
    if in_full:
        print(json.dumps({key: value for key, value in case.items() if key != "files"}, indent=1))
        for name, file in case["files"].items():
            print(f"--- {name}\n{file}")


if __name__ == "__main__":
    sys.exit(main())
