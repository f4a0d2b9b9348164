"""All rules, and how users name them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, TypeAlias, cast

from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import ProjectRule, Rule
from acolytes_cc.lint.support.suggest import closest_name

ADVICE = frozenset({"description-trigger", "description-length", "body-length", "collection-cost", "skills-cost"})
"""Rules about what the client applies as it is written."""
AnyRule: TypeAlias = Rule | ProjectRule

# Imported by name: each module in this package is a rule, and none is registered.
_RULES = "acolytes_cc.lint.rules"
_MOST_LISTED = 12


class Selection(NamedTuple):
    """The codes that were named themselves, and those of which only the beginning was named."""

    named: frozenset[str]
    by_prefix: frozenset[str]

    @property
    def codes(self) -> frozenset[str]:
        """All codes."""
        return self.named | self.by_prefix


@lru_cache(maxsize=1)
def all_rules() -> tuple[AnyRule, ...]:
    """Return every module of ``acolytes_cc.lint.rules``, by code. They are loaded once."""
    package = import_module(_RULES)
    modules = [import_module(f"{_RULES}.{module.name}") for module in iter_modules(package.__path__)]
    return tuple(sorted((cast(Rule, module) for module in modules), key=lambda rule: rule.CODE))


@lru_cache(maxsize=1)
def rules_by_code() -> dict[str, AnyRule]:
    """Return every rule by its code."""
    return {rule.CODE: rule for rule in all_rules()}


@lru_cache(maxsize=16)
def file_rules(kind: Kind) -> tuple[Rule, ...]:
    """Return the rules that check files of ``kind``."""
    return tuple(cast(Rule, rule) for rule in all_rules() if kind in rule.KINDS)


@lru_cache(maxsize=1)
def project_rules() -> tuple[ProjectRule, ...]:
    """Return the rules that check all files of a run together."""
    return tuple(cast(ProjectRule, rule) for rule in all_rules() if "project" in rule.KINDS)


def find_rule(text: str) -> AnyRule | None:
    """Return the rule with that code or name, in any case; None if there is none."""
    folded = text.casefold()
    return next((rule for rule in all_rules() if folded in (rule.CODE.casefold(), rule.NAME)), None)


def select(selectors: Iterable[str]) -> Selection:
    """Return the codes that codes, names and beginnings of codes (``ACO2``) stand for.

    Raises:
        ValueError: A selector fits no rule.
    """
    named: set[str] = set()
    by_prefix: set[str] = set()
    for selector in selectors:
        rule = find_rule(selector)
        codes = _beginning_with(selector)
        if rule:
            named.add(rule.CODE)
        elif codes:
            by_prefix.update(codes)
        else:
            raise ValueError(unknown_rule(selector))
    return Selection(frozenset(named), frozenset(by_prefix))


def unknown_rule(text: str) -> str:
    """Return the error message for a name that no rule has."""
    if codes := _beginning_with(text):
        listed = ", ".join(codes) if len(codes) <= _MOST_LISTED else f"{codes[0]} to {codes[-1]}, see --list-rules"
        return f"{quoted(text)} is only the beginning of codes: write the whole code of a rule ({listed})"
    names = [name for rule in all_rules() for name in (rule.CODE, rule.NAME)]
    close = closest_name(text, names)
    return f"there is no rule {quoted(text)}" + (f"; did you mean {close}?" if close else "; see --list-rules")


def _beginning_with(text: str) -> list[str]:
    """The codes that begin with this text, in any case."""
    return [rule.CODE for rule in all_rules() if text and rule.CODE.startswith(text.upper())]
