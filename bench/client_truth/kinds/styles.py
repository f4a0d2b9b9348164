"""Output styles: which the client finds, by which name, and whether their text reaches the model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

from bench.client_truth.case import Case, Class, write_cases
from bench.client_truth.client_run import in_parallel
from bench.client_truth.session import Turn, run_session, texts

KINDS = ("output-style",)


def generate(random: Random) -> Iterator[Case]:
    """Styles with a name or with that of their file; about half have a mistake."""
    for number in count():
        token = f"style{number}{random.choice('abcdefgh')}"
        name = random.choice((token, f"My {token}", f"{token}.v2", token.upper(), f"Déjà {token}"))
        fields = [f"name: {name}", f"description: For {token}"]
        unread: list[str] = []
        text = ""
        if random.random() < 0.25:
            del fields[random.randrange(2)]
            name = name if fields[0].startswith("name") else token
        if random.random() < 0.4:
            fields.append(
                random.choice(("keep-coding-instructions: true", "keep-coding-instructions: false", "# note"))
            )
        elif random.random() < 0.5:
            key = random.choice(("model", "tools", "keepCodingInstructions", "color", "Name", "version", "prompt"))
            fields.append(f"{key}: x")
            unread.append(key)
        body = f"MARK-{token}-END Answer in {random.choice(('verse', 'French', 'one line'))}.\n"
        plain = "---\n" + "\n".join(fields) + f"\n---\n\n{body}"
        if random.random() < 0.15:
            text, name, unread = body, token, []
        elif random.random() < 0.25:
            text, name = _broken(random, plain, name, token)
            unread = [key for key in unread if f"\n{key}: x" in text]
            if not text.startswith(("---\n", "---\r", "\ufeff")) or text.count("---") < 2:  # all fields are lost
                unread = ["description"]
        folder = random.choice(("", "", "", "team/"))
        path = f".claude/output-styles/{folder}{token}.md"
        if random.random() < 0.12:
            path = random.choice((
                f".claude/output-style/{token}.md", f".claude/output-styles/{token}.txt",
                f".claude/output_styles/{token}.md", f".claude/outputStyles/{token}.md", f".claude/styles/{token}.md",
            ))  # fmt: skip
            if "styles/" in path and "output" not in path:
                path = f".claude/output-styles/{token}.markdown"
        intent = {"name": name, "mark": f"MARK-{token}-END", "unread": unread}
        yield Case(token, "output-style", {path: text or plain}, intent=intent)


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Start a session with each style, by the name that its author gave it and by that of its file."""
    project, home = scratch / "project", scratch / "home"
    for folder in (project, home):
        folder.mkdir()
    write_cases(cases, project, home)
    return in_parallel(lambda case: _observed(case, client, project, home), cases)


def _observed(case: Case, client: Path, project: Path, home: Path) -> Case:
    mark, name = case.intent["mark"], case.intent["name"]
    seen = {style: _reaches_model(style, mark, client, project, home) for style in (name,)}
    if not seen[name]:
        for other in (case.id, "[object Object]"):
            seen[other] = _reaches_model(other, mark, client, project, home)
    verdict: Class = "OK"
    if not any(seen.values()):
        verdict = "DROP"
    elif not seen[name] or case.intent["unread"]:
        verdict = "CHANGE"
    return replace(case, verdict=verdict, observed=({"seen": [f"its text is sent: {seen}"]},))


def _reaches_model(style: str, mark: str, client: Path, project: Path, home: Path) -> bool:
    settings = json.dumps({"outputStyle": style})
    session = run_session(client, project, home, [Turn("start")], "--settings", settings)
    return mark in texts(session.requests[0])


def _broken(random: Random, plain: str, name: str, token: str) -> tuple[str, str]:
    """A style whose frontmatter has an odd shape, and the name that its author wants."""
    return random.choice((
        (plain.replace("\n", "\r\n"), name), (f"\ufeff{plain}", name), (f"\n{plain}", name),
        (plain.replace("---\n\nMARK", "\nMARK"), name), (f'---\nname: "{token}x" y\n---\n{plain[-60:]}', f"{token}x y"),
        (plain.replace("---\n", "----\n"), name), (f"---\nname: [{token}l]\n---\nMARK-{token}-END\n", f"{token}l"),
        (f"---\nname: {{a: b}}\n---\nMARK-{token}-END\n", "a"), (f'---\nname: ""\n---\nMARK-{token}-END\n', token),
        (f"---\nname:\n---\nMARK-{token}-END\n", token),
        (f"---\nname: {token} #2\n---\nMARK-{token}-END\n", f"{token} #2"),
    ))  # fmt: skip
