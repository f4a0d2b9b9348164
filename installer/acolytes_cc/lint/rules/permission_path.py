"""A permission rule has an absolute path with one slash.

## What it does
Reports rules for Edit and Read whose path starts with one slash and the name of a folder of the system, such as
`/etc` or `/home`.

## Why
In a rule, one slash stands for the folder of the settings file's project, and two for the root of the disk. With
`Read(/etc/**)` in `deny`, client 2.1.332 reads files of `/etc`.

## Bad
```json
{"permissions": {"deny": ["Read(/etc/**)"]}}
```

## Good
```json
{"permissions": {"deny": ["Read(//etc/**)"]}}
```

## How to fix
Write two slashes for an absolute path, `~/` for a path in the home folder, `./` for one in the current folder.

## Source
Tested with client 2.1.332 and `deny`: with `Read(/etc/**)`, it read `/etc/hostname`, and with `Read(//etc/**)` it did
not. With `Edit(/var/tmp/**)`, it wrote a file there, and with `Edit(//var/tmp/**)` it did not. What one slash stands
for is from https://code.claude.com/docs/en/permissions
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.permission_syntax import rules_of

CODE = "ACO514"
NAME = "permission-path"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)

_ONE_SLASH = re.compile(
    r"(?:Edit|Read)\((?P<path>/(?:Applications|Library|System|Users|Volumes|boot|dev|etc|home|mnt|opt|private|proc|root|srv|sys|tmp|usr|var)/.*)\)"
)


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    for _, item in rules_of(document):
        rule = _ONE_SLASH.fullmatch(item.data) if isinstance(item.data, str) else None
        if rule:
            path = rule["path"]
            message = f"`{path}` is below the project's folder here, not below the root. Write `/{path}` for the root."
            yield Problem(item.span.start, message)
