"""Read the value of an option. Each function returns the value, or reports what the option accepts.

`argparse` is imported when a value is wrong, and not before: the table of verbs, which names these functions, stays
cheap to import.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    import argparse


def session(value: str) -> str:
    """Return the id of a session."""
    from .checks import session_id

    return session_id(value)


def positive(value: str) -> int:
    """Return a whole number, 1 or more."""
    return _integer(value, 1, 2**63 - 1, "a whole number of 1 or more")


def positive_list(value: str) -> list[int]:
    """Return whole numbers, 1 or more, from a list with commas; each once."""
    numbers = [positive(part.strip()) for part in value.split(",") if part.strip()]
    if not numbers:
        raise _wrong(value, "a list of whole numbers with commas, such as 1,2")
    return list(dict.fromkeys(numbers))


def natural(value: str) -> int:
    """Return a whole number, 0 or more."""
    return _integer(value, 0, 2**63 - 1, "a whole number of 0 or more")


def port(value: str) -> int:
    """Return the number of a port."""
    return _integer(value, 1, 65_535, "a port from 1 to 65535")


def max_chars(value: str) -> int:
    """Return the largest number of characters to print."""
    return _integer(value, 1000, 100_000_000, "a number from 1000 on")


def days(value: str) -> float:
    """Return a number of days."""
    return _real(value, 1e6, "a number of days, such as 30")


def moment(value: str) -> tuple[float, bool]:
    """Return a date (UTC) as Unix seconds and False, or a number of days as seconds before now and True."""
    import argparse
    import datetime

    try:
        return datetime.datetime.strptime(f"{value} +0000", "%Y-%m-%d %z").timestamp(), False
    except ValueError:
        pass
    try:
        return _real(value, 1e6, "") * 86_400.0, True
    except argparse.ArgumentTypeError:
        raise _wrong(value, "a date such as 2026-01-31, or a number of days") from None


def role_prefix(value: str) -> str:
    """Return what the names of roles begin with, which needs no quotes in SQL."""
    if not value.isascii() or not value.replace("_", "a").isalnum() or value != value.lower() or len(value) > 50:
        raise _wrong(value, "the start of a name: small letters, digits and _, at most 50")
    if value[0].isdigit() or value.startswith("pg_"):
        raise _wrong(value, "the start of a name that begins with a letter, and not with pg_")
    return value


def role_grants(value: str) -> dict[str, str]:
    """Return the role of each person, from a list with commas."""
    from .checks import NO_ROLE, SERVER_ROLES

    grants = {}
    for part in filter(None, map(str.strip, value.split(","))):
        person, separator, role = part.rpartition("=")
        if not separator or not person or role not in {*SERVER_ROLES, NO_ROLE}:
            raise _wrong(part, f"PERSON=ROLE; the roles: {', '.join((*SERVER_ROLES, NO_ROLE))}")
        grants[person] = role
    return grants


def limit(value: str) -> int:
    """Return how many results to show at most."""
    return _integer(value, 1, 1000, "a whole number from 1 to 1000")


def timeout(value: str) -> float:
    """Return the number of seconds to wait."""
    return _real(value, 86_400, "a number of seconds from 0 to 86400")


def _integer(value: str, least: int, most: int, expected: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 19 or not least <= int(value) <= most:
        raise _wrong(value, expected)
    return int(value)


def _real(value: str, most: float, expected: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise _wrong(value, expected) from None
    if not 0 <= number <= most:  # false for NaN, too
        raise _wrong(value, expected)
    return number


def _wrong(value: str, expected: str) -> argparse.ArgumentTypeError:
    import argparse

    return argparse.ArgumentTypeError(f"{value!a} is not {expected}")
