"""The forms in which `verb_table` declares verbs and their options. Hooks import this module, so it imports nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable


class Option:
    """One option of a verb. An option without a metavar and without choices is a flag: it takes no value."""

    __slots__ = ("choices", "default", "dest", "help", "metavar", "name", "opens_file", "read", "required")

    def __init__(
        self,
        name: str,
        metavar: str | None,
        help: str,  # noqa: A002  as argparse calls it
        *,
        read: Callable[[str], object] | None = None,
        default: object = None,
        required: bool = False,
        choices: tuple[str, ...] = (),
        dest: str | None = None,
        opens_file: bool = False,
    ) -> None:
        self.name = name
        self.metavar = metavar
        self.help = help
        self.read = read  # turns the text of the value into the value; None leaves it a text
        self.default = default
        self.required = required
        self.choices = choices
        self.dest = dest  # the attribute that holds the value; None derives it from the name
        self.opens_file = opens_file  # the value names a file that the command reads or writes

    @property
    def is_flag(self) -> bool:
        """Whether the option takes no value."""
        return self.metavar is None and not self.choices


class Verb:
    """One verb. `who` and `effect` are its row in the docs, `help` is its line in the command's help."""

    __slots__ = ("effect", "formats", "help", "name", "options", "runs_unasked", "who")

    def __init__(
        self,
        name: str,
        help: str,  # noqa: A002  as argparse calls it
        *options: Option,
        who: str,
        effect: str,
        formats: tuple[str, ...] = ("text", "json"),
        runs_unasked: bool = True,
    ) -> None:
        self.name = name
        self.help = help
        self.options = options
        self.who = who
        self.effect = effect
        self.formats = formats  # the first one is the default
        self.runs_unasked = runs_unasked  # whether the hook may let it run without asking the user
