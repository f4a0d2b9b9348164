"""Errors for the user: one line that says what is wrong, where, and how to fix it."""

from __future__ import annotations

from collections.abc import Mapping

#: The values that fix an error, by input name or by option such as `--out`. None removes an input. Only wrong inputs
#: are here. A value is the user's own in a clear form, or an example for one that is missing.
Fix = Mapping[str, object]


class PerfError(Exception):
    """An error that the user can fix. `pointer` is a JSON pointer into the input, empty for the call itself."""

    exit_code = 2

    def __init__(self, pointer: str, message: str, fix: Fix | None = None) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.fix = fix


class InputError(PerfError):
    """The call or its input is wrong (exit code 2)."""


class MissingInputError(InputError):
    """An input is missing. Its fix has an example value, so the proposed call is only an example."""


class UnknownInputError(InputError):
    """The command has no input of this name."""

    def __init__(self, pointer: str, message: str, fix: Fix | None, name: str) -> None:
        super().__init__(pointer, message, fix)
        self.name = name


class CannotAnswerError(PerfError):
    """The input is valid, but no answer follows from it (exit code 3). The message says what is missing."""

    exit_code = 3


def quoted(value: object) -> str:
    """The value as a short ASCII text, safe to print on one line of a terminal."""
    return f"'{one_line(value)}'" if isinstance(value, str) else one_line(repr(value))


def one_line(text: str, most: int = 60) -> str:
    """The text in ASCII without line breaks, cut to `most` characters."""
    return ascii(text)[1:-1] if len(text) <= most else ascii(text[: most - 3])[1:-1] + "..."


def pointer_to(name: str) -> str:
    """JSON pointer (RFC 6901) to a member of the input, safe to print."""
    return "/" + quoted(name.replace("~", "~0").replace("/", "~1"))[1:-1]


def did_you_mean(word: str, candidates: list[str], cutoff: float = 0.6) -> str | None:
    """The candidate that is most like a misspelt word, None when none is similar by `cutoff`, from 0 to 1."""
    import difflib

    return next(iter(difflib.get_close_matches(word, candidates, n=1, cutoff=cutoff)), None)
