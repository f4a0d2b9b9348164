"""Everything to do for a new client: its facts, its settings, and what it does with fresh cases of every kind.

    python bench/new_client.py PROGRAM [--sample N]

Runs the benches `client_registry.py --write`, `settings_schema.py`, `settings_managed.py`, `python dev.py generate`,
and `client_truth`, whose cases go to `build/client-cases-VERSION.json`. At the end it prints where the linter and the
client disagree. Then mend the rules, look up what no run shows (aliases, removed tools, fields, events), and record
the cases as `tests/lint/data/client-cases-VERSION.json.gz`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from acolytes_cc.client import client_version

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run one step after the other; the exit code is 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("client", type=Path, help="the program of the new client")
    parser.add_argument("--sample", type=int, default=1500, help="how many fresh cases to make")
    options = parser.parse_args(arguments)
    client = options.client.absolute()
    version = client_version(str(client), timeout=60)
    if version is None:
        print(f"{client} prints no version", file=sys.stderr)
        return 3
    cases = ROOT / "build" / f"client-cases-{version}.json"
    cases.parent.mkdir(exist_ok=True)
    steps = (
        # it ends with exit code 1 when the client differs from what the registry says
        (("bench/client_registry.py", "--client", client, "--write"), (0, 1)),
        (("bench/settings_schema.py", "--client", client), (0,)),
        (("bench/settings_managed.py", "--client", client), (0,)),
        (("dev.py", "generate"), (0,)),
        (("bench/client_truth", "--client", client, "--sample", options.sample, "--list", "--write", cases), (0,)),
    )
    for step, good in steps:
        print(f"== {' '.join(map(str, step))}", flush=True)
        if subprocess.run([sys.executable, *map(str, step)], cwd=ROOT, check=False).returncode not in good:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
