"""What an option's value may be; anything else is refused in one line."""

from __future__ import annotations

import argparse
import math


def session(given: str) -> str:
    """Return a session's id."""
    from .checks import session_id

    return session_id(given)


def _integer(given: str, least: int, most: int, what: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 19 or not least <= int(given) <= most:
        raise argparse.ArgumentTypeError(f"{given!a} is not {what}")
    return int(given)


def positive(given: str) -> int:
    """Return a number from 1 on."""
    return _integer(given, 1, 2**63 - 1, "a number from 1 on")


def positive_list(given: str) -> list[int]:
    """Return numbers from 1 on, with commas between."""
    return [positive(part.strip()) for part in given.split(",") if part.strip()]


def natural(given: str) -> int:
    """Return a number from 0 on."""
    return _integer(given, 0, 2**63 - 1, "a number from 0 on")


def max_chars(given: str) -> int:
    """Return how many characters to print at most."""
    return _integer(given, 1000, 100_000_000, "a number from 1000 on")


def days(given: str) -> float:
    """Return a number of days."""
    return _real(given, 1e6, "a number of days from 0 on")


def timeout(given: str) -> float:
    """Return seconds to wait."""
    return _real(given, 86_400, "a number of seconds from 0 to 86400")


def _real(given: str, most: float, what: str) -> float:
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:
        raise argparse.ArgumentTypeError(f"{given!a} is not {what}")
    return number
