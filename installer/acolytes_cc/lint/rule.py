"""What a rule is: a module with six constants and one function, found in ``acolytes_cc.lint.rules``.

Its docstring is its page of the documentation. A rule whose ``KINDS`` is ``("project",)`` is a ``ProjectRule``: its
``check`` sees the summaries of all files of a run; every other is a ``Rule`` and sees one file of the kinds it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal, NamedTuple, Protocol, cast

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kinds import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.lint.support.project import Project
from acolytes_cc.lint.support.suppressions import Comment, comments
from acolytes_cc.lint.support.toolbox import Toolbox

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
Persona = Literal["regular", "pedantic", "auditor"]
Kinds = tuple[Kind | Literal["project"], ...]


class Edit(NamedTuple):
    """Text that takes the place of a span of the file's text."""

    span: Span
    text: str


class Fix(NamedTuple):
    """Edits that belong together; ``safe`` when nobody can have meant what stands there now."""

    edits: tuple[Edit, ...]
    safe: bool = True


class Problem(NamedTuple):
    """What a rule found: a character offset in the file's text, a message of one line, and what mends it."""

    offset: int
    message: str
    fix: Fix | None = None


class ProjectProblem(NamedTuple):
    """What a project rule found, and in which file."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Context:
    """What rules share about one file."""

    subject: Subject
    registry: Registry

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        return tuple(comments(cast(Definition, self.subject)))

    @cached_property
    def toolbox(self) -> Toolbox:
        return Toolbox(cast(Definition, self.subject), self.registry)


class _Described(Protocol):
    __name__: str
    __doc__: str | None
    CODE: str
    NAME: str
    SEVERITY: Severity
    CONFIDENCE: Confidence
    PERSONA: Persona
    KINDS: Kinds


class Rule(_Described, Protocol):
    """The shape of a module whose rule reads one file."""

    def check(self, subject: Any, context: Context, /) -> Iterator[Problem]: ...


class ProjectRule(_Described, Protocol):
    """The shape of a module whose rule sees the whole run."""

    def check(self, project: Project, registry: Registry, /) -> Iterator[ProjectProblem]: ...


def load_rules() -> tuple[Rule | ProjectRule, ...]:
    """Every module of ``acolytes_cc.lint.rules``, by code."""
    from acolytes_cc.lint import rules

    modules = (import_module(f"{rules.__name__}.{found.name}") for found in iter_modules(rules.__path__))
    return tuple(sorted((cast(Rule, module) for module in modules), key=lambda rule: rule.CODE))


def file_rules(loaded: tuple[Rule | ProjectRule, ...], kind: Kind) -> tuple[Rule, ...]:
    """Those rules that read files of ``kind``."""
    return tuple(cast(Rule, rule) for rule in loaded if kind in rule.KINDS)


def project_rules(loaded: tuple[Rule | ProjectRule, ...]) -> tuple[ProjectRule, ...]:
    """Those rules that see the whole run."""
    return tuple(cast(ProjectRule, rule) for rule in loaded if "project" in rule.KINDS)
