"""A user who edits an installation by chance: our files, their own, and the settings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from install_trees import Case, read_settings
from install_versions import AGENTS, KEYS, PROGRAMS, SKILLS
from support import build_tree


class User:
    """Makes a folder of their own, and edits whatever lies in it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.writer = case.writer
        self.random = case.writer.random

    def begin(self) -> None:
        """Some files of their own, and mostly a settings file."""
        build_tree(self.case.target, {"agents/mine.md": self._own()} if self.random.random() < 0.7 else {})
        if self.random.random() < 0.7:
            text = self.random.choice(["", "\ufeff"]) + self._written(self._settings())
            build_tree(self.case.target, {"settings.json": text})

    def edit(self) -> None:
        for _ in range(self.random.randint(0, 5)):
            others = [self._edit_settings, self._own_file, self._edit_any_file]
            self.writer.pick(*([self._edit_definition] if self.random.random() < 0.6 else others))

    def collide(self) -> None:
        """The user and the next version change the same key or line."""
        definitions = self.case.templates.definitions
        paths = [path for path in definitions if path in self.case.arrived and (self.case.target / path).is_file()]
        if not paths:
            return
        path = self.case.target / (name := self.random.choice(sorted(paths)))
        definition = definitions[name]
        lines = path.read_bytes().splitlines(keepends=True)
        eol = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
        if self.random.random() < 0.5:
            key = self.random.choice([*definition.keys][1:] or KEYS)
            start, written = f"{key}: ".encode(), f"{key}: {self.writer.word('user')}"
            definition.keys[key] = self.writer.value("ours")
            if self.writer.is_rare():
                del definition.keys[key]
        elif definition.body:
            number = self.random.randrange(len(definition.body))
            start, written = definition.body[number].encode(), f"{self.writer.word('user')} text"
            definition.body[number : number + 1] = [] if self.writer.is_rare() else [f"{self.writer.word('ours')} text"]
        else:
            return
        at = [
            number for number, line in enumerate(lines) if line.startswith(start) and not line.rstrip().endswith(b">-")
        ]
        if at:
            self.case.edited = True
            lines[at[0]] = b"" if self.writer.is_rare() else written.encode() + eol
            path.write_bytes(b"".join(lines))

    def _own(self) -> str:
        return f"---\nname: {self.writer.word('user')}\ndescription: Use when\n---\n{self.writer.word('user')}\n"

    def _own_file(self) -> None:
        folders = ("agents", "agents/deep", "skills/one", "skills/own", "scripts/acolytes_quest", "commands")
        name = f"{self.random.choice(folders)}/{self.writer.word('user')}.md"
        if self.writer.is_rare():
            name = self.random.choice([*AGENTS, *SKILLS])
        if not (self.case.target / name).exists():
            build_tree(self.case.target, {name: self._own()})
            self.case.edited = True

    def _edit_definition(self) -> None:
        self._edit_one([path for path in self.case.arrived if path not in PROGRAMS])

    def _edit_any_file(self) -> None:
        self._edit_one([path for path in self.case.files() if path != "settings.json"])

    def _edit_one(self, paths: list[str]) -> None:
        paths = sorted(path for path in paths if (self.case.target / path).is_file())
        if paths:
            self.case.edited = True
            path = self.case.target / self.random.choice(paths)
            self._whole(path) if self.writer.is_rare() else self._lines(path)

    def _whole(self, path: Path) -> None:
        content = path.read_bytes()
        self.writer.pick(
            path.unlink,
            path.unlink,
            lambda: shutil.rmtree(path.parent),
            lambda: path.rename(path.with_name(f"{self.writer.word('user')}.md")),
            lambda: path.write_bytes(b""),
            lambda: path.write_text(self._own()),
            lambda: path.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
            lambda: path.write_bytes(b"\xef\xbb\xbf" + content),
            lambda: path.write_bytes(content + b"\xff " + self.writer.word("user").encode()),
            lambda: path.write_bytes(content.rstrip()),
        )

    def _lines(self, path: Path) -> None:
        """A few lines of a file, wherever they stand: of the frontmatter, which may break by it, or of the body."""
        lines = path.read_bytes().splitlines(keepends=True)
        for _ in range(self.random.randint(1, 2)):
            at = self.random.randint(0, len(lines))
            eol = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
            fences = [number for number, line in enumerate(lines) if line.strip() == b"---"][1:]
            in_frontmatter = bool(fences) and 0 < at <= fences[0]
            lines[at : at + self.random.randint(0, 1)] = self._line(in_frontmatter, lines[at : at + 1], eol)
        path.write_bytes(b"".join(lines))

    def _line(self, in_frontmatter: bool, there: list[bytes], eol: bytes) -> list[bytes]:
        word = self.writer.word("user")
        line = f"{word} text"
        if in_frontmatter:
            key = self.random.choice([*KEYS, self.writer.word("user")])
            line = self.random.choice([f"{key}:{self.writer.value('user')}", f"# {word}", f"{key}: {word}  # mine"])
            if there and self.writer.is_rare() and b":" in there[0]:
                return [there[0].rstrip() + f"  # {word}".encode() + eol]
        return [] if self.writer.is_rare() else [line.encode().replace(b"\n", eol) + eol]

    def _settings(self) -> dict[str, Any]:
        events = self.random.sample(["SessionStart", "SubagentStart", "Stop"], self.random.randint(0, 3))
        hooks = {event: [self._hook() for _ in range(self.random.randint(0, 2))] for event in events}
        settings: dict[str, Any] = {self.writer.word("user"): self.random.choice([1, True, "x", [], {"a": [1]}])}
        if hooks or self.writer.is_rare():
            settings["hooks"] = hooks
        return settings

    def _hook(self) -> dict[str, Any]:
        return {"hooks": [{"type": "command", "command": self.writer.word("user")}]}

    def _written(self, settings: dict[str, Any]) -> str:
        indent = self.random.choice([None, 2, 4, "\t", 0])
        text = json.dumps(settings, indent=indent) + self.random.choice(["", "\n", "\n\n"])
        if self.writer.is_rare():
            text = text.replace("\n", "\r\n")
        # numbers that a round trip would write another way
        return text.replace(": 1,", ": 1.50e1,")

    def _edit_settings(self) -> None:
        path = self.case.target / "settings.json"
        settings = read_settings(path.read_bytes()) if path.exists() else {}
        hooks = settings.get("hooks", {})
        event = self.random.choice([*hooks, "Stop", "SessionStart"])
        listed = hooks.get(event, [])
        self.case.settings_edited = True

        def add() -> None:
            settings.setdefault("hooks", {}).setdefault(event, []).insert(
                self.random.randint(0, len(listed)), self._hook()
            )

        def change() -> None:
            if listed:
                self.random.choice(listed)["timeout"] = self.writer.word("user")

        def take() -> None:
            if listed:
                listed.remove(self.random.choice(listed))

        self.writer.pick(
            add,
            change,
            take,
            lambda: self.random.shuffle(listed),
            lambda: settings.update({self.writer.word("user"): 1}),
            lambda: settings.pop("hooks", None),
            lambda: settings.pop(self.random.choice([*settings, ""]), None),
        )
        path.write_bytes(self._written(settings).encode())
        if self.writer.is_rare():
            self.writer.pick(path.unlink, lambda: path.write_bytes(b"\n"))
