"""Which rules run, for which files, and with which severity."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import get_args

from acolytes_cc.lint.catalogue import all_rules, select
from acolytes_cc.lint.choices import Persona, Severity


@dataclass(frozen=True)
class Policy:
    """The settings that change what is reported.

    Attributes:
        selected: Codes, names and beginnings of codes; every rule if there are none. A rule that is named itself runs
            with any persona.
        ignored: The same, for rules that do not run.
        severities: The severity by code, where it is not the rule's own.
        per_file: Ignored rules by a pattern for paths.
        persona: How strict to be.
        root: The folder that the patterns are relative to.
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
        of_persona = {rule.CODE for rule in all_rules() if rule.PERSONA in allowed}
        selection = select(self.selected)
        chosen = selection.named | (selection.by_prefix & of_persona) if self.selected else of_persona
        return frozenset(chosen - select(self.ignored).codes)

    def switched_off(self, path: str) -> frozenset[str]:
        """Return the codes of the rules that are ignored in the file at ``path``."""
        if not self.per_file:
            return frozenset()
        name = os.path.relpath(path, self.root).replace(os.sep, "/")
        off = [codes for pattern, codes in self._per_file_codes if fnmatchcase(name, pattern)]
        return frozenset().union(*off)

    @cached_property
    def _per_file_codes(self) -> tuple[tuple[str, frozenset[str]], ...]:
        return tuple((pattern, select(selectors).codes) for pattern, selectors in self.per_file.items())
