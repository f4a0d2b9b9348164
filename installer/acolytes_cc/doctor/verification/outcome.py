"""What the client did with one file, as far as a run shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

State = Literal["loaded", "partly", "not loaded", "not observed"]


class Outcome(NamedTuple):
    """What the client did with one file.

    Attributes:
        path: The file, as the linter names it.
        state: ``partly`` is a file that is loaded, but something that it declares is not honoured.
        details: What is not honoured, why the file is not loaded, or why that could not be observed.
    """

    path: str
    state: State
    details: tuple[str, ...] = ()


def loaded(path: str, ignored: Iterable[str] = ()) -> Outcome:
    """A file that the client loads, apart from what it ignores."""
    details = tuple(dict.fromkeys(ignored))
    return Outcome(path, "partly" if details else "loaded", details)


def dropped(path: str, *reasons: str) -> Outcome:
    """A file that the client does not load."""
    return Outcome(path, "not loaded", tuple(dict.fromkeys(reason for reason in reasons if reason)))


def unobserved(path: str, reason: str) -> Outcome:
    """A file of which a run shows nothing."""
    return Outcome(path, "not observed", (reason,))


Observer = Callable[[str], Outcome]
"""Says what the client did with the file at a path."""
