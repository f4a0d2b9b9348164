"""The calls in `perf/cases`, one file a calculator: those that it answers, and those that it refuses.

A call is in words as a shell reads them, without the command's name. A refused one has the start of its line on
standard error; a start of `3 ` and a text means exit code 3, any other is exit code 2.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "perf" / "cases"
#: What a placeholder in a call stands for.
FOLDERS = {
    "{SAMPLES}": str(Path(__file__).parents[1] / "perf_results" / "samples"),
    "{CHANGES}": str(Path(__file__).parents[1] / "perf_changes"),
    "{PAGES}": str(Path(__file__).parents[1] / "perf_pages"),
    "{SERIES}": str(Path(__file__).parents[1] / "perf_series" / "samples"),
}


def with_folders(words: str) -> str:
    """The call with paths in place of the placeholders."""
    for placeholder, folder in FOLDERS.items():
        words = words.replace(placeholder, folder)
    return words


#: What each file holds, by the name of its command.
CASES: dict[str, dict[str, Any]] = {
    file.stem.replace("_", " ", 1).replace("_", "-"): json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(FOLDER.iterdir())
}
ANSWERED: list[str] = [
    f"{name} {with_folders(words)}".rstrip() for name, cases in CASES.items() for words in cases["answered"]
]
REFUSED: list[tuple[str, str]] = [
    (f"{name} {words}".rstrip(), start) for name, cases in CASES.items() for words, start in cases["refused"]
]
