"""A rule is always loaded, although it names the files that it is for.

## What it does
Reports rules whose frontmatter is not valid YAML or not closed, `paths` that is no text and no list of texts, and
fields such as `globs`, `applyTo` and `alwaysApply: false`, which other products read.

## Why
Client 2.1.332 reads only `paths`. Without that, the rule is in the context of every session, not only when the client
works on the files. There is no message.

## Bad
```yaml
globs: src/**
```

## Good
```yaml
paths: src/**
```

## How to fix
Write `paths`, with a text or a list.

## Source
Tested with client 2.1.332 on each: the rule was in the first request.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition, parse_definition
from acolytes_cc.definitions.looks import frontmatter_keys
from acolytes_cc.definitions.rule_paths import patterns
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import late_frontmatter
from acolytes_cc.lint.support.suggest import plain_name
from acolytes_cc.lint.support.unreadable import unreadable

CODE = "ACO543"
NAME = "rule-always-loaded"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("rule",)

_MEANT_AS_PATHS = frozenset({"paths", "path", "globs", "glob", "applyto", "files", "filepatterns", "patterns"})
_FIELDS = frozenset({"paths", "globs", "description", "alwaysApply"})
_BEFORE_FENCE = "\ufeff \t\r\n"
_EFFECT = "so it always loads this rule"
_NOT_CLOSED = "The frontmatter is not closed, so this rule is always loaded. Add a line `---` after the fields."
_NO_FRONTMATTER = "The client finds no frontmatter, so it always loads this rule."


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.yaml.problem is not None:
        yield unreadable(definition.yaml.problem, f"The client ignores all of it, {_EFFECT}.")
        return
    if definition.block is None:
        yield from _without_block(definition)
        return
    paths = definition.field("paths")
    if paths is not None:
        if not _is_empty(paths.value) and not _has_text(paths.value):
            message = f"The client reads only a text or a list of texts from `paths`, {_EFFECT}. Write one of them."
            yield Problem(paths.value.span.start, message)
        return
    for field in definition.yaml.fields:
        if _is_meant_as_paths(field.key) and (_has_text(field.value) or field.value.items):
            fix = Fix((Edit(field.span, "paths"),), safe=False)
            yield Problem(
                field.span.start, f"The client does not read {quoted(field.key)}, {_EFFECT}. Write `paths`.", fix
            )
            return
    always = definition.field("alwaysApply")
    if always is not None and always.value.data is False:
        yield Problem(
            always.span.start, f"The client does not read `alwaysApply`, {_EFFECT}. Name its files in `paths`."
        )


def _without_block(definition: Definition) -> Iterator[Problem]:
    late = late_frontmatter(definition.text, _FIELDS)
    if late is not None:
        if _names_files(f"{frontmatter.FENCE}\n{definition.text[slice(*late.yaml)]}{frontmatter.FENCE}\n"):
            yield Problem(0, f"{_NO_FRONTMATTER} {late.how_to_fix}", late.fix)
    elif _names_files(definition.text):
        is_open = frontmatter.yaml_start(definition.text) is not None
        yield Problem(0, _NOT_CLOSED if is_open else f"{_NO_FRONTMATTER} The first line must be exactly `---`.")


def _is_meant_as_paths(key: str) -> bool:
    return plain_name(key) in _MEANT_AS_PATHS


def _names_files(text: str) -> bool:
    """Whether a text that has no frontmatter for the client begins with fields that name files."""
    meant = parse_definition(text.lstrip(_BEFORE_FENCE).encode("utf-8", "surrogatepass"), "")
    if meant.block is None or meant.yaml.problem is not None:
        return "alwaysApply: false" in text or any(map(_is_meant_as_paths, frontmatter_keys(text)))
    fields = [field for field in meant.yaml.fields if _is_meant_as_paths(field.key)]
    return any(patterns(field.value, meant.text) for field in fields) or "alwaysApply: false" in text


def _has_text(value: Value) -> bool:
    return (isinstance(value.data, str) and bool(value.data)) or any(map(_has_text, value.items))


def _is_empty(value: Value) -> bool:
    return value.data == "" or (value.kind in ("null", "list") and not value.items)
