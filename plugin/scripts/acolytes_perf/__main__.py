"""Run the calculators as `python -m acolytes_perf`."""

import sys

from acolytes_perf.cli import main

if __name__ == "__main__":
    sys.exit(main())
