"""What a command says about itself: its help and its explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from acolytes_perf.declare import Command
from acolytes_perf.inputs.fields import InputDeclaration
from acolytes_perf.inputs.tables import Table
from acolytes_perf.outputs.command_line import call, option_name
from acolytes_perf.references import BASES, entries, recompute
from acolytes_perf.wording import format_quantity

_COMMON_FORMATS = "text (default), markdown (or --md), json (or --json)"
#: Each option with what it takes, and what it does.
OPTIONS = (
    ("--format FORMAT", f"{_COMMON_FORMATS}, or a format of the command"),
    ("--out FILE", "write the answer to a file in the working folder; the suffix chooses the format"),
    ("--out DIR/", "write the answer in every format into a folder; files that you edited stay as they are"),
    ("--save", "keep the answer as JSON in perf-answers/ too, for dashboard, report board and report lint"),
    ("--in FILE", "read the inputs from a JSON object, or a table from CSV; - is standard input"),
    ("--input JSON", "the inputs as a JSON object"),
    ("--set NAME=VALUE", "for programs: an input by its JSON name, as in --set arrival_rate=1200/s"),
    ("--explain", "show the method, its source, what each result means, and the published figures that it reproduces"),
    ("--schema", "print the JSON Schema of the inputs"),
)

QUANTITIES = (
    "Write quantities with their unit: 80ms, 30d, 1200/s, 10/h, 99.9%, 96 erlang. The units of time are ns, us, ms, s, "
    "min, h, d and w. Counts, rates and loads may have k, M or G, as in 1.2k/s. A measured value with its interval is "
    "LOW..VALUE..HIGH, as in 70ms..80ms..95ms. In a table, commas separate the rows and colons separate the cells."
)
NAMES = (
    "In JSON and in messages, the input of --arrival-rate has the name arrival_rate. An option wins over --in and "
    "--input."
)
EXITS = "Exit codes: 0 answered, 1 a gate failed, 2 wrong input, 3 the data do not allow an answer, 4 a bug."
VERIFY = "acolytes-perf verify FILE recomputes worked examples of others: reproduced, off or not covered."

#: A terminal of the usual size breaks no line of the help.
_WIDTH = 79
#: The widest first column of the help: an option and an example of its value.
_MOST_FIRST = 34


def overview(commands: list[Command]) -> str:
    """List the commands, each with its summary."""
    lines = ["usage: acolytes-perf COMMAND [--INPUT VALUE ...] [options]", ""]
    lines += _columns([(command.name, command.summary) for command in commands])
    lines += ["", "acolytes-perf COMMAND --help shows the inputs of a command.", *_wrapped(VERIFY)]
    return "\n".join(lines) + "\n"


def _options_of(command: Command) -> list[tuple[str, str]]:
    """The options, with the command's own formats and their suffixes."""
    (name, _), *others = OPTIONS
    own = [f"{one} ({', '.join(form.suffixes)})" if form.suffixes else one for one, form in command.formats.items()]
    return [(name, ", ".join([_COMMON_FORMATS, *own])), *others]


def usage(command: Command) -> str:
    """The help of one command: what it does, a call that runs, its inputs and the options."""
    lines = [f"usage: acolytes-perf {command.name} [--INPUT VALUE ...] [options]", "", *_wrapped(command.summary), ""]
    lines += [f"example: {call(command.name, command.example)}", "", "inputs, each with an example:"]
    lines += _columns([(_with_example(field), meaning(field)) for field in command.fields])
    lines += ["", "options:", *_columns(_options_of(command))]
    for text in (*table_notes(command), QUANTITIES, NAMES, EXITS):
        lines += ["", *_wrapped(text)]
    return "\n".join(lines) + "\n"


def _with_example(field: InputDeclaration) -> str:
    """The option with its example, as a call has to write them."""
    return f"{option_name(field.name)}{'=' if field.example.startswith('-') else ' '}{field.example}"


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns of text. A first column that is too wide stands on a line of its own."""
    width = max(len(first) for first, _ in rows if len(first) <= _MOST_FIRST)
    lines = []
    for first, second in rows:
        parts = _wrapped(second, _WIDTH - width - 4)
        if len(first) > width:
            lines.append(f"  {first}")
        firsts = ["" if len(first) > width else first, *[""] * (len(parts) - 1)]
        lines += [f"  {left.ljust(width)}  {part}" for left, part in zip(firsts, parts)]
    return lines


def _wrapped(text: str, width: int = _WIDTH) -> list[str]:
    # a few lines instead of textwrap, which takes as long to import as the whole help takes to make
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def meaning(field: InputDeclaration) -> str:
    """What an input is, and whether it is required or has a default."""
    state = "required" if field.required else f"default {field.default}" if field.default else ""
    return field.doc + (f" ({state})" if state else "")


def table_notes(command: Command) -> list[str]:
    """How to write the rows of each table, and the headings of a CSV file where there is one table."""
    tables = [field for field in command.fields if isinstance(field, Table)]
    notes = []
    for table in tables:
        cells = table.kind_name.removeprefix("table ").removesuffix(",...")
        note = f"A row of {option_name(table.name)} is {cells}; cells in brackets may be left out."
        if table.takes_files:
            note += (
                f" It may also name files with any headings: {option_name(table.name)} FILE, - for standard input, "
                "a folder, or a pattern in quotes."
            )
        elif len(tables) == 1:
            note += f" The headings of a CSV file are {table.headings}."
        notes.append(note)
    return notes


def explanation(command: Command) -> dict[str, Any]:
    """Formula, source, meanings, and every figure from another source with the one computed now."""
    references = [
        {
            "id": entry["id"],
            "basis": entry["basis"],
            "source": entry["source"],
            "figures": [check._asdict() for check in recompute(command, entry)],
        }
        for entry in entries(command.name)
    ]
    about = {"command": command.name, "formula": command.formula, "source": command.source}
    legend = {"results": dict(command.results), "tables": {name: dict(shown) for name, shown in command.tables.items()}}
    return {**about, **legend, "references": references}


def explanation_text(content: Mapping[str, Any]) -> str:
    """The explanation as text, with a line for each result and each reference."""
    lines = [f"{key}: {content[key]}" for key in ("command", "formula", "source")]
    lines += ["results:", *(f"  {name}: {meaning}" for name, meaning in content["results"].items())]
    for tables, columns in _alike(content["tables"]):
        word = "table" if len(tables) == 1 else "tables"
        lines += [f"{word} {', '.join(tables)}:", *(f"  {name}: {meaning}" for name, meaning in columns.items())]
    for basis, name in BASES.items():
        references = [reference for reference in content["references"] if reference["basis"] == basis]
        verdicts = [_verdict(reference) for reference in references]
        kept = sum(not verdict.startswith("NOT") for verdict in verdicts)
        if references:
            lines.append(f"{name}: {kept} of {len(verdicts)} reproduced, computed now:")
        lines += [
            f"  {reference['id']}: {verdict} ({reference['source']})"
            for reference, verdict in zip(references, verdicts)
        ]
    return "\n".join(lines) + "\n"


def _alike(tables: Mapping[str, Mapping[str, str]]) -> list[tuple[list[str], Mapping[str, str]]]:
    """The tables by name, together where the columns of one are among those of another, with the same meanings."""
    groups: list[tuple[list[str], Mapping[str, str]]] = []
    for name, columns in sorted(tables.items(), key=lambda item: -len(item[1])):
        same = next((group for group in groups if columns.items() <= group[1].items()), None)
        if same is not None:
            same[0].append(name)
        else:
            groups.append(([name], columns))
    return groups


def _verdict(reference: Mapping[str, Any]) -> str:
    figures = reference["figures"]
    wrong = next((figure for figure in figures if not figure["reproduced"]), None)
    shown = wrong or figures[0]
    computed, expected = (
        format_quantity(shown["computed"], shown["unit"]),
        format_quantity(shown["expected"], shown["unit"]),
    )
    if computed != expected:
        expected += f" within {format_quantity(shown['tolerance'], shown['unit'])}"
    start = "NOT reproduced" if wrong else f"{len(figures)} figures, e.g." if len(figures) > 1 else "reproduced:"
    return f"{start} {shown['name']} {computed}, expected {expected}"
