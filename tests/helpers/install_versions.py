"""Random templates: definitions, programs and settings that change from version to version."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.source import Source
from acolytes_cc.definitions.yaml_fields import read_fields
from acolytes_cc.install.disk.manifest import SettingsEntry
from acolytes_cc.install.disk.places import Places
from acolytes_cc.install.planning.render import RenderedFile
from acolytes_cc.install.settings.hooks import settings_entries

AGENTS = tuple(f"agents/{name}.md" for name in ("one", "two", "three", "four"))
SKILLS = ("skills/one/SKILL.md", "skills/two/SKILL.md")
PROGRAMS = ("acolytes/hooks/start.py", "scripts/acolytes_quest/cli.py")
# what stands after `key:`; the last one is no strict YAML, but the client loads it
VALUES = (" {}", ' "{}"', " [{}, Read]", "\n  - {}\n  - Read", " >-\n  {}\n  and more", " Use when: {}")
KEYS = ("description", "model", "tools", "color", "skills")
WORD = re.compile(r"\b(?:ours|user)\d+\b")
MARKERS = re.compile(rb"^(?:<<<<<<<|=======|>>>>>>>)", re.MULTILINE)

#: the modules of acolytes_cc.install that read the version of the application, for tests that play another one
VERSIONED = (
    "application.versions",
    "planning.rebuilt",
    "planning.render",
    "updating.apply",
    "updating.command",
    "updating.report",
)

Tree = dict[str, bytes]


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where the system has one: syncing to a disk would take most of the time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def words(content: bytes) -> set[str]:
    return set(WORD.findall(content.decode("utf-8", "replace")))


def keys(content: bytes) -> dict[str, set[str]] | None:
    """The keys of a definition's frontmatter with the words of their values, as the linter's reader, the client's, has
    them; None where it has to give up.
    """
    text = Source(content).text
    block = frontmatter.find_block(text)
    assert block, content
    read = read_fields(text, block.yaml)
    return None if read.problem else {field.key: set(WORD.findall(repr(field.value.plain()))) for field in read.fields}


class Writer:
    """Draws by chance, and never the same word twice."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0

    def word(self, who: str) -> str:
        self.count += 1
        return f"{who}{self.count}"

    def is_rare(self) -> bool:
        return self.random.random() < 0.12

    def value(self, who: str) -> str:
        odd = self.is_rare()
        return self.random.choice(VALUES if odd else VALUES[:-1]).format(self.word(who))

    def pick(self, *choices: Callable[[], object]) -> None:
        self.random.choice(choices)()


@dataclass
class Definition:
    """What our templates hold of one definition."""

    keys: dict[str, str]
    body: list[str]
    mark: str = ""
    eol: str = "\n"

    @property
    def content(self) -> bytes:
        keys = [f"{key}:{value}" for key, value in self.keys.items()]
        return self.mark.encode() + "\n".join(["---", *keys, "---", *self.body, ""]).replace("\n", self.eol).encode()


class Templates:
    """The set of files that a version of ours renders, and the entries that go into the settings."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.programs = {path: writer.word("ours") for path in PROGRAMS}
        self.interpreter = Path("/usr/bin/python3")
        self.definitions: dict[str, Definition] = {}
        for path in writer.random.sample([*AGENTS, *SKILLS], 3):
            self.add(path)

    @property
    def files(self) -> list[RenderedFile]:
        found = [RenderedFile(path, definition.content) for path, definition in self.definitions.items()]
        found += [RenderedFile(path, f"{word}\n".encode(), executable=True) for path, word in self.programs.items()]
        return sorted(found, key=lambda file: file.path)

    def entries(self, places: Places) -> list[SettingsEntry]:
        return settings_entries(self.interpreter, places.state / "hooks", Path("/opt/bin"))

    def add(self, path: str) -> None:
        keys = {key: self.writer.value("ours") for key in self.writer.random.sample(KEYS, 3)}
        body = [f"{self.writer.word('ours')} text" for _ in range(self.writer.random.randint(0, 16))]
        self.definitions[path] = Definition(
            {"name": f" {Path(path).stem}", **keys},
            body,
            "\ufeff" if self.writer.is_rare() else "",
            "\r\n" if self.writer.is_rare() else "\n",
        )

    def change(self) -> None:
        """The next version."""
        for _ in range(self.writer.random.randint(0, 8)):
            others = [self._add, self._drop, self._program, self._move]
            self.writer.pick(*([self._one] if self.writer.random.random() < 0.7 else others))

    def _one(self) -> None:
        if self.definitions:
            definition = self.definitions[self.writer.random.choice(sorted(self.definitions))]
            self.writer.pick(lambda: self._key(definition), lambda: self._line(definition))

    def _key(self, definition: Definition) -> None:
        key = self.writer.random.choice(KEYS)
        if key in definition.keys and self.writer.is_rare():
            del definition.keys[key]
        else:
            definition.keys[key] = self.writer.value("ours")

    def _line(self, definition: Definition) -> None:
        at = self.writer.random.randint(0, len(definition.body))
        line = [f"{self.writer.word('ours')} text"] if self.writer.random.random() < 0.7 else []
        definition.body[at : at + self.writer.random.randint(0, 1)] = line

    def _add(self) -> None:
        self.add(self.writer.random.choice([*AGENTS, *SKILLS]))

    def _drop(self) -> None:
        if self.definitions:
            del self.definitions[self.writer.random.choice(sorted(self.definitions))]

    def _program(self) -> None:
        self.programs[self.writer.random.choice(PROGRAMS)] = self.writer.word("ours")

    def _move(self) -> None:
        """Another interpreter: the entries in the settings change with it."""
        self.interpreter = Path(f"/usr/bin/{self.writer.word('ours')}")
