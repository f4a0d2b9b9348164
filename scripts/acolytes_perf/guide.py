"""What a command says about itself: help, explanation, and the documentation page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acolytes_perf.declare import Command
from acolytes_perf.inputs.fields import Declared
from acolytes_perf.inputs.tables import Table
from acolytes_perf.outputs.document import call, option_name
from acolytes_perf.references import BASES, entries, recompute
from acolytes_perf.wording import format_quantity

OPTIONS = (
    ("--set NAME=VALUE", "for programs: an input by its JSON name, as in --set arrival_rate=1200/s"),
    ("--in FILE", "inputs as a JSON object, or a table as CSV, from a file, or from standard input with -"),
    ("--input JSON", "inputs as a JSON object"),
    ("--format FORMAT", "text (default), markdown (--md), json (--json), and what the command adds"),
    ("--out FILE", "write a file below the working folder; its suffix says the format; an edited file is left alone"),
    ("--out DIR/", "write every format into that folder"),
    ("--explain", "formula, source, what the results mean, and the figures from elsewhere that are reproduced"),
    ("--schema", "JSON Schema of the input, with an example that runs"),
)

QUANTITIES = (
    "Quantities carry their unit: 80ms, 30d (ns, us, ms, s, min, h, d, w), 1200/s, 1.2k/s, 10/h, 99.9%, 96 erlang. "
    "Counts, rates and loads take k, M and G. LOW..VALUE..HIGH gives a measured value with its interval, as in "
    "70ms..80ms..95ms. Rows of a table are separated by commas, their cells by colons."
)
NAMES = (
    "In JSON (--in, --input, --set) and in messages an input has its name with underscores: arrival_rate for "
    "--arrival-rate. An option wins over --in and --input."
)
EXITS = "Exit code 0: answered, 1: a gate failed, 2: wrong input, 3: the data cannot support an answer, 4: a bug."
VERIFY = "acolytes-perf verify FILE computes worked examples from elsewhere: reproduced, off or not covered."


def overview(commands: list[Command]) -> str:
    """What there is to call."""
    width = max(len(command.name) for command in commands)
    lines = ["usage: acolytes-perf AREA COMMAND [--INPUT VALUE ...] [options]", ""]
    lines += [f"  {command.name.ljust(width)}  {command.summary}" for command in commands]
    lines += ["", "acolytes-perf AREA COMMAND --help says what a command takes.", VERIFY]
    return "\n".join(lines) + "\n"


def usage(command: Command) -> str:
    """Inputs and options of one command, and a call that runs."""
    width = max(len(option_name(field.name)) for field in command.fields)
    lines = [f"usage: acolytes-perf {command.name} [--INPUT VALUE ...] [options]", "", command.summary, "", "inputs:"]
    lines += [f"  {option_name(field.name):<{width}} {_described(field)}" for field in command.fields]
    lines += [f"  {line}" for line in [*_cells(command), *_csv(command)]]
    lines += ["", "options:", *(f"  {option:<18}{text}" for option, text in OPTIONS), "", QUANTITIES, NAMES, EXITS]
    return "\n".join([*lines, "", f"example: {call(command.name, command.example)}"]) + "\n"


def _described(field: Declared) -> str:
    state = "required" if field.required else f"default {field.default}" if field.default else ""
    return f"{field.doc}, e.g. {field.example}" + (f" ({state})" if state else "")


def _cells(command: Command) -> list[str]:
    """The columns of each table in the order of their cells, the optional ones in brackets."""
    tables = [field for field in command.fields if isinstance(field, Table)]
    return [f"Cells of `{table.name}`: {table.kind_name.removeprefix('table ')}" for table in tables]


def _csv(command: Command) -> list[str]:
    """What heads a CSV file for the command's table, if there is one that such a file can be."""
    tables = [field for field in command.fields if isinstance(field, Table)]
    return [f"CSV headings for `{table.name}`: {table.headings}." for table in tables if len(tables) == 1]


def explanation(command: Command) -> dict[str, Any]:
    """Formula, source and legend, and every figure from elsewhere beside the one computed now."""
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
    legend = {"results": dict(command.results), "tables": {name: dict(one) for name, one in command.tables.items()}}
    return {**about, **legend, "references": references}


def explanation_text(found: Mapping[str, Any]) -> str:
    """The explanation as text, one line a result and a reference."""
    lines = [f"{key}: {found[key]}" for key in ("command", "formula", "source")]
    lines += ["results:", *(f"  {name}: {meaning}" for name, meaning in found["results"].items())]
    for table, columns in found["tables"].items():
        lines += [f"table {table}:", *(f"  {name}: {meaning}" for name, meaning in columns.items())]
    for basis, name in BASES.items():
        references = [reference for reference in found["references"] if reference["basis"] == basis]
        verdicts = [_verdict(reference) for reference in references]
        kept = sum(not verdict.startswith("NOT") for verdict in verdicts)
        if references:
            lines.append(f"{name}: {kept} of {len(verdicts)} reproduced, computed now:")
        lines += [
            f"  {reference['id']}: {verdict} ({reference['source']})"
            for reference, verdict in zip(references, verdicts)
        ]
    return "\n".join(lines) + "\n"


def _verdict(reference: Mapping[str, Any]) -> str:
    figures = reference["figures"]
    wrong = next((figure for figure in figures if not figure["reproduced"]), None)
    one = wrong or figures[0]
    computed, expected = format_quantity(one["computed"], one["unit"]), format_quantity(one["expected"], one["unit"])
    if computed != expected:
        expected += f" within {format_quantity(one['tolerance'], one['unit'])}"
    start = "NOT reproduced" if wrong else f"{len(figures)} figures, e.g." if len(figures) > 1 else "reproduced:"
    return f"{start} {one['name']} {computed}, expected {expected}"


def page(commands: list[Command]) -> str:
    """The documentation of all commands, in Markdown."""
    lines = [
        "# Calculators",
        "",
        "Generated by `python -m acolytes_perf.generate`: change the declarations instead.",
        "",
    ]
    lines += ["| Option | Meaning |", "|---|---|", *(f"| `{option}` | {text} |" for option, text in OPTIONS), ""]
    lines += [QUANTITIES, "", NAMES, "", VERIFY.replace("acolytes-perf verify FILE", "`acolytes-perf verify FILE`"), ""]
    for command in commands:
        lines += [f"## `acolytes-perf {command.name}`", "", command.summary, ""]
        lines += [
            "```sh",
            call(command.name, command.example),
            "```",
            "",
            "| Input | Kind | Meaning |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{option_name(field.name)}` | {field.kind_name} | {_described(field)} |" for field in command.fields
        ]
        lines += [text for line in _csv(command) for text in ("", line)]
        formats = ", ".join(["text", "markdown", "json", *command.formats])
        lines += ["", f"Formats: {formats}.", "", f"Method: {command.formula}.", "", f"Source: {command.source}.", ""]
        for heading, meanings in {"Result": command.results, **_titled(command.tables)}.items():
            rows = [f"| `{name}` | {meaning} |" for name, meaning in meanings.items()]
            lines += [f"| {heading} | Meaning |", "|---|---|", *rows, ""]
        lines.pop()
        lines += ["", "Reproduces (`--explain` shows the figures):", "", *_reproduced(command), ""]
    return "\n".join(lines)


def _titled(tables: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The tables by the headings of their documentation."""
    return {f"Column of `{name}`": columns for name, columns in tables.items()}


def _reproduced(command: Command) -> list[str]:
    by_basis = {basis: [entry["id"] for entry in entries(command.name) if entry["basis"] == basis] for basis in BASES}
    return [f"- {BASES[basis]}: {', '.join(found)}." for basis, found in by_basis.items() if found]
