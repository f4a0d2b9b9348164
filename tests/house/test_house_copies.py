"""Git holds no code twice: what is needed in two places is rendered there, or reached by a link."""

from __future__ import annotations

import subprocess
from collections import defaultdict

from support import ROOT

LINK = "120000"
# Markdown is not code: plugin/ has skills that rendering does not change, because the client loads no linked one.
CODE = (".py", ".sh", ".jinja", ".toml", ".yaml", ".yml", ".json")
# recorded inputs and answers, of which two may happen to be equal
DATA = ("tests/", "bench/")


def test_no_two_files_of_code_have_the_same_content() -> None:
    listed = subprocess.run(["git", "ls-files", "-sz"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = defaultdict(list)
    for entry in listed.stdout.split("\0"):
        if entry:
            (mode, content, _), name = entry.split("\t")[0].split(), entry.split("\t")[1]
            is_code = name.endswith(".py") or (
                not name.startswith(DATA) and (name.endswith(CODE) or "." not in name.rpartition("/")[2])
            )
            if mode != LINK and is_code and (ROOT / name).stat().st_size:
                names[content].append(name)
    assert len(names) > 400
    assert [copies for copies in names.values() if len(copies) > 1] == []
