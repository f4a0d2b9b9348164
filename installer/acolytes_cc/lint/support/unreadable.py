"""What is said of frontmatter that does not parse."""

from __future__ import annotations

from acolytes_cc.definitions.fields import SyntaxProblem
from acolytes_cc.lint.rule import Problem


def unreadable(problem: SyntaxProblem, effect: str) -> Problem:
    """That it does not parse, and the ``effect``; of one that is too large to be read here, no effect is known."""
    if problem.is_ours:
        return Problem(problem.offset, f"the frontmatter is too large to be judged ({problem.message}): shorten it")
    return Problem(problem.offset, f"the frontmatter does not parse ({problem.message}){effect}")
