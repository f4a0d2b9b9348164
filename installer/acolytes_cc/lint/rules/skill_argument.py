r"""The client does not fill in a placeholder, or fills in another argument.

## What it does
Reports `{{arguments}}`, `${ARGUMENTS}`, `$ARGS` and the like in the prose of a skill or a command, `$1` in prose or in
a command `` !`..` `` where nothing names the first argument, and the fields `$1` of an `awk` program in code.

## Why
Client 2.1.332 fills in `$ARGUMENTS`, `$0`, `$1` and the names in `arguments`. It counts from 0, so `$1` is the second
argument. It leaves other placeholders as they are, and adds a line `ARGUMENTS: ..` at the end. It replaces in code,
too: called with two words, `awk '{print $1}'` becomes `awk '{print word}'`. It makes `$1` of `\$1`. When an argument
is missing, it refuses a command `` !`echo $1` ``, and with it the whole skill.

## Bad
```markdown
Fix issue $1 on branch $2.
```

## Good
```markdown
Fix issue $0 on branch $1.
```

## How to fix
Write `$ARGUMENTS` for all arguments, `$0` for the first one, or give them names in `arguments`. For a field of `awk`,
write `\$1`.

## Source
Tested with client 2.1.332: a skill and a command with each, called with one and with two arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.markdown import Structure
from acolytes_cc.definitions.source import line_start
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.prose import REACH
from acolytes_cc.lint.support.skill_commands import shell_commands

CODE = "ACO534"
NAME = "skill-argument"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill", "command")

_OTHER = re.compile(r"\{\{ ?(?:arguments|args|ARGUMENTS|ARGS|\$ARGUMENTS) ?\}\}|\$\{ARGUMENTS\}|\$(?:ARGUMENT|ARGS)\b")
_FROM_ZERO = "The client counts from 0, so `$1` is the second argument"
# A skill about commands of another product, whose placeholder is `{{args}}`
_OTHER_PRODUCT = re.compile(r"gemini|\btoml\b", re.IGNORECASE)
# "Placeholders ($ARGUMENTS, $1, $2)" and `"allowed-tools", "$1 and $2"` are about commands
_SECOND = re.compile(r"(?<![\\\w$])(?<!\$ARGUMENTS, )(?<!\$ARGUMENTS`, `)(?<!\", \")\$1(?![\w%]|[,.]\d)")

# In a program between single quotes, `$1` is a field; behind it, in `awk '..' "$1"`, it may be an argument
_FIELD = re.compile(r"\bawk\b(?:[^'\n]*'[^'\n]*')*?[^'\n]*'[^'\n]*?(?<!\\)(?P<field>\$(?P<number>\d)(?!\d))")
_SQL = re.compile(r"\bSQL\b|\bparameteri[sz]ed\b|\bprepared statements?\b", re.IGNORECASE)
_MONEY = re.compile(r"[-–]\$?\d|[ -]?(?:million|billion)")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    text, start = definition.text, definition.block.body if definition.block else 0
    if "$" not in text and "{{" not in text:
        return
    structure = Structure(text, start)
    for found in _OTHER.finditer(text, start):
        if not structure.is_code(*found.span()) and not _OTHER_PRODUCT.search(_line(text, found.start())):
            message = f"The client does not fill in {quoted(found[0])}. Write `$ARGUMENTS`."
            yield Problem(found.start(), message)
    for found in _FIELD.finditer(text, start) if "awk" in text else ():
        if structure.is_code(*found.span("field")):
            yield Problem(found.start("field"), _replaced_field(found))
            break
    if not _names_first(definition):
        yield from _second(definition, structure, start)


def _second(definition: Definition, structure: Structure, start: int) -> Iterator[Problem]:
    """The first `$1`, in prose or in a command that the client runs."""
    text = definition.text
    for found in _SECOND.finditer(text, start):
        if not structure.is_code(*found.span()):
            message = f"{_FROM_ZERO}. Write `$0` for the first one."
            if _MONEY.match(text, found.end()):
                message = "The client puts an argument in the place of `$1`. For a sum of money, write `\\$1`."
            elif _SQL.search(_line(text, found.start())):
                message = "The client puts an argument in the place of `$1`. For a parameter of SQL, write `\\$1`."
            yield Problem(found.start(), message)
            return
    for command in shell_commands(text, start) if "$1" in text else ():
        found_in = _SECOND.search(command.text)
        if found_in and not _FIELD.search(command.text):
            offset = text.index(command.text, command.offset) + found_in.start()
            message = (
                f"{_FROM_ZERO}, and with one argument the client refuses the command. Write `$0` for the first one."
            )
            yield Problem(offset, message)
            return


def _names_first(definition: Definition) -> bool:
    """Whether the text uses the first argument by its number or by a name."""
    text, field = definition.text, definition.field("arguments")
    values = (field.value, *field.value.items) if field else ()
    names = [
        name for value in values if isinstance(value.data, str) for name in re.split(r"[\s,]+", value.data) if name
    ]
    return "$0" in text or "$ARGUMENTS[0]" in text or any(f"${name}" in text for name in names)


def _replaced_field(found: re.Match[str]) -> str:
    count, field = int(found["number"]) + 1, found["field"]
    words = "an argument" if count == 1 else f"{count} or more arguments"
    return f"With {words}, the client replaces {quoted(field)} in this `awk` program. Write `\\{field}`."


def _line(text: str, offset: int) -> str:
    return text[line_start(text, offset) : offset + REACH].partition("\n")[0]
