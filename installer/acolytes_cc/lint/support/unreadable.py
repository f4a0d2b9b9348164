"""The problem of frontmatter that does not parse."""

from __future__ import annotations

from acolytes_cc.definitions.values import SyntaxProblem
from acolytes_cc.lint.rule import Edit, Fix, Problem

_HINT = "Check quotes and indentation."


def unreadable(problem: SyntaxProblem, effect: str) -> Problem:
    """The parser's message and the ``effect``, which is unknown when the frontmatter is too large to parse here."""
    if problem.exceeds_limit:
        return Problem(problem.offset, f"The frontmatter is too large to check: {problem.message}. Shorten it.")
    message = f"The frontmatter is not valid YAML: {problem.message}. {effect} {problem.how_to_fix or _HINT}"
    return Problem(problem.offset, message, Fix((Edit(*problem.mend),)) if problem.mend else None)
