"""What bootstrap says to the user: lines on standard error."""

from __future__ import annotations

import sys


def report(text: str) -> None:
    """Print one line, at once: what follows may take a minute."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)
