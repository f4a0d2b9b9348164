"""Answers one call of a command: what it prints and which files it writes."""

from __future__ import annotations

import argparse
import os
import sys

from acolytes_perf import options as call_options
from acolytes_perf.declare import Answer, Command
from acolytes_perf.errors import CannotAnswerError, PerfError, UnknownInputError, one_line
from acolytes_perf.inputs.input_sources import gather_inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.outputs.document import answer_to, json_text, mark
from acolytes_perf.outputs.render import RENDERERS, as_json, as_markdown, warning_lines


def answered(command: Command, words: list[str]) -> tuple[str, int]:
    """Answer one call.

    Returns:
        The text to print, and the exit code: 0, or 1 when a gate failed.

    Raises:
        PerfError: the call is wrong, or no answer follows; its message proposes a call.
    """
    raw: dict[str, object] = {}
    user_options: dict[str, object] = {}
    try:
        options, strange = call_options.parsed(command, words)
        user_options = call_options.kept(options)
        if not (options.schema or options.explain):
            tables = [field for field in command.fields if isinstance(field, Table)]
            raw = gather_inputs(options.file, options.input, options.set, tables)
        call_options.check(command, options, strange, raw)
        return (_about(command, options), 0) if options.schema or options.explain else _answer(command, raw, options)
    except PerfError as error:
        error.message += f"; {_way_out(command, raw, user_options, error)}"
        raise


def _way_out(command: Command, raw: dict[str, object], user_options: dict[str, object], error: PerfError) -> str:
    """Propose a call to make instead.

    For an input that another command of the area takes, it is that command: without the input the call would answer
    another question.
    """
    if isinstance(error, UnknownInputError):
        from acolytes_perf import commands

        for other in commands.names():
            if commands.area(other) == commands.area(command.name) and error.name in [
                field.name for field in commands.load(other).fields
            ]:
                return f"{error.name} is an input of {other}; try: acolytes-perf {other} --help"
    from acolytes_perf.outputs.proposal import proposal

    return proposal(command, raw, user_options, error)


def _about(command: Command, options: argparse.Namespace) -> str:
    """The schema, or the explanation."""
    if options.schema:
        import json

        from acolytes_perf.schemas import input_schema

        return json.dumps(input_schema(command), indent=2) + "\n"
    from acolytes_perf.guide import explanation, explanation_text

    content = explanation(command)
    return json_text(content) if options.format == "json" else explanation_text(content)


def _answer(command: Command, raw: dict[str, object], options: argparse.Namespace) -> tuple[str, int]:
    """The answer in the chosen format. With `--out` it goes into files, and a line names them."""
    answer = answer_to(command, command.check(raw))
    saved = ""
    if options.save:
        from acolytes_perf.outputs.answer_files import save

        saved = f"saved: {save(answer)}"
    if options.out:
        paths, notes = _write(answer, options)
        lines = [f"written: {', '.join(map(one_line, paths))} ({mark(answer)})", *notes]
        text = _rendered(answer, "text") if _shows_answer(command, options) else f"{answer.outcome.answer}\n"
        text += "\n".join(lines) + "\n"
    else:
        text = _rendered(answer, options.format or "text")
    if saved and (options.out or options.format in (None, "text")):
        text += f"{saved}\n"
    elif saved:
        print(f"acolytes-perf: {saved}", file=sys.stderr)  # another program reads standard output
    if options.out or options.format in command.formats:
        # nobody reads a file or another program's input at once
        for warning in warning_lines(answer):
            print(f"acolytes-perf: {warning}", file=sys.stderr)
    return text, int(answer.outcome.failed)


def _shows_answer(command: Command, options: argparse.Namespace) -> bool:
    """Whether the whole answer is printed beside the file that is written."""
    form = command.formats.get(options.format)
    return form is not None and form.holds is not None


def _rendered(answer: Answer, name: str) -> str:
    return RENDERERS[name](answer) if name in RENDERERS else answer.command.formats[name].render(answer)


def _write(answer: Answer, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Write one file, or every format into a folder.

    Returns:
        The paths of the files, and a line for what a file holds, or for each format that this answer does not have.
    """
    from acolytes_perf.outputs.output_file import is_folder, write

    if not is_folder(options.out):
        text = _rendered(answer, options.format)
        write({options.out: text}, options.out)
        form = answer.command.formats.get(options.format)
        return [options.out], [form.holds(text)] if form is not None and form.holds is not None else []
    stem = os.path.join(options.out, answer.command.name.replace(" ", "-"))
    texts, not_written = {}, []
    for name, form in answer.command.formats.items():
        if form.file:
            path = os.path.join(options.out, form.file)
        else:
            path = f"{stem}{'' if name == 'svg' else '-' + name}{form.suffixes[0]}"
        try:
            texts[path] = form.render(answer)
        except CannotAnswerError as error:
            not_written.append(f"not written: {name}, {error.message}{_stale(path)}")
    answer = answer._replace(artefacts=tuple(texts))
    texts = {f"{stem}.json": as_json(answer), f"{stem}.md": as_markdown(answer), **texts}
    write(texts, options.out)
    return list(texts), not_written


def _stale(path: str) -> str:
    """A note about an existing file of a format that this answer does not have."""
    return f"; {one_line(path)} is of an earlier answer" if os.path.lexists(path) else ""
