"""CLAUDE.md and its imports: which text reaches the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random

from bench.client_truth.case import Case, Class, Content, write_cases
from bench.client_truth.client_run import in_parallel
from bench.client_truth.session import Turn, run_session, texts

from acolytes_cc.doctor.messages import Block, ModelAnswer, ToolUse

KINDS = ("claude-md",)
_PATH = re.compile(r"@([{<`\[(\"']?)(?:\./|(?=docs|GUIDE|\+))")
"""The beginning of a path from the project's folder: a CLAUDE.md in `.claude` needs another one."""
_AT_ONCE = 40
"""So many projects are read in one session: the client holds back a very long context."""


@dataclass
class _Draft:
    """What a case has so far: lines of the CLAUDE.md, files, and the marks of those that are wanted."""

    token: str
    lines: list[str] = field(default_factory=list)
    files: dict[str, Content] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)

    def mark(self) -> str:
        """A new mark, for the text of a file."""
        return f"MARK-{self.token}-{len(self.files)}-END"

    def add(self, line: str, path: str = "", *, is_wanted: bool = True, text: str = "") -> None:
        """Add a line that imports the file at ``path``."""
        mark = self.mark()
        self.lines.append(line)
        if path:
            self.files[path] = f"{text}{mark}\n"
        if is_wanted:
            self.wanted.append(mark)


def generate(random: Random) -> Iterator[Case]:
    """Files with one to four lines of interest; about half have a mistake."""
    for number in count():
        draft = _Draft(f"mem{number}{random.choice('abcdefgh')}")
        lines = [random.choice(_GOOD) for _ in range(random.randint(1, 3))]
        if random.random() < 0.5:
            lines.append(random.choice(_BAD))
        random.shuffle(lines)
        for at, make in enumerate(lines):
            make(random, draft, f"{random.choice(_NAMES)}{at}")
        place = random.choice(("CLAUDE.md",) * 8 + (".claude/CLAUDE.md", "CLAUDE.local.md"))
        if random.random() < 0.08:
            place = random.choice(("claude.md", "Claude.md", "CLAUDE.MD", ".claude/CLAUDE.local.md"))
        mark = f"MARK-{draft.token}-own-END"
        body = f"# Shop\n\n{mark}\n\n" + "\n\n".join(draft.lines) + "\n"
        if random.random() < 0.1:
            head = random.choice(("---\ndescription: Shop\n---\n", "---\n\n", "<!-- a note -->\n", "\n\n", "\ufeff"))
            body = head + body
        if random.random() < 0.06:
            body = f"---\n{mark}\nUse tabs.\n\n---\n\n# More\n"
            draft.wanted, draft.files = [], {}
        if place.startswith(".claude/"):
            body = _PATH.sub(r"@\1../", body)
        if random.random() < 0.1:
            body = body.replace("\n", "\r\n")
        files = {**draft.files, place: body}
        yield Case(draft.token, "claude-md", files, intent={"mark": mark, "wanted": draft.wanted})


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Read a file beside each CLAUDE.md, which then loads; each case has a folder of one project."""
    parts = [cases[start : start + _AT_ONCE] for start in range(0, len(cases), _AT_ONCE)]
    loaded = in_parallel(lambda part: _loaded(part[1], client, scratch / str(part[0])), enumerate(parts))
    return [_observed(case, text) for part, text in zip(parts, loaded, strict=True) for case in part]


def _loaded(cases: Sequence[Case], client: Path, scratch: Path) -> str:
    project, home = scratch / "project", scratch / "home"
    for folder in (project, home):
        folder.mkdir(parents=True)
    reads: list[Block] = []
    moved = []
    for case in cases:
        name = f"{case.id}/probe.txt"
        files = {f"{case.id}/{path}": content for path, content in case.files.items()}
        moved.append(replace(case, files={**files, name: "probe\n"}))
        reads.append(ToolUse("Read", {"file_path": str(project / name)}))
    write_cases(moved, project, home)
    steps: list[ModelAnswer] = [reads[start : start + 10] for start in range(0, len(reads), 10)]
    return texts(run_session(client, project, home, [Turn("read", steps)]).requests[0])


def _observed(case: Case, text: str) -> Case:
    missing = [mark for mark in case.intent["wanted"] if mark not in text]
    verdict: Class = "DROP" if case.intent["mark"] not in text else "CHANGE" if missing else "OK"
    return replace(case, verdict=verdict, observed=({"seen": [f"not in the request: {', '.join(missing) or 'none'}"]},))


_NAMES = ("style", "sql", "my-notes", "setup_guide", "API", "team.rules")


def _plain(random: Random, draft: _Draft, name: str) -> None:
    path = random.choice((f"docs/{name}.md", f"{name}.md", f"docs/deep/{name}.txt", f"docs/{name}.py", f"docs/{name}"))
    path = path if "team" not in name else f"docs/{name}.md"
    form = random.choice((
        "@{}", "See @{}", "- @{}", "1. Read @{} first", "> @{}", "# @{}", "**@{}**", "Use @{} and more", "\t@{}"[1:],
        "@./{}", "@{}#part", "_@{}_", "* [ ] @{}", "Two\n@{}\nthree", "| a | @{} |",
    ))  # fmt: skip
    draft.add(form.format(path), path)


def _spaced(_random: Random, draft: _Draft, name: str) -> None:
    draft.add(f"@docs/my\\ {name}.md", f"docs/my {name}.md")


def _chain(random: Random, draft: _Draft, name: str) -> None:
    """Files that import each other; the last one is too deep when there are more than four."""
    length = random.choice((2, 3, 4, 4))
    for step in range(1, length + 1):
        follow = f"@{name}-{step + 1}.md\n" if step < length else f"@{name}-1.md\n" if random.random() < 0.3 else ""
        draft.add(f"@docs/{name}-1.md" if step == 1 else "", f"docs/{name}-{step}.md", text=follow)


def _too_deep(_random: Random, draft: _Draft, name: str) -> None:
    for step in range(1, 6):
        follow = f"Now @{name}-{step + 1}.md\n" if step < 5 else ""
        draft.add(f"@docs/{name}-1.md" if step == 1 else "", f"docs/{name}-{step}.md", text=follow)


def _talk(random: Random, draft: _Draft, name: str) -> None:
    """Text with an `@` that is no import."""
    draft.add(random.choice((
        "Ask @octocat.", "Use @scope/package and @types/node.", "Write to team@example.org.", f"`@docs/{name}.md`",
        f"```\n@docs/{name}.md\n```", f"<!-- @docs/{name}.md -->", "@dataclass(frozen=True)", "Mark it with @param x.",
        f"~~~md\n@docs/{name}.md\n~~~", f"Write `see @docs/{name}.md` in a file.", "Route @app.get('/x')", "At 5 @ 3",
        f"Text.\n\n    @docs/{name}.md\n\nText.", "@Override", "@media (min-width: 5px)", "Ping @team-a, @team-b.",
        "In v@1.2.3 and pkg@latest", "`npm i @scope/pkg@1.0`", "@tailwind base;", "[@octocat](https://example.org)",
    )), is_wanted=False)  # fmt: skip


def _dead(random: Random, draft: _Draft, name: str) -> None:
    form = random.choice(("@docs/{}.md", "See @docs/{}.md", "@./{}.txt", "- @docs/{}.md for more", "**@docs/{}.json**"))
    draft.add(form.format(f"none-{name}"))
    draft.files[f"docs/other-{name}.md"] = "other\n"


def _dead_deeper(_random: Random, draft: _Draft, name: str) -> None:
    draft.add(f"@docs/{name}.md", f"docs/{name}.md", text=f"@none-{name}.md\n")
    draft.add("")
    draft.files[f"docs/other-{name}.md"] = "other\n"


def _punctuated(random: Random, draft: _Draft, name: str) -> None:
    form = random.choice(("See @{}, too", "See @{}.", "See @{}: all", "See @{}; more", "Is it @{}?", "@{}) is it"))
    draft.add(form.format(f"docs/{name}.md"), f"docs/{name}.md")


def _glued(random: Random, draft: _Draft, name: str) -> None:
    form = random.choice(("(@{})", '"@{}"', "See:@{}", "(see @{})", "'@{}'", '(all in "@{}")'))
    draft.add(form.format(f"docs/{name}.md"), f"docs/{name}.md")


def _other_ending(random: Random, draft: _Draft, name: str) -> None:
    path = f"docs/{name}.{random.choice(('mdx', 'pdf', 'png', 'mdc', 'ipynb', 'docx', 'svg'))}"
    draft.add(f"@{path}", path)


def _folder(random: Random, draft: _Draft, name: str) -> None:
    draft.add(random.choice((f"@./docs/{name}", f"@docs/{name}/", f"See @./docs/{name}/")), f"docs/{name}/a.md")


def _other_case(_random: Random, draft: _Draft, name: str) -> None:
    draft.add(f"@docs/{name.swapcase()}.md", f"docs/{name}.md")


def _in_tags(random: Random, draft: _Draft, name: str) -> None:
    form = random.choice((
        "<important>\n@{}\n</important>", "<div>\nSee @{}\n</div>",
        "<details>\n<summary>x</summary>\n\n@{}\n\n</details>",
        "Text\n<b>\n@{}\n</b>", "Text\n<hr>\n@{}", "<my_rules>\n# SQL\n- @{}\n</my_rules>", "<b></b>\n@{}",
        "<td> @{} </td>",
        "# H\n<important>\n@{}", "<important>\n\n@{}\n</important>", "<!-- c -->\n@{}", "<x.y>\n@{}", "</details>\n@{}",
        "<important> @{} </important>", "<pre>\n</pre>\n@{}", "```\n<div>\n```\n@{}", "<!--\n<div>\n-->\n@{}",
        "<rule a='b'>\n@{}",
    ))  # fmt: skip
    draft.add(form.format(f"docs/{name}.md"), f"docs/{name}.md")


def _odd_path(random: Random, draft: _Draft, name: str) -> None:
    form = random.choice(("@{{{}}}", "@<{}>", "@`{}`", "@[{}]", "@({})", '@"{}"', "@'{}'"))
    path = f"docs/{name}.md"
    line, path = random.choice((
        (form.format(path), path), (f"@docs\\{name}.md", path), (f"@docs/a {name}.md", f"docs/a {name}.md"),
        (f"@+{name}.md", f"+{name}.md"), (f"See @./a {name}.md now", f"a {name}.md"),
    ))  # fmt: skip
    draft.add(line, path)


_GOOD = (_plain, _plain, _plain, _spaced, _chain, _talk, _talk, _talk)
_BAD = (
    _dead,
    _dead,
    _dead_deeper,
    _punctuated,
    _punctuated,
    _glued,
    _other_ending,
    _folder,
    _too_deep,
    _other_case,
    _in_tags,
    _in_tags,
    _odd_path,
)
