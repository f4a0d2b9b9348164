"""Run as a module: python -m acolytes_cc.rescue FACTS VERB OPTION..."""

import sys

from acolytes_cc.rescue.command import main

sys.exit(main(sys.argv[1:]))
