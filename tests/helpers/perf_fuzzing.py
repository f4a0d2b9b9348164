"""Random calls of `acolytes-perf`: mixed options, changed values, and damaged files of every format.

A call starts from an example or an answered case of its command. Then options come and go, values change, and the
files that it names are replaced by damaged ones. `judged` runs a call and says what is wrong with the outcome.
"""

import contextlib
import io
import json
import math
import random
import re
import shlex
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.declare import Command
from acolytes_perf.inputs.tables import Table
from perf_cases import CASES, FOLDERS, with_folders

#: What replaces a value: other units, signs and notations, and what is no value at all.
JUNK = [
    "", "0", "-1", "1e308", "1e-308", "NaN", "inf", "-0", "..", ",", ":", "::", "-", "@", "99999d", "0%", "100%",
    "101%", "1e9/s", "1ns", "5", "1.5", "5x", "80m", "12:30", "2026-02-30", "2026-10-25T02:30", "1/0", "\u00e9",
    "9d..1s", "1..2..3", "5 USD", "a=b", "time=nothing", "duration=ms:nothing", "{}", "[]", "null", "true", "*", "~",
    "/", "x" * 300, "1" * 400, "a:b:c:d:e:f:g:h", "1h,1h", "1:1,1:1", "=~(", "job=~[",
]  # fmt: skip
#: What comes into a file.
PIECES = [
    b"\0", b"\n", b"\r", b"\n\n", b",", b";", b"\t", b'"', b"{", b"}", b"]", b"[", b"null", b"true", b"NaN", b"-1",
    b"Infinity", b"1e999", b"9" * 30, b"0", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b"\xff\xfe", b"1,234", b"1.234,5",
    b"-", b"%", b"ms", b"<", b"&#0;", b"1970-01-01", b"9999-12-31T23:59:59Z", b"2026-10-25T02:30", b" ", b"(", b"\\",
]  # fmt: skip
_DIGITS = [b"0", b"9", b"-", b"e", b".", b"", b"11", b"99999", b"9" * 20]
_SUFFIXES = {".csv", ".tsv", ".json", ".ndjson", ".jtl", ".xml", ".log", ".txt", ".hlog", ".md", ".gz"}
_MOST = 60_000
#: The most processor time of a call on these small inputs.
SECONDS = 5.0


class HangError(BaseException):
    """A call took longer than SECONDS."""


def _samples() -> list[Path]:
    places = [Path(folder) for folder in FOLDERS.values()]
    found = {path for place in places for path in place.rglob("*") if path.suffix in _SUFFIXES}
    return sorted(path for path in found if path.stat().st_size <= _MOST)


class Fuzzer:
    """Makes calls in a folder, which is the working folder of the calls."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.samples = _samples()
        self.serial = 0

    def call(self, name: str) -> list[str]:
        """The words of a call of a command."""
        command, rng = commands.load(name), self.random
        options = dict(self._start(command))
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            self._change_options(command, options)
        words = name.split()
        for option, value in options.items():
            words += [f"--{option.replace('_', '-')}={self._with_damaged_files(value)}"]
        if "svg" in command.formats and rng.random() < 0.1:
            words += ["--format", rng.choice(list(command.formats))]
        return words

    def _start(self, command: Command) -> dict[str, str]:
        rng = self.random
        answered = CASES.get(command.name, {}).get("answered", [])
        if not answered or rng.random() < 0.4:
            return dict(command.example)
        words = shlex.split(with_folders(rng.choice(answered)))
        found: dict[str, str] = {}
        for at, word in enumerate(words):
            name, equals, value = word.removeprefix("--").partition("=")
            if word == "--set" or (word.startswith("--") and equals):
                continue
            if at and words[at - 1] == "--set":
                name, _, value = word.partition("=")
                found[name] = value
            elif at and words[at - 1].startswith("--"):
                found[words[at - 1].removeprefix("--").replace("-", "_")] = word
        known = {field.name for field in command.fields}
        return {name: value for name, value in found.items() if name in known} or dict(command.example)

    def _change_options(self, command: Command, options: dict[str, str]) -> None:
        rng, fields = self.random, {field.name: field for field in command.fields}
        field = rng.choice(list(fields.values()))
        chance = rng.random()
        if chance < 0.15 and options:
            options.pop(rng.choice(list(options)), None)
        elif chance < 0.4:
            options[field.name] = field.example
        elif chance < 0.55:
            options[field.name] = rng.choice(JUNK)
        elif chance < 0.7 and field.is_file:
            options[field.name] = str(rng.choice(self.samples))
        elif chance < 0.78 and isinstance(field, Table):
            options[field.name] = self._table_file(field)
        elif options:
            name = rng.choice(list(options))
            options[name] = self._changed_value(options[name])

    def _changed_value(self, value: str) -> str:
        """A value in which one cell is another, doubled, or gone."""
        rng = self.random
        parts = re.split(r"([,:])", value)
        at = rng.randrange(len(parts))
        way = rng.random()
        if way < 0.3:
            parts[at] = rng.choice(JUNK)
        elif way < 0.5:
            parts.insert(at, "".join(parts[at : at + 2]))
        elif way < 0.6:
            del parts[at]
        elif way < 0.7:
            parts[at] = rng.choice(parts)
        else:
            parts[at] = re.sub(r"\d+(?:\.\d+)?", lambda number: self._other_number(number[0]), parts[at], count=1)
        return "".join(parts)

    def _other_number(self, text: str) -> str:
        value = float(text) if len(text) < 300 else 0.0
        factor = self.random.choice((0, -1, 1e-9, 1e-3, 0.1, 0.5, 0.999, 1.001, 2, 10, 1e3, 1e6, 1e12))
        return f"{value * factor:.12g}"

    def _table_file(self, table: Table) -> str:
        """The example's rows as a CSV file, with the odd damage."""
        rng = self.random
        width = max(len(row.split(":")) for row in table.example.split(","))
        rows = [row.split(":") for row in table.example.split(",")]
        if rng.random() < 0.3:
            rng.choice(rows)[0] = rng.choice(JUNK)
        if rng.random() < 0.2:
            rows.append(rng.choice(rows))
        separator = rng.choice(",;\t")
        heading = [column.name for column in table.columns][:width]
        if rng.random() < 0.2:
            heading[-1] = heading[0]
        return str(self._write("\n".join(map(separator.join, [heading, *rows])).encode(), ".csv"))

    def _with_damaged_files(self, value: str) -> str:
        """A value whose names of existing files are those of damaged copies, mostly."""
        rng = self.random
        parts = value.split(",")
        for at, part in enumerate(parts):
            path = Path(part) if 0 < len(part) < 200 and "\0" not in part else None
            if path is not None and path.is_file() and rng.random() < 0.8:
                content = path.read_bytes()[:_MOST]
                parts[at] = str(self._write(self.damaged(content), path.suffix))
        return ",".join(parts)

    def damaged(self, content: bytes) -> bytes:
        """A file's bytes after a few changes: digits, pieces, lines doubled, swapped or gone, a cut."""
        rng = self.random
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            if not content:
                break
            way, at = rng.random(), rng.randrange(len(content))
            if way < 0.35:
                places = [found.start() for found in re.finditer(rb"\d", content)]
                at = rng.choice(places) if places else at
                content = content[:at] + rng.choice(_DIGITS) + content[at + 1 :]
            elif way < 0.6:
                content = content[:at] + rng.choice(PIECES) + content[at:]
            elif way < 0.75:
                content = content[:at] + content[at + rng.randint(1, 40) :]
            elif way < 0.95:
                lines = content.split(b"\n")
                first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
                lines[first], lines[second] = lines[second], lines[first] if rng.random() < 0.5 else lines[second]
                content = b"\n".join(lines)
            else:
                content = content[:at]
        if rng.random() < 0.03:
            content = content.decode("utf-8", "replace").encode(rng.choice(("utf-16", "latin-1", "utf-8")), "replace")
        return content

    def _write(self, content: bytes, suffix: str) -> Path:
        self.serial += 1
        path = Path(f"in{self.serial % 50}{suffix}")
        (self.folder / path).write_bytes(content)
        return path


class Verdict(NamedTuple):
    """What came of a call: the exit code, the document or None, the line on standard error, and what is wrong."""

    code: int
    document: dict[str, Any] | None
    error: str
    faults: tuple[str, ...]


def judged(words: list[str]) -> Verdict:
    """Run a call with `--json`, and say what is wrong with what came of it."""
    output, error, started = io.StringIO(), io.StringIO(), time.process_time()
    previous = signal.signal(signal.SIGPROF, _hang)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    is_json = "--format" not in words
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
            code = main([*words, *(["--json"] if is_json else [])])
    except HangError:
        return Verdict(-1, None, "", (f"hangs for {SECONDS:.0f} s",))
    except BaseException as fault:  # noqa: BLE001 -- whatever it is, it is the finding
        return Verdict(-1, None, "", (f"raises {type(fault).__name__}: {fault}",))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
    line, faults = error.getvalue(), []
    if time.process_time() - started > SECONDS:
        faults.append("slow")
    if code in (2, 3):
        faults += [text for text, is_wrong in (
            ("output beside a refusal", output.getvalue() != ""),
            ("not one line", line.count("\n") != 1),
            ("not ASCII", not line.split("; try: ")[0].split("; for example: ")[0].isascii()),
            ("not printable", not line[:-1].isprintable()),
            ("long line", len(line) > 5000),
            ("no missing", code == 3 and "missing: " not in line),
            ("Python's own words", re.search(r"\bNone\b|Traceback|object at 0x|<class|Error\b(?!')", line) is not None),
        ) if is_wrong]  # fmt: skip
        return Verdict(code, None, line, tuple(faults))
    if code not in (0, 1):
        return Verdict(code, None, line, (f"exit {code}",))
    if not is_json:
        return Verdict(code, None, line, ("nothing printed",) if not output.getvalue() else ())
    try:
        document = json.loads(output.getvalue(), parse_constant=_refuse)
    except ValueError as fault:
        return Verdict(code, None, line, (f"JSON: {fault}",))
    return Verdict(code, document, line, (*faults, *_odd(document)))


def _hang(*_: object) -> None:
    raise HangError


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _odd(document: dict[str, Any]) -> Iterator[str]:
    """Figures that cannot be: a probability above 1, p99 below p50, a value outside of its own interval."""
    rows: list[tuple[str, list[dict[str, Any]]]] = [("", document["results"])]
    units = {
        (table["name"], column["name"]): column["unit"] for table in document["tables"] for column in table["columns"]
    }
    for table in document["tables"]:
        for row in table["rows"]:
            cells = [{"name": name, "unit": units[table["name"], name], **cell} for name, cell in row["cells"].items()]
            rows.append((table["name"], cells))
    for where, figures in rows:
        percentiles = []
        for figure in figures:
            name, value, unit = f"{where}.{figure['name']}", figure["value"], figure["unit"]
            if not isinstance(value, (int, float)):
                continue
            if isinstance(value, float) and not math.isfinite(value):
                yield f"{name} is not finite"
            if unit == "probability" and not 0 <= value <= 1:
                yield f"{name} is no probability"
            if figure["ci"]:
                low, high = figure["ci"]
                if low > value + 1e-9 * abs(value) or (high is not None and high < value - 1e-9 * abs(value)):
                    yield f"{name} is outside of its interval"
            percent = re.fullmatch(r"p(\d\d)(\d*)", figure["name"])
            if percent:
                percentiles.append((float(f"{percent[1]}.{percent[2] or 0}"), value))
        percentiles.sort()
        if [value for _, value in percentiles] != sorted(value for _, value in percentiles):
            yield f"{where}: percentiles fall"


def substance(document: dict[str, Any]) -> str:
    """What an answer says, without what was put in."""
    names = ("answer", "results", "tables", "assumptions", "warnings")
    return json.dumps({name: document[name] for name in names})
