"""Write what follows from the table of verbs: `PYTHONPATH=scripts python -m acolytes_quest.generate` in the checkout.

That is: one script for each verb, as a link, and the part of docs/quest.md that lists the verbs. `docs` and `scripts`
are also for the test that holds the checkout against the table.
"""

from __future__ import annotations

import os
from pathlib import Path

from .declarations import Option, Verb
from .verb_table import COMMON_OPTIONS, VERBS, script_name

SCRIPT = "__main__.py"  # what every quest script is a link to
BEGIN = "<!-- verbs: made by `python -m acolytes_quest.generate` from verb_table.py -->"
END = "<!-- end of verbs -->"


def scripts() -> list[str]:
    """Return the names of the scripts that the package has, one for each verb."""
    return sorted(script_name(verb) for verb in VERBS)


def docs() -> str:
    """Return the part of docs/quest.md that lists the verbs and their options."""
    rows = [f"| `{verb.name}` | {verb.who} | {verb.effect} |" for verb in VERBS.values()]
    table = ["| Verb | Who | What it does |", "|---|---|---|", *rows]
    usages = ["```text", *map(usage, VERBS.values()), "```"]
    common = " ".join(f"[{_written(option)}]" for option in COMMON_OPTIONS)
    return "\n".join([BEGIN, "", *table, "", f"Every verb also takes `{common}`.", "", *usages, "", END])


def usage(verb: Verb) -> str:
    """Return how a verb is called, in one line."""
    words = [_written(option) if option.required else f"[{_written(option)}]" for option in verb.options]
    return " ".join([verb.name, *words])


def replaced(text: str) -> str:
    """Return the text of docs/quest.md with the generated part replaced."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{docs()}{after}"


def main() -> None:
    """Write the links and the docs of the checkout that this module lies in."""
    package = Path(__file__).resolve().parent
    for path in package.glob("quest_*.py"):
        if path.name not in scripts() or not path.is_symlink():
            path.unlink()
    for name in scripts():
        if not os.path.lexists(package / name):
            (package / name).symlink_to(SCRIPT)
    page = package.parents[1] / "docs" / "quest.md"
    page.write_text(replaced(page.read_text("utf-8")), "utf-8")


def _written(option: Option) -> str:
    if option.is_flag:
        return option.name
    return f"{option.name} {option.metavar or '|'.join(option.choices) or 'VALUE'}"


if __name__ == "__main__":
    main()
