"""Answers that are kept as JSON: `--save` writes them into `perf-answers/`, and reports read them back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from acolytes_perf import SCHEMA
from acolytes_perf.declare import Answer
from acolytes_perf.errors import CannotAnswerError, InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.files import NoFilesError, expand, read_text
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.outcome import AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.document import document, json_text

#: The beginning of a file that tells its kind.
_HEAD = 4096
#: Where `--save` keeps answers, in the working folder.
FOLDER = "perf-answers"
_ID = re.compile(r"[0-9a-f]{12}")


class SavedAnswer(NamedTuple):
    """An answer that was read from a file.

    `is_edited`: the file was changed after acolytes-perf wrote it. `method` has formula, source and references.
    """

    path: str
    id: str
    command: str
    version: str
    inputs: Mapping[str, Any]
    outcome: Outcome
    method: Mapping[str, Any]
    is_edited: bool


def save(answer: Answer) -> str:
    """Keep an answer in FOLDER, and return the path of the file.

    Raises:
        InputError: the file cannot be written.
    """
    from acolytes_perf.outputs.output_file import write

    path = f"{FOLDER}/{answer.command.name.replace(' ', '-')}-{answer.id}.json"
    try:
        write({path: json_text(document(answer))}, f"{FOLDER}/")
    except InputError as error:
        error.message, error.fix = error.message.replace("--out", "--save", 1), None
        raise
    return path


def read_answers(paths: Sequence[str], pointer: str) -> list[SavedAnswer]:
    """Read the answers of files, folders and patterns, each id once, in the order of the files.

    A folder or pattern may also hold other JSON, which is left out. A file may hold several answers.

    Raises:
        InputError: a file cannot be read, a named file has no answer, or two answers contradict each other.
    """
    found: dict[str, SavedAnswer] = {}
    for path in expand(paths, pointer, (".json", ".ndjson", ".jsonl")):
        if path not in paths and not _may_be_answer(path):
            continue
        answers = list(_answers_of(path, read_text(path, pointer), is_named=path in paths, pointer=pointer))
        if not answers and path in paths:
            raise InputError(pointer, f"{quoted(path)} has no answer of acolytes-perf: write one with --save or --json")
        for answer in answers:
            earlier = found.setdefault(answer.id, answer)
            if earlier.outcome != answer.outcome:
                message = f"{quoted(earlier.path)} and {quoted(path)} have the id {answer.id}, but different figures"
                raise InputError(pointer, f"{message}: remove the one that was edited")
    return list(found.values())


def _may_be_answer(path: str) -> bool:
    """Whether the beginning of a file has the schema; other JSON in a folder may be large, empty or damaged."""
    try:
        with open(path, "rb") as stream:
            return SCHEMA.encode() in stream.read(_HEAD)
    except OSError:
        return False


def _answers_of(path: str, text: str, *, is_named: bool, pointer: str) -> Iterator[SavedAnswer]:
    from acolytes_perf.outputs.output_file import is_edited

    try:
        contents = list(_objects(text))
    except (ValueError, RecursionError):
        if is_named:
            raise InputError(pointer, f"{quoted(path)} is not JSON: write an answer with --save or --json") from None
        return
    for content in contents:
        if not isinstance(content, dict) or content.get("schema") != SCHEMA or "results" not in content:
            continue
        try:
            yield _saved(path, content, is_edited="content_hash" in content and is_edited(text))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InputError(pointer, f"{quoted(path)} is damaged: make the answer again with --save") from None


def _objects(text: str) -> Iterator[Any]:
    """The JSON values of a text, one after the other."""
    decoder, at = json.JSONDecoder(parse_constant=_refuse), 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at].isspace():
            at += 1


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _saved(path: str, content: Mapping[str, Any], *, is_edited: bool) -> SavedAnswer:
    if not re.fullmatch(r"[0-9a-f]{12}", _text(content["id"])):
        raise ValueError
    if not all(isinstance(content[name], list) for name in ("results", "tables", "assumptions", "warnings")):
        raise TypeError
    units = {
        table["name"]: {column["name"]: column["unit"] for column in table["columns"]} for table in content["tables"]
    }
    tables = [
        ResultTable(
            _text(table["name"]),
            _text(table["heading"]),
            [_row(row, units[table["name"]]) for row in table["rows"]],
            bool(table["beside_results"]),
        )
        for table in content["tables"]
    ]
    outcome = Outcome(
        _text(content["answer"]),
        [_result(result["name"], result["unit"], result) for result in content["results"]],
        list(map(_text, content["assumptions"])),
        [AnswerWarning(_text(one["code"]), _text(one["message"]), _text(one["fix"])) for one in content["warnings"]],
        tables=tables,
    )
    method = {
        **content["method"],
        "formula": _text(content["method"]["formula"]),
        "source": _text(content["method"]["source"]),
    }
    if not isinstance(content["inputs"], dict):
        raise TypeError
    return SavedAnswer(
        os.path.normpath(path),
        _text(content["id"]),
        _text(content["command"]),
        _text(content["version"]),
        content["inputs"],
        outcome,
        method,
        is_edited,
    )


def _row(row: Mapping[str, Any], units: Mapping[str, str]) -> Row:
    return Row(_text(row["label"]), [_result(name, units[name], cell) for name, cell in row["cells"].items()])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _result(name: object, unit: object, figure: Mapping[str, Any]) -> Result:
    value, ends, level, limits = figure["value"], figure["ci"], figure["level"], figure.get("limits", ())
    numbers = [value, level, *(ends or ()), *limits]
    if any(number is not None and not isinstance(number, (int, float)) for number in numbers) or None in limits:
        raise TypeError
    interval = None if ends is None else Interval(ends[0], ends[1], _text(figure["ci_kind"]), level)
    return Result(_text(name), value, _text(unit), interval, limits)


def chosen_answers(inputs: Inputs, *, may_be_none: bool) -> list[SavedAnswer]:
    """The answers that a call names, else those here and in FOLDER; without those about reports themselves.

    Raises:
        InputError: a file cannot be read, or a named file has no answer.
        CannotAnswerError: there is no answer.
    """
    found = _named_answers(inputs.texts("answers")) if "answers" in inputs else beside(["."])
    answers = [answer for answer in found if answer.command.split()[0] not in ("dashboard", "report")]
    if not answers and not may_be_none:
        where = "the named places" if "answers" in inputs else f"this folder and {FOLDER}/"
        raise CannotAnswerError("", f"{where} have no answer; missing: answers, which calls with --save keep")
    return answers


def _named_answers(names: Sequence[str]) -> list[SavedAnswer]:
    """The answers of files, folders and patterns, and of the ids of those here and in FOLDER."""
    kept = {answer.id: answer for answer in beside(["."])} if any(map(_ID.fullmatch, names)) else {}
    paths = [name for name in names if name not in kept]
    named = [kept[name] for name in names if name in kept]
    if paths:
        named += read_answers(paths, "/answers")
    return list({answer.id: answer for answer in named}.values())


def answers_field(doc: str, *, required: bool = False) -> Field:
    """The declaration of an input that names answers."""
    doc = f"{doc}; files, folders, patterns or ids"
    return Field("answers", TEXT, doc, f"{FOLDER}/", max_items=100, is_file=True, required=required)


def beside(folders: Sequence[str]) -> list[SavedAnswer]:
    """The answers in these folders and in their FOLDER; none is no error."""
    places = {}
    for folder in folders:
        for path in (folder, os.path.join(folder, FOLDER)):
            if os.path.isdir(path):
                places[os.path.realpath(path)] = path
    found: dict[str, SavedAnswer] = {}
    for path in places.values():
        try:
            answers = read_answers([path], "/answers")
        except NoFilesError:
            continue
        for answer in answers:
            found.setdefault(answer.id, answer)
    return list(found.values())
