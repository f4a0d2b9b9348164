"""What one call of a command prints and writes."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from acolytes_perf import options as call_options
from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, PerfError, UnknownInputError, one_line
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.input_sources import gather_inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.outputs.document import described
from acolytes_perf.outputs.render import RENDERERS, as_json, mark, warnings_of


def answered(command: Command, words: list[str]) -> tuple[str, int]:
    """The text to print and the exit code, 0 or 1; raises PerfError with a proposal in its message."""
    raw: dict[str, object] = {}
    given: dict[str, object] = {}
    try:
        options, strange = call_options.parsed(command, words)
        given = call_options.kept(options)
        if not (options.schema or options.explain):
            tables = [field for field in command.fields if isinstance(field, Table)]
            raw = gather_inputs(options.file, options.input, options.set, tables)
        call_options.check(command, options, strange, raw)
        return (_about(command, options), 0) if options.schema or options.explain else _answer(command, raw, options)
    except PerfError as error:
        error.message += f"; {_way_out(command, raw, given, error)}"
        raise


def _way_out(command: Command, raw: dict[str, object], given: dict[str, object], error: PerfError) -> str:
    """Propose a call to make instead.

    For an input that another command of the area takes, it is that command: without the input the call would answer
    another question.
    """
    if isinstance(error, UnknownInputError):
        from acolytes_perf import commands

        area = command.name.split()[0]
        for other in commands.names():
            if other.split()[0] == area and error.name in [field.name for field in commands.load(other).fields]:
                return f"{error.name} is an input of {other}; try: acolytes-perf {other} --help"
    from acolytes_perf.outputs.proposal import proposal

    return proposal(command, raw, given, error)


def _about(command: Command, options: argparse.Namespace) -> str:
    if options.schema:
        import json

        from acolytes_perf.schemas import input_schema

        return json.dumps(input_schema(command), indent=2) + "\n"
    from acolytes_perf.guide import explanation, explanation_text

    found = explanation(command)
    return as_json(found) if options.format == "json" else explanation_text(found)


def _answer(command: Command, raw: dict[str, object], options: argparse.Namespace) -> tuple[str, int]:
    """The answer in the format asked for; with `--out` it goes into files, and one line says so."""
    inputs = command.check(raw)
    outcome = command.run(inputs)
    found = described(command, inputs, outcome)
    if options.out:
        paths, left = _write(command, inputs, found, options)
        lines = [found["answer"], f"written: {', '.join(map(one_line, paths))} ({mark(found)})", *left]
        text = "\n".join(lines) + "\n"
    else:
        text = _rendered(command, inputs, found, options.format or "text")
    if options.out or options.format in command.formats:
        # what goes into a file or another program is not read at once
        for warning in warnings_of(found):
            print(f"acolytes-perf: {warning}", file=sys.stderr)
    return text, int(outcome.failed)


def _rendered(command: Command, inputs: Inputs, found: dict[str, Any], name: str) -> str:
    return RENDERERS[name](found) if name in RENDERERS else command.formats[name].render(inputs, found)


def _write(
    command: Command, inputs: Inputs, found: dict[str, Any], options: argparse.Namespace
) -> tuple[list[str], list[str]]:
    """Writes the file asked for, or into a folder one of every format; says which, and what was left out and why."""
    from acolytes_perf.outputs.output_file import is_folder, write

    if not is_folder(options.out):
        write({options.out: _rendered(command, inputs, found, options.format)}, options.out)
        return [options.out], []
    stem = os.path.join(options.out, command.name.replace(" ", "-"))
    own, left = {}, []
    for name, one in command.formats.items():
        usual = f"{stem}{'' if name == 'svg' else '-' + name}{one.suffixes[0]}"
        path = os.path.join(options.out, one.file) if one.file else usual
        try:
            own[path] = one.render(inputs, found)
        except CannotAnswerError as error:
            left.append(f"not written: {name}, {error.message}{_stale(path)}")
    found["artefacts"] = list(own)
    texts = {f"{stem}.json": RENDERERS["json"](found), f"{stem}.md": RENDERERS["markdown"](found), **own}
    write(texts, options.out)
    return list(texts), left


def _stale(path: str) -> str:
    """What to know of a file that is there although this answer has none such."""
    return f"; {one_line(path)} is there from before and belongs to another answer" if os.path.lexists(path) else ""
