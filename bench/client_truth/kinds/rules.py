"""Rules in `.claude/rules`: which are loaded at the start, and which when the client reads the files they are for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path, PurePosixPath
from random import Random

from bench.client_truth.case import Case, Class, write_cases
from bench.client_truth.client_run import in_parallel
from bench.client_truth.session import Session, Turn, run_session, texts

from acolytes_cc.doctor.messages import ToolUse

KINDS = ("rule",)
FILES = ("src/a.ts", "src/deep/b.ts", "lib/x.py", "docs/guide.md", "tests/a.test.ts")
"""The files of each project; a rule is for some of them, or for all work when it names none."""


def generate(random: Random) -> Iterator[Case]:
    """Rules with and without patterns; about half have a mistake."""
    for number in count():
        token = f"rule{number}{random.choice('abcdefgh')}"
        wanted = random.sample(FILES, random.choice((0, 1, 1, 2))) if random.random() < 0.85 else []
        make = random.choice(_MISTAKES) if wanted and random.random() < 0.5 else _good
        front, about = make(random, wanted) if wanted else (_without_patterns(random), "")
        place = _place(random, token)
        body = f"MARK-{token}-END {random.choice(_BODIES)}\n"
        text = f"---\n{front}\n---\n{body}" if front else body
        if wanted and random.random() < 0.04:
            text, about = f"---\n{front}\n\n{body}", ""
        if random.random() < 0.06:
            text = random.choice(
                (text.replace("\n", "\r\n"), f"\ufeff{text}", text.replace("---\n", "--- \n", 1), f"\n{text}")
            )
        files = {name: f"// {name}\n" for name in FILES}
        yield Case(
            token,
            "rule",
            {**files, place: text},
            intent={"mark": f"MARK-{token}-END", "for": wanted},
            about=(about,) if about else (),
        )


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Load all rules in one project, and read each file in a session of its own."""
    project, home = scratch / "project", scratch / "home"
    for folder in (project, home):
        folder.mkdir()
    write_cases(cases, project, home)
    sessions = dict(zip(FILES, in_parallel(lambda name: _read(name, client, project, home), FILES), strict=True))
    return [_observed(case, sessions) for case in cases]


def _read(name: str, client: Path, project: Path, home: Path) -> Session:
    turns = [Turn("start"), Turn("read", [ToolUse("Read", {"file_path": str(project / name)})])]
    return run_session(client, project, home, turns)


def _observed(case: Case, sessions: dict[str, Session]) -> Case:
    mark, wanted = case.intent["mark"], case.intent["for"]
    at_start = any(mark in texts(session.requests[0]) for session in sessions.values())
    read = [name for name in FILES if mark in texts(sessions[name].requests[1])]
    seen = f"loaded at the start: {at_start}; after reading: {', '.join(read) or 'none'}"
    verdict: Class
    if not wanted:
        verdict = "OK" if at_start else "DROP"
    elif at_start:
        verdict = "CHANGE"
    else:
        verdict = "OK" if set(wanted) <= set(read) else "CHANGE" if set(wanted) & set(read) else "DROP"
    return replace(case, verdict=verdict, observed=({"seen": [seen]},))


def _place(random: Random, token: str) -> str:
    folder = random.choice(("", "", "", "sub/", "frontend/deep/", ".hidden/"))
    if random.random() < 0.1:
        return random.choice((
            f".claude/rules/{token}.mdc", f".claude/rules/{token}.txt", f".claude/rules/{token}.MD",
            f".claude/rule/{token}.md", f".claude/rules/{token}.markdown",
        ))  # fmt: skip
    return f".claude/rules/{folder}{token}.md"


_BODIES = (
    "Be brief.",
    "# Style\n\n- Use tabs.\n- No `any`.",
    "Ask @octocat about @scope/package.",
    "```ts\nconst a = 1\n```",
    "See `@docs/none.md`.",
)


def _without_patterns(random: Random) -> str:
    return random.choice((
        "", "", "description: On style", "paths:", "paths: []", 'paths: ""', 'paths: "**"', "paths: ['**']",
        "title: Style\nalwaysApply: true", "name: style\ntags: [a, b]", "paths: '**/**'",
    ))  # fmt: skip


def _glob(random: Random, name: str) -> str:
    path = PurePosixPath(name)
    top = name.partition("/")[0]
    return random.choice((
        name, f"{top}/**", f"{top}/**/*{path.suffix}", f"**/*{path.suffix}", f"*{path.suffix}", top, f"{top}/",
        f"/{top}/**", f"{top}/**/*.{{{path.suffix[1:]},zzz}}", f"{path.parent}/*", f"**/{path.name}", f"{top}/**/*",
        f"{{{top},zzz}}/**", name.replace("a", "?"), f"**/{top}/**",
    ))  # fmt: skip


def _values(random: Random, globs: Sequence[str]) -> str:
    """The patterns in one of the shapes that the client reads."""
    quoted = [json.dumps(glob) for glob in globs]
    lines = "".join(f"\n  - {one}" for one in quoted)
    return random.choice((f'"{", ".join(globs)}"', f"[{', '.join(quoted)}]", lines, f"'{','.join(globs)}'", lines))


def _good(random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    globs = [_glob(random, name) for name in wanted]
    if random.random() < 0.2:
        globs.append(random.choice(("nowhere/**", "!src/zzz.ts", "docs/my file.md", "zzz/*.{a,b}")))
    plain = len(globs) == 1 and random.random() < 0.4
    front = f"paths: {globs[0] if plain else _values(random, globs)}"
    return random.choice(("{}", "{}", "description: On style\n{}", "globs: zzz/**\n{}", "# note\n{}")).format(front), ""


def _bad_glob(random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    """One pattern has a mistake; the others match no file that it is for."""
    globs = list(wanted)
    at = random.randrange(len(globs))
    top = wanted[at].partition("/")[0]
    good = _glob(random, wanted[at]).lstrip("/")
    globs[at] = random.choice((
        f"./{good}", f"../{top}/**", f"~/work/{top}/**", f"/srv/shop/{top}/**", f"/opt/shop/{top}/**",
        f"{top}\\**", f"C:\\shop\\{top}\\**", f"({top}|zzz)/**", f"{top}/**/*.{{ts,py,md", f"'{top}/**'",
        PurePosixPath(wanted[at]).suffix, f"#{top}/**",
    ))  # fmt: skip
    lines = "".join(f"\n  - {json.dumps(glob)}" for glob in globs)
    return f"paths: {lines}", ""


def _separated(random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    globs = [f"{name.partition('/')[0]}/**" for name in wanted] + ["zzz/**"]
    if random.random() < 0.3:
        return "paths: |" + "".join(f"\n  {glob}" for glob in globs), "paths"
    return f"paths: {random.choice((' ', '; ', ';')).join(globs)}", ""


def _other_key(random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    key = random.choice(("globs", "glob", "path", "Paths", "applyTo", "files", "PATHS", "file_patterns"))
    return f"{key}: {_values(random, [_glob(random, name) for name in wanted])}", key


def _wrong_type(random: Random, _wanted: Sequence[str]) -> tuple[str, str]:
    return f"paths: {random.choice(('5', 'true', '{a: src/**}', '[5, 6]', '{src: ts}', '[true]', '3.5'))}", "paths"


def _wrong_yaml(random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    rest = "".join(f", {name}" for name in wanted[1:])
    return random.choice((
        f'paths: "{wanted[0]}" and more', "paths:\n  - **/*.zzz\n" + "".join(f"  - {name}\n" for name in wanted),
        f"paths: [{wanted[0]}{rest}", f"paths: [**/{wanted[0]}{rest}", f"paths: '{wanted[0]}{rest}",
        f"paths: {wanted[0]}{rest}\n  more: 1", f"paths: \"{wanted[0]}\", \"zzz\"",
    )).rstrip(), ""  # fmt: skip


def _only_excluded(_random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    return f"paths: '!{wanted[0].partition('/')[0]}/zzz/**'", ""


def _always(_random: Random, wanted: Sequence[str]) -> tuple[str, str]:
    return f"description: For {wanted[0]}\nalwaysApply: false", "alwaysApply"


_MISTAKES = (
    _bad_glob,
    _bad_glob,
    _separated,
    _other_key,
    _other_key,
    _wrong_type,
    _wrong_yaml,
    _only_excluded,
    _always,
)
