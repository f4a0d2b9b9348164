"""Writes the files that derive from the declarations. Run `python -m acolytes_perf.generate` in the root folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from acolytes_perf import commands, references
from acolytes_perf.documentation import page
from acolytes_perf.result_files import meanings
from acolytes_perf.schemas import input_schema, result_schema


def files() -> dict[str, str]:
    """Every generated file's text by its path in the checkout."""
    declared = [commands.load(name) for name in commands.names()]
    schemas = {command.name.replace(" ", "-"): input_schema(command) for command in declared}
    schemas["result"] = result_schema()
    texts = {f"schemas/perf/{name}.json": json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}
    return {**texts, "docs/calculators.md": page(declared), "docs/result-files.md": meanings.page()}


def main() -> int:
    """Write the files into the working folder; returns 1 and says so when a calculator has no references yet."""
    missing = [name for name in commands.names() if not Path(references.file_of(name)).is_file()]
    for name in missing:
        print(f"{name}: write {references.file_of(name)} with its references and kinds", file=sys.stderr)
    if missing:
        return 1
    for path, text in files().items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
