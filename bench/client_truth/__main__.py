"""How often the linter agrees with the real client, kind by kind: on fresh cases, or on recorded ones.

    python bench/client_truth [--sample N] [--seed S] [--client PATH] [--kind KIND ...] [--list] [--write CASES.json]
    python bench/client_truth CASES.json [--kind KIND ...] [--list] [--show ID] [--write CASES.json]

Without a file, N new cases are made from the seed, and the client loads them (against a scripted model, in a scratch
home). Where the linter disagrees, the client loads the case again, and only the second run counts. With a file, the
cases in it are only judged; with ``--observe`` the client loads them, too. ``--list`` shows each mistake. ``--write``
records the cases with what the client did.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:1] = [str(ROOT / "installer"), str(ROOT / "tests" / "helpers"), str(ROOT)]

from bench.client_truth.case import Case, case_to_json, read_cases  # noqa: E402 - found only now
from bench.client_truth.client_run import client_at  # noqa: E402
from bench.client_truth.kinds import all_kinds  # noqa: E402
from bench.client_truth.sample import sampled  # noqa: E402
from bench.client_truth.score import MISTAKES, Verdict  # noqa: E402
from bench.client_truth.verdicts import judged, observed_and_judged  # noqa: E402


def main(argv: list[str] | None = None) -> int:
    """Judge the cases and print the mistakes by kind; returns 0."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="client-truth-") as folder:
        scratch = Path(folder).resolve()
        if options.cases:
            cases = [case for path in options.cases for case in read_cases(path.read_text("utf-8"))]
            cases = [case for case in cases if options.kind is None or case.kind in options.kind]
            cases = [case for case in cases if options.show in (None, case.id)]
        else:
            cases = sampled(options.sample, options.seed, options.kind or all_kinds())
        if options.observe or not options.cases:
            client, version = client_at(options.client)
            began = time.monotonic()
            verdicts = observed_and_judged(cases, client, scratch)
            print(f"client {version} loaded {len(cases)} cases in {time.monotonic() - began:.0f} s", file=sys.stderr)
        else:
            verdicts = judged(cases, scratch)
        if options.write:
            options.write.write_text(json.dumps([case_to_json(case) for case, _ in verdicts], indent=1) + "\n", "utf-8")
    for case, verdict in verdicts:
        if (options.list and verdict.mistake) or options.show:
            _print_case(case, verdict, in_full=bool(options.show))
    _print_table(verdicts)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path, nargs="*", help="recorded cases, as JSON")
    parser.add_argument("--sample", type=int, default=300, help="how many cases to make, all kinds together")
    parser.add_argument("--seed", type=int, default=1, help="which cases to make")
    parser.add_argument("--client", type=Path, help="the client to run (default: that of the tests)")
    parser.add_argument("--kind", action="append", help="only cases of this kind")
    parser.add_argument("--observe", action="store_true", help="let the client load recorded cases again")
    parser.add_argument("--list", action="store_true", help="list each mistake with what was observed")
    parser.add_argument("--show", metavar="ID", help="print everything about the recorded case with this id")
    parser.add_argument("--write", type=Path, metavar="CASES.json", help="record the cases")
    return parser


def _print_case(case: Case, verdict: Verdict, *, in_full: bool) -> None:
    print(f"{verdict.mistake or 'right'}: {case.verdict} {case.id}")
    seen = "; ".join(str(seen) for one in case.observed if isinstance(one, dict) for seen in one.get("seen", ()))
    print(f"    client: {seen or case.observed}")
    for line in verdict.findings:
        print("   ", line)
    if in_full:
        print(json.dumps({key: value for key, value in case_to_json(case).items() if key != "files"}, indent=1))
    for name, file in case.files.items() if in_full else ():
        print(f"--- {name}\n{file}")


def _print_table(verdicts: Iterable[tuple[Case, Verdict]]) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case, verdict in verdicts:
        for kind in (case.kind, "all"):
            counts[kind].update(("cases", case.verdict, verdict.mistake))
    columns = ("cases", "DROP", "CHANGE", "OK", *MISTAKES)
    print(f"{'':<12}" + "".join(f"{column:>15}" for column in columns))
    for kind in sorted(counts, key=lambda name: (name == "all", name)):
        print(f"{kind:<12}" + "".join(f"{counts[kind][column]:>15}" for column in columns))


if __name__ == "__main__":
    sys.exit(main())
