"""Proposes a call after an error: the user's own call with only the mistakes fixed, or the command's help.

Where a value is made up, the call is called an example.
"""

from __future__ import annotations

from collections.abc import Mapping

from acolytes_perf.declare import Command
from acolytes_perf.errors import Fix, MissingInputError, PerfError
from acolytes_perf.outputs.command_line import call, shell_word

#: The most characters of a proposed call. A longer one, with a whole table, helps nobody.
MOST = 400


def proposal(command: Command, raw: Mapping[str, object], options: Mapping[str, object], error: PerfError) -> str:
    """Propose a call that works, such as `try: acolytes-perf ...`.

    In a call with several mistakes each one is fixed in turn, as long as each has a fix of its own.

    Args:
        command: the command that was called.
        raw: the inputs as the user wrote them.
        options: the user's options by name, with their values, True for a flag.
        error: the first mistake.
    """
    inputs, kept, fix = dict(raw), dict(options), error.fix
    for _ in range(len(raw) + 1):
        if fix is None:
            break
        for name, value in fix.items():
            changed = kept if name.startswith("--") else inputs
            changed[name] = value
            if value is None:
                changed.pop(name, None)
        refusal = None if {"--schema", "--explain"} & kept.keys() else _refusal(command, inputs)
        if refusal is None:
            proposed = call(command.name, _written(command, inputs)) + _said(kept)
            if len(proposed) <= MOST:
                return f"{'for example' if isinstance(error, MissingInputError) else 'try'}: {proposed}"
            break
        # an input that the user never gave is not to be made up on the way
        fix = refusal.fix if refusal.fix and refusal.fix.keys() <= inputs.keys() else None
    return f"try: acolytes-perf {command.name} --help"


def _refusal(command: Command, inputs: Fix) -> PerfError | None:
    try:
        command.run(command.check(inputs))
    except PerfError as error:
        return error
    return None


def _written(command: Command, inputs: Fix) -> dict[str, object]:
    """The inputs as a command line takes them."""
    fields = {field.name: field for field in command.fields}
    return {name: fields[name].as_written(value) for name, value in inputs.items()}


def _said(options: Mapping[str, object]) -> str:
    words = [name if value is True else f"{name} {shell_word(str(value))}" for name, value in options.items()]
    return "".join(f" {word}" for word in words)
