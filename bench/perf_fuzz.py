"""Runs many random calls of every command, and lists each kind of fault once, with a call that shows it.

    python bench/perf_fuzz.py [CALLS] [SEED] [COMMAND ...]

An option that can be left out without a change in the answer is listed too,
as `no effect`: not each of these is a fault, as a value may be the default.
"""

import argparse
import collections
import os
import random
import re
import resource
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "helpers")]

from acolytes_perf import commands  # noqa: E402
from perf_fuzzing import Fuzzer, judged, substance  # noqa: E402

_MOST_BYTES = 3 << 30


def _place(error: str) -> str:
    """Where a bug was raised, from its log."""
    log = re.search(r"report it with (\S+)", error)
    if not log:
        return error[-200:]
    text = Path(log[1]).read_text(encoding="utf-8")
    Path(log[1]).unlink()
    frames = re.findall(r'File ".*?acolytes_perf/(\S+)", line (\d+)', text)
    return f"{text.strip().splitlines()[-1][:150]} at {':'.join(frames[-1]) if frames else '?'}"


def defaults(name: str) -> list[str]:
    """The options that only say a default."""
    return [f"--{field.name.replace('_', '-')}={field.default}" for field in commands.load(name).fields]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the calls and print the faults."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", nargs="?", type=int, default=1000, help="how many calls to make (default: 1000)")
    parser.add_argument("seed", nargs="?", type=int, default=1, help="repeats the calls of an earlier run (default: 1)")
    parser.add_argument("commands", nargs="*", metavar="command", help="only these, as 'queue size' (default: all)")
    parsed = parser.parse_args(arguments)
    calls, seed, names = parsed.calls, parsed.seed, parsed.commands or list(commands.names())
    names += 2 * [name for name in names if any(field.is_file for field in commands.load(name).fields)]
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    kinds: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    codes: collections.Counter[int] = collections.Counter()
    rng, started = random.Random(seed), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        fuzzer = Fuzzer(seed, Path(folder))
        for at in range(calls):
            name = names[at % len(names)]
            words = fuzzer.call(name)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            verdict = judged(words)
            codes[verdict.code] += 1
            faults = [f"{fault} {_place(verdict.error)}" if fault == "exit 4" else fault for fault in verdict.faults]
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
            if grown > 200_000:
                faults.append(f"takes {grown >> 10} MB more")
            options = words[len(name.split()) :]
            left_out = rng.choice(options) if options else ""
            if verdict.document and len(options) > 1 and rng.random() < 0.3 and left_out not in defaults(name):
                other = judged([word for word in words if word != left_out])
                if other.document and substance(other.document) == substance(verdict.document):
                    faults.append(f"no effect: {left_out.split('=')[0]}")
            for fault in faults:
                seen = kinds[name, fault]
                seen.append("")
                if len(seen) == 1:
                    kept = Path(tempfile.gettempdir()) / "fuzz-kept" / str(seed) / str(at)
                    for word in words:
                        for used in re.findall(r"\bin\d+\.\w+", word):
                            kept.mkdir(parents=True, exist_ok=True)
                            if Path(used).is_file():
                                (kept / used).write_bytes(Path(used).read_bytes())
                    seen[0] = f"{kept}: {shlex.join(words)[:600]}" + (
                        f"\n    {verdict.error[:300]}" if "own words" in fault else ""
                    )
                    print(f"{name} | {fault}\n    {seen[0]}", flush=True)
    print(f"{calls} calls in {time.perf_counter() - started:.0f} s, exit codes {dict(sorted(codes.items()))}")
    for (name, fault), seen in sorted(kinds.items()):
        print(f"{len(seen):6} {name} | {fault}")


if __name__ == "__main__":
    main()
