"""What a rule is: a module with five constants and one function, found in ``acolytes_cc.lint.rules``.

Its docstring is its page of the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal, NamedTuple, Protocol, cast

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.lint.toolbox import Toolbox

Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
Persona = Literal["regular", "pedantic", "auditor"]


class Problem(NamedTuple):
    """What a rule found: a character offset in the definition's text, and a message of one line."""

    offset: int
    message: str


@dataclass(frozen=True)
class Context:
    """What rules share about one definition."""

    definition: Definition
    registry: Registry

    @cached_property
    def toolbox(self) -> Toolbox:
        return Toolbox(self.definition, self.registry)


class Rule(Protocol):
    """The shape of a rule's module."""

    __name__: str
    __doc__: str | None
    CODE: str
    NAME: str
    SEVERITY: Severity
    CONFIDENCE: Confidence
    PERSONA: Persona

    def check(self, definition: Definition, context: Context, /) -> Iterator[Problem]: ...


def load_rules() -> tuple[Rule, ...]:
    """Every module of ``acolytes_cc.lint.rules``, by code."""
    from acolytes_cc.lint import rules

    modules = (import_module(f"{rules.__name__}.{found.name}") for found in iter_modules(rules.__path__))
    return tuple(sorted((cast(Rule, module) for module in modules), key=lambda rule: rule.CODE))


def context_of(definition: Definition) -> Context:
    """The context in which all rules judge ``definition``."""
    return Context(definition, registry())
