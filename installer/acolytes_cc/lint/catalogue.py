"""All rules, and how people name them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import ProjectRule, Rule, load_rules
from acolytes_cc.lint.support.suggest import closest_name

AnyRule: TypeAlias = Rule | ProjectRule


@lru_cache(maxsize=1)
def all_rules() -> tuple[AnyRule, ...]:
    """Every rule, loaded once."""
    return load_rules()


@lru_cache(maxsize=1)
def rules_by_code() -> dict[str, AnyRule]:
    """Every rule by its code."""
    return {rule.CODE: rule for rule in all_rules()}


def find_rule(text: str) -> AnyRule | None:
    """The rule of that code or name, whatever their case."""
    wanted = text.casefold()
    return next((rule for rule in all_rules() if wanted in (rule.CODE.casefold(), rule.NAME)), None)


def select(selectors: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The codes that codes, names and beginnings of codes (``ACO2``) stand for: those named, and those begun.

    Raises ValueError for one that stands for none.
    """
    named: set[str] = set()
    begun: set[str] = set()
    for selector in selectors:
        rule = find_rule(selector)
        codes = {found.CODE for found in all_rules() if selector and found.CODE.startswith(selector.upper())}
        if rule:
            named.add(rule.CODE)
        elif codes:
            begun |= codes
        else:
            raise ValueError(no_such_rule(selector))
    return frozenset(named), frozenset(begun)


def no_such_rule(text: str) -> str:
    """What to say of a name that no rule has."""
    names = [name for rule in all_rules() for name in (rule.CODE, rule.NAME)]
    close = closest_name(text, names)
    return f"there is no rule {shown(text)}" + (f"; did you mean {close}?" if close else "; see --list-rules")
