"""The calculators, one module each: `queue_size.py` is `queue size` and holds its declaration as COMMAND.

Adding a calculator takes these files, and no other is touched:

- `commands/AREA_COMMAND.py`: `COMMAND = Command(...)` with its inputs (`Field`, or `Table` for rows), `run`, formula,
  source, an example that runs, a legend of every result, and `formats` of its own, such as
  `{"svg": Format((".svg",), render)}` with `outputs.plot`. `--out DIR/` writes all of them. The method itself is a
  module of `methods`; inputs that several commands share stand in `inputs`, and what is long to tell in `outputs`.
- `run(inputs) -> Outcome`: results with their `Interval` (statistical with a level, model, or scenario), assumptions,
  warnings, and calls worth making next. `InputError` for a wrong input (exit 2), `CannotAnswerError` when no answer
  follows (exit 3; the message says what is missing), `failed=True` for a gate that says no (exit 1).
- `references/AREA_COMMAND.json`: figures from elsewhere that it reproduces, for `--explain`; at least one.
- `references/kinds/AREA_COMMAND.json`: how `verify` reads foreign entries for it (see `kinds`).
- tests in `tests/perf/test_perf_*.py`, a call in `test_perf_output.py`'s CALLS, bad inputs in `tests/perf/bad/*.json`.

Then `python -m acolytes_perf.generate` writes its schema and its page. Python 3.9, the standard library only; what
costs time is imported where it is used.
"""

from __future__ import annotations

import importlib
import os

from acolytes_perf.declare import Command


def names() -> list[str]:
    """All commands as `area command`, in alphabetical order."""
    # pkgutil does the same, but imports inspect, which costs as much as the whole calculation
    modules = (name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and not name.startswith("_"))
    return sorted(module.replace("_", " ", 1) for module in modules)


def load(name: str) -> Command:
    """The declaration of a command that `names` lists."""
    command = importlib.import_module(f"{__name__}.{name.replace(' ', '_')}").COMMAND
    assert isinstance(command, Command)
    return command
