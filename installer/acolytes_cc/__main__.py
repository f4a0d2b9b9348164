"""Run `acolytes` as a module: python -m acolytes_cc."""

import sys

from acolytes_cc.cli import main

sys.exit(main())
