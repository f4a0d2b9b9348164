"""The calculators, one module each: `queue_size.py` is `queue size` and holds its declaration as COMMAND.

A name has two words, an area and a command. Where an area would have one command, the name is one word, such as
`decide`. A single word is never an area as well.
Its files are `decide.py` and `decide.json`.
A name of more words has hyphens: `cost_per_request.py` is `cost per-request`.

To add a calculator, write these four files. A test names each one that is missing.

- `commands/AREA_COMMAND.py`: `COMMAND = Command(...)` (see `declare`) and `run(inputs) -> Outcome` (see `outcome`).
  An input is a `Field`, or a `Table` for rows; `is_file` marks an input that names files to read. `run` raises
  `InputError` for a wrong input (exit code 2) and `CannotAnswerError` when no answer follows (exit code 3; the
  message says what is missing). `failed=True` is for a gate that fails (exit code 1). A method that others can use
  is a module of `methods`; inputs that several commands share are in `inputs`.
- `references/AREA_COMMAND.json`: figures from other sources that the command reproduces, and how `verify` reads
  entries of others (see `references` and `kinds`).
- `tests/perf/cases/AREA_COMMAND.json`: calls that it answers, which together show every result, and calls that it
  refuses.
- the agent's text in `agent_templates`, which says when to use it.

Then `python -m acolytes_perf.generate` writes its schema and its section of docs/calculators.md. The code runs on
Python 3.9 with the standard library only. What takes long to import is imported where it is used.
"""

from __future__ import annotations

from acolytes_perf.catalogue import area, load, names

__all__ = ["area", "load", "names"]
