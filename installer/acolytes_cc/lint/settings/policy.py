"""What the user wants of the rules: which of them run, for which files, and how much each weighs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import get_args

from acolytes_cc.lint.catalogue import all_rules, select
from acolytes_cc.lint.rule import Persona, Severity


@dataclass(frozen=True)
class Policy:
    """The settings that change what is reported.

    ``selected`` and ``ignored`` hold codes, names and beginnings of codes; nothing selected is every rule. A rule that
    is named runs whatever the persona. ``severities`` goes by code. The patterns of ``per_file`` count from ``root``.
    """

    selected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    per_file: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    persona: Persona = "regular"
    root: str = "."

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of the rules that run."""
        personas = get_args(Persona)
        allowed = personas[: personas.index(self.persona) + 1]
        fitting = {rule.CODE for rule in all_rules() if rule.PERSONA in allowed}
        named, begun = select(self.selected)
        chosen = named | (begun & fitting) if self.selected else fitting
        return frozenset(chosen - frozenset().union(*select(self.ignored)))

    def switched_off(self, path: str) -> frozenset[str]:
        """The codes that do not count for the file at ``path``."""
        if not self.per_file:
            return frozenset()
        name = os.path.relpath(path, self.root).replace(os.sep, "/")
        off = [codes for pattern, codes in self._per_file_codes if fnmatchcase(name, pattern)]
        return frozenset().union(*off)

    @cached_property
    def _per_file_codes(self) -> tuple[tuple[str, frozenset[str]], ...]:
        return tuple((pattern, frozenset().union(*select(selectors))) for pattern, selectors in self.per_file.items())
