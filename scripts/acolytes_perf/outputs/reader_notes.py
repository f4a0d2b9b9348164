"""What to know about result files beside their figures: what readers assumed or could not read, and unsteady runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Union

from acolytes_perf.errors import one_line
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.wording import pluralize

if TYPE_CHECKING:
    from acolytes_perf.methods.runs.figures import RunRecord
    from acolytes_perf.methods.runs.load_test import LoadTestRun

#: The most characters of a note; longer ones hold text of the file.
_MOST_NOTE = 200
#: The most files that a warning names.
_MOST_NAMED = 3

ReadFile = Union["LoadTestRun", "RunRecord"]


def reader_notes(files: Sequence[ReadFile]) -> list[str]:
    """What the reader assumed, and the rows that it did not count: each once, with the number of files if not all."""
    notes: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for file in files:
        for note in file.notes:
            notes[note] = notes.get(note, 0) + 1
        for what, count in file.left_out.items():
            left_out[what] = left_out.get(what, 0) + count
    texts = [
        one_line(note, _MOST_NOTE) + ("" if count == len(files) else f" ({count} of {len(files)} files)")
        for note, count in notes.items()
    ]
    return texts + [
        f"Not counted as requests: {count} {one_line(what, _MOST_NOTE)}." for what, count in left_out.items()
    ]


def damage_warnings(files: Sequence[ReadFile]) -> list[AnswerWarning]:
    """What could not be read: lines, ends of files, and runs that were appended to the same file."""
    warnings = []
    corrupt = [file for file in files if file.corrupt]
    if corrupt:
        message = f"{pluralize(sum(file.corrupt for file in corrupt), 'line')} could not be read and are not counted"
        fix = "check where the file is damaged before you trust the rest"
        warnings.append(AnswerWarning("corrupt_lines", message + _in(corrupt, files), fix))
    cut = [file for file in files if file.is_truncated]
    if cut:
        message = "the file ends in the middle of a line: the test stopped early, or the disk was full"
        if len(files) > 1:
            message = f"{pluralize(len(cut), 'file')} cut off in the middle of a line{_in(cut, files)}"
        warnings.append(AnswerWarning("cut_off", message, "treat it as a part of the run, or test again"))
    appended = [file for file in files if file.appended_runs]
    if appended:
        runs = sum(file.appended_runs + 1 for file in appended)
        message = f"the file holds {runs} runs, one written after the other"
        if len(files) > 1:
            message = f"{pluralize(len(appended), 'file')} with several runs, one written after the other"
            message += _in(appended, files)
        fix = "write each run to a file of its own; the figures here mix them"
        warnings.append(AnswerWarning("appended_runs", message, fix))
    return warnings


def no_steady_state() -> AnswerWarning:
    """The warning that the latency changed through the whole run, so that nothing is left out as warm-up."""
    message = "no steady state: the latency changed through the whole run, so nothing was left out as warm-up"
    fix = "look at the run over time; find what grows, such as a queue, a cache or memory, or test longer"
    return AnswerWarning("no_steady_state", message, fix)


def _in(some: Sequence[ReadFile], files: Sequence[ReadFile]) -> str:
    """The names of some files, where there are several."""
    if len(files) < 2:
        return ""
    return f": {_names(file.path for file in some)}"


def _names(paths: Iterable[str]) -> str:
    names = [one_line(path) for path in paths]
    return ", ".join(names[:_MOST_NAMED]) + (
        f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    )
