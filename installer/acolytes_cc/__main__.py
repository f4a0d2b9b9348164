import sys

from acolytes_cc.cli import main

sys.exit(main())
