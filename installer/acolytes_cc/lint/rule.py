"""The shape of a rule: a module in ``acolytes_cc.lint.rules`` with six constants and a function ``check``.

The module's docstring is its page in the documentation. A rule with ``KINDS = ("project",)`` is a ``ProjectRule``: its
``check`` sees the summaries of all files of a run. Every other rule is a ``Rule``: its ``check`` sees one file of the
kinds that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, cast

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.choices import Confidence, Persona, Severity
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.context.suppressions import Comment, Suppression, comments, suppressions
from acolytes_cc.lint.context.toolbox import Toolbox

#: What a rule may import from here. mypy asks for this list, because three names come from `choices`.
__all__ = [
    "Confidence",
    "Context",
    "Edit",
    "Fix",
    "Kinds",
    "Persona",
    "Problem",
    "ProjectProblem",
    "ProjectRule",
    "Rule",
    "RuleModule",
    "Severity",
]

Kinds = tuple[Kind | Literal["project"], ...]


class Edit(NamedTuple):
    """Text that replaces a span of the file's text."""

    span: Span
    text: str


class Fix(NamedTuple):
    """Edits that belong together.

    Attributes:
        edits: The edits. They do not overlap.
        safe: Whether nobody can have meant what the file says now. Only these are applied without ``--unsafe``.
    """

    edits: tuple[Edit, ...]
    safe: bool = True


class Problem(NamedTuple):
    """A problem in one file.

    Attributes:
        offset: Where it is, in characters of the file's text.
        message: One line for the user.
        fix: What solves it, if a program can do that.
    """

    offset: int
    message: str
    fix: Fix | None = None


class ProjectProblem(NamedTuple):
    """A problem that shows only when all files of a run are seen together.

    Line and column count from 1.
    """

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Context:
    """Data about one file that several rules use."""

    subject: Subject
    registry: Registry

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The comments that are meant for this program."""
        return tuple(comments(cast(Definition, self.subject)))

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        """What those comments switch off."""
        return suppressions(self.subject.source, self.comments)

    def is_suppressed(self, offset: int, code: str, name: str) -> bool:
        """Return whether a finding of that rule at that place is switched off."""
        line = self.subject.source.position(offset).line
        return any(one.covers(line, code, name) for one in self.suppressions)

    @cached_property
    def toolbox(self) -> Toolbox:
        """The tools that the agent gets."""
        return Toolbox(cast(Definition, self.subject), self.registry)


class RuleModule(Protocol):
    """The constants of a rule."""

    __name__: str
    __doc__: str | None
    CODE: str
    NAME: str
    SEVERITY: Severity
    CONFIDENCE: Confidence
    PERSONA: Persona
    KINDS: Kinds


class Rule(RuleModule, Protocol):
    """A module whose rule checks one file at a time."""

    def check(self, subject: Any, context: Context, /) -> Iterator[Problem]:
        """Yield the problems in one file, in any order."""


class ProjectRule(RuleModule, Protocol):
    """A module whose rule checks all files of a run together."""

    def check(self, project: Project, registry: Registry, /) -> Iterator[ProjectProblem]:
        """Yield the problems in the whole run, in any order."""
