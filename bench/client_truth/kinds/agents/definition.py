"""A definition of an agent, with what its author wants from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from bench.client_truth.case import Case, Content

_OWN_RUNS = frozenset({"mcp"})
"""Kinds whose cases need surroundings that others do not have."""


def mark_of(token: str) -> str:
    """The words with which the body of the agent with this token begins."""
    return f"MARK-{token}-END"


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition that a generator varies: its lines of frontmatter, its body, its file, and what its author wants.

    What is wanted is a JSON object. Always there are `name`, `mark` (words of the body), `path`, and `own_words` (a
    description that no other agent has, so that one with another name is found). The others are
    only compared where they are there; `compare` says how: description, model, effort, mode, memory, tools, removed
    (tools), restricted (tools that are wanted in part), background, isolated, turns, skills and hooks (marks that show
    that a skill is preloaded or a hook ran), servers.

    Attributes:
        token: A word that no other case has; the name, the file and the marks have it.
        name: The line of the name, and others for other lines.
        extra: Further lines of the frontmatter.
        beside: Other files of the project.
        group: Only cases of the same group share a run of the client.
    """

    token: str
    name: str = ""
    description: str = ""
    extra: tuple[str, ...] = ()
    body: str = ""
    path: str = ""
    wants: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Content] = field(default_factory=dict)
    group: str = ""

    @property
    def text(self) -> str:
        """The whole definition."""
        name = self.name or f"name: {self.token}"
        description = self.description or f"description: Use to probe {self.token}."
        lines = "\n".join((name, description, *self.extra))
        return f"---\n{lines}\n---\n\n{self.body or self.plain_body}"

    @property
    def plain_body(self) -> str:
        """A body with the agent's mark."""
        return f"{mark_of(self.token)} You are a probe.\n"

    @property
    def file(self) -> str:
        """The path of the definition in the project."""
        return self.path or f".claude/agents/{self.token}.md"

    @property
    def intent(self) -> dict[str, Any]:
        """What the author wants."""
        own = f"Use to probe {self.token}."
        usual = {} if self.description else {"description": own}
        always = {"name": self.token, "mark": mark_of(self.token), "path": self.file, "own_words": own}
        return {**always, **usual, **self.wants}

    def with_field(self, lines: str, **wants: Any) -> Draft:
        """This definition with one field more, and what the author wants by it."""
        return replace(self, extra=(*self.extra, lines), wants={**self.wants, **wants})

    def beside_files(self, files: Mapping[str, Content]) -> Draft:
        """This definition with other files beside it."""
        return replace(self, beside={**self.beside, **files})

    def alone(self) -> Draft:
        """This definition for a run of its own, because it has a name that others may have, too."""
        return replace(self, group=self.token)

    def case(self, kind: str, content: Content | None = None, **others: Any) -> Case:
        """The definition alone in a project."""
        files = {self.file: self.text if content is None else content, **self.beside}
        return Case(
            f"{kind}-{self.token}",
            kind,
            files,
            intent={"agents": [self.intent], "group": self.group or kind * (kind in _OWN_RUNS)},
            **others,
        )


Maker = Callable[[Random, Draft], Case]
