"""A call cannot tell two agent names apart.

## What it does
Reports agents of one `agents` folder whose names are almost the same. They differ only in case, spaces, hyphens,
underscores or the width of letters.

## Why
Clients 2.1.197 and 2.1.330 list both. When a call does not match a name exactly, they ignore these differences. So the
call may start either agent.

## Bad
```yaml
name: Code_Reviewer   # beside another file with `name: code-reviewer`
```

## Good
```yaml
name: strict-code-reviewer
```

## How to fix
Give one of them a clearly different name.

## Source
Tested with both clients on `Dup` beside `dup`, and on `my_agent` called as `my-agent`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO402"
NAME = "name-look-alike"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_SEPARATOR = re.compile(r"[\s_-]")
_WITHOUT_SEPARATORS = dict.fromkeys(code for code in range(128) if _SEPARATOR.match(chr(code)))


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for group in project.same(_lookup_key):
        for file, mention in group:
            other = next((similar.name for _, similar in group if similar.name != mention.name), None)
            if other is not None:
                yield ProjectProblem(
                    file,
                    mention.line,
                    mention.column,
                    f"{quoted(mention.name)} and {quoted(other)} are too similar: a call in another spelling may start "
                    "either. Rename one.",
                )


def _lookup_key(name: str) -> str:
    """The form of the name that the client compares; dots are part of it."""
    if name.isascii():  # mostly, and four times as fast
        return name.lower().translate(_WITHOUT_SEPARATORS)
    return _SEPARATOR.sub("", unicodedata.normalize("NFKC", name).lower())
