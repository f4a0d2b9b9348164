"""What a calculator says when it cannot answer: one line that names the place and the way out."""

from __future__ import annotations

from collections.abc import Mapping

#: Input names, or options such as `--out`, with the value to use instead; None takes one away. Only what was wrong is
#: named, and a value is the user's own, said clearly, or stands for one that was missing.
Fix = Mapping[str, object]


class PerfError(Exception):
    """A refusal that the user can mend: `pointer` is a JSON pointer into the input, empty for the call itself."""

    exit_code = 2

    def __init__(self, pointer: str, message: str, fix: Fix | None = None) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message
        self.fix = fix


class InputError(PerfError):
    """The call or its input is wrong (exit code 2)."""


class MissingInputError(InputError):
    """An input is missing; its fix holds an example, made up, and so no call to make as it stands."""


class UnknownInputError(InputError):
    """An input that the command does not take."""

    def __init__(self, pointer: str, message: str, fix: Fix | None, name: str) -> None:
        super().__init__(pointer, message, fix)
        self.name = name


class CannotAnswerError(PerfError):
    """The input is well formed, but no answer follows from it (exit code 3); the message says what is missing."""

    exit_code = 3


def quoted(value: object) -> str:
    """The value as a short piece of ASCII that cannot break the line or reach the terminal's escapes."""
    return f"'{one_line(value)}'" if isinstance(value, str) else one_line(repr(value))


def one_line(text: str, most: int = 60) -> str:
    """At most so many characters of the text, in ASCII and without line breaks."""
    return ascii(text)[1:-1] if len(text) <= most else ascii(text[: most - 3])[1:-1] + "..."


def pointer_to(name: str) -> str:
    """JSON pointer (RFC 6901) to a member of the input, safe to print."""
    return "/" + quoted(name.replace("~", "~0").replace("/", "~1"))[1:-1]


def did_you_mean(word: str, candidates: list[str]) -> str | None:
    """The known word that is nearest to a misspelt one, None when there is none near."""
    import difflib

    return next(iter(difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)), None)
