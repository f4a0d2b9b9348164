"""Random edits of the user's times random changes of ours: whatever they are, no byte of the user's is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from acolytes_cc.install.disk.clashes import FRONTMATTER, Clash
from acolytes_cc.install.merging.file import Merged, merge
from install_versions import WORD, Writer

# what stands after `key:`, made of a word
STYLES: tuple[Callable[[str], str], ...] = (
    " {}".format,
    ' "{}: x"  '.format,
    " '{} # x'".format,
    " [{}, b]".format,
    " [\n  {},\n\n  # c\n  b\n]".format,
    "\n  - {}\n  - b".format,
    "\n    k: {}\n    more:\n      - x  # c\n      -\n    none:".format,
    " |\n  {}: y\n  # no comment\n\n  end".format,
    " >-\n  {}\n  goes on".format,
    " {}\n  goes on".format,
)
NAMES = ("name", "description", "model", "color", "tools", "hooks", "mcpServers", "maxTurns", "effort")
MISSING = object()


@dataclass
class Key:
    name: str
    value: str
    above: list[str] = field(default_factory=list)
    beside: str = ""


@dataclass
class File:
    """A definition, and which keys and which lines of the baseline's body were touched on the way to it."""

    keys: list[Key]
    tail: list[str]
    body: list[str]
    ended: bool = True
    keys_touched: set[str] = field(default_factory=set)
    lines_touched: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        lines = ["---"]
        for key in self.keys:
            lines += [*key.above, f"{key.name}:{key.value}{key.beside}"]
        text = "\n".join([*lines, *self.tail, "---", *self.body])
        return text + "\n" if self.ended else text


class Editor(Writer):
    """Makes files and changes them; every line that it writes holds a word of its own."""

    def some(self, most: int) -> range:
        return range(self.random.randint(0, most))

    def value(self, who: str) -> str:
        return self.random.choice(STYLES)(self.word(who))

    def comment(self, who: str) -> str:
        return self.random.choice(["# {}", "  # {}", "# {}: x", "\n# {}\n"]).format(self.word(who))

    def new(self) -> File:
        names = self.random.sample(NAMES, self.random.randint(1, 6))
        above = [[self.comment("base")] if self.random.random() < 0.2 else [] for _ in names]
        keys = [Key(name, self.value("base"), comments) for name, comments in zip(names, above, strict=True)]
        tail = [self.comment("base")] if self.random.random() < 0.2 else []
        blanks = self.random.random() < 0.5
        body = ["" if blanks and self.random.random() < 0.3 else f"{self.word('base')} text" for _ in self.some(16)]
        return File(keys, tail, body)

    def edited(self, file: File, who: str) -> File:
        file = deepcopy(file)
        for _ in self.some(3):
            self.edit_keys(file, who)
        self.edit_body(file, who)
        # before a blank last line it would be that line's deletion
        file.ended = not (file.body and file.body[-1] and self.random.random() < 0.1)
        return file

    def edit_keys(self, file: File, who: str) -> None:
        operation = self.random.choice(
            ["add", "add", "change", "change", "delete", "rename", "above", "beside", "move"]
        )
        if operation == "add":
            name = self.random.choice([self.word(who), *NAMES])
            if name not in [key.name for key in file.keys]:
                file.keys.insert(self.random.randint(0, len(file.keys)), Key(name, self.value(who)))
                file.keys_touched.add(name)
        elif not file.keys:
            file.tail.append(self.comment(who))
        else:
            self.edit_key(file, self.random.choice(file.keys), operation, who)

    def edit_key(self, file: File, key: Key, operation: str, who: str) -> None:
        if operation == "above":
            key.above.append(self.comment(who))
            return
        if operation == "move":
            if who == "ours":
                return  # the order is ours only as long as the user changed nothing
            file.keys.remove(key)
            file.keys.insert(self.random.randint(0, len(file.keys)), key)
            return
        file.keys_touched.add(key.name)
        if operation == "change":
            key.value, key.beside = self.value(who), ""
        elif operation == "delete":
            file.keys.remove(key)
        elif operation == "rename":
            key.name = self.word(who)
            file.keys_touched.add(key.name)
        elif "\n" not in key.value:
            key.beside = f"  # {self.word(who)}"

    def edit_body(self, file: File, who: str) -> None:
        """From the last line to the first, so that an index is also the baseline's."""
        touched = sorted((self.random.randint(0, len(file.body)) for _ in self.some(3)), reverse=True)
        for at in dict.fromkeys(touched):
            operation = self.random.choice(["insert", "replace", "delete", "blank"])
            file.lines_touched |= {at - 1, at}
            if operation in ("insert", "blank") or at == len(file.body):
                file.body.insert(at, "" if operation == "blank" else f"{self.word(who)} text")
            elif operation == "replace":
                file.body[at] = f"{self.word(who)} text"
            else:
                del file.body[at]

    def with_line_ends(self, text: str) -> str:
        ends = self.random.choice([["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]])
        lines = text.split("\n")
        return "".join(line + self.random.choice(ends) for line in lines[:-1]) + lines[-1]


def read(text: str) -> tuple[dict[str, Any], list[str]]:
    """The values, as strict YAML has them, and the body's lines."""
    text = text.replace("\r\n", "\n")
    _, yaml, body = (text if text.endswith("\n") else text + "\n").split("---\n", 2)
    return YAML(typ="safe", pure=True).load(yaml) or {}, body.split("\n")[:-1]


def check_value(was: Any, users: Any, ours: Any, result: Any, *, clashes: bool) -> None:
    """The value after the merge: that of the side that changed it, or both changes inside a list or a map."""
    if users is MISSING and was is not MISSING:
        assert result is MISSING  # what the user deleted stays deleted
    elif clashes or ours in (was, users):
        assert result == users
    elif was == users:
        assert result == ours
    else:
        old, mine, new, merged = (set(WORD.findall(repr(value))) for value in (was, users, ours, result))
        assert type(was) is type(users) is type(ours) is type(result)
        assert merged == (old & mine & new) | (mine - old) | (new - old)


def check(random: Random) -> str:
    """One case; answers with what became of it."""
    editor = Editor(random)
    base = editor.new()
    mine, new = editor.edited(base, "user"), editor.edited(base, "ours")
    users = editor.with_line_ends(mine.text)
    outcome = merge(base.text.encode(), users.encode(), new.text.encode())
    assert isinstance(outcome, Merged), outcome
    result = outcome.content.decode()
    if outcome.clashes:
        assert may_conflict(base, mine, new), outcome
    if users == base.text:
        assert result == new.text
    else:
        check_taken(base.text, users, new.text, result, outcome.clashes)
    again = merge(new.text.encode(), outcome.content, new.text.encode())
    assert again == Merged(outcome.content)
    if outcome.clashes:
        return "conflict"
    return "taken" if outcome.content not in (users.encode(), new.text.encode()) else "trivial"


def may_conflict(base: File, mine: File, new: File) -> bool:
    """Whether the edits touch the same key, or lines close together; for certain where nothing is ambiguous."""
    if mine.keys_touched & new.keys_touched:
        return True
    # an indented comment is part of the key above it, whichever that became, and of its value in a block scalar
    above = [
        line for file in (base, mine, new) for line in [*file.tail, *(line for key in file.keys for line in key.above)]
    ]
    if any(line.startswith(" ") for line in above):
        return True
    # which of several blank lines was touched nobody can tell
    if "" in base.body + mine.body + new.body:
        return bool(mine.lines_touched and new.lines_touched)
    return bool({line + step for line in mine.lines_touched for step in (-1, 0, 1)} & new.lines_touched)


def check_taken(base: str, users: str, ours: str, result: str, clashes: Sequence[Clash] = ()) -> None:
    versions = [read(text) for text in (base, users, ours, result)]
    check_values(versions, {clash.key for clash in clashes if clash.key})
    in_clash = [
        [
            text.replace("\r\n", "\n").split("\n")[slice(*lines)]
            for text, lines in ((result, clash.lines), (ours, clash.their_lines))
        ]
        for clash in clashes
        if not clash.key
    ]
    check_bodies([body for _, body in versions], in_clash)
    # every line of the user's own is there, its line end included (but for the last); of a line whose value we
    # changed, the user's words are
    known = Counter(base.split("\n"))
    lines = Counter([*result.split("\n"), result.rpartition("\n")[2] + "\r"])
    for line, count in Counter(users.split("\n")).items():
        missing = count - known[line.removesuffix("\r")] - lines[line]
        words = [word for word in WORD.findall(line) if word.startswith("user")]
        assert missing <= 0 or (words and all(word in result for word in words)), line
    assert not any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in lines)
    if "\r\n" in users and "\n" not in users.replace("\r\n", ""):
        assert "\n" not in result.replace("\r\n", "")
    if "\r" not in users:
        assert "\r" not in result


def check_values(versions: list[tuple[dict[str, Any], list[str]]], clashing: set[str]) -> None:
    base, users, ours, result = versions
    if FRONTMATTER in clashing:
        assert result[0] == users[0]
        return
    for key in {**base[0], **users[0], **ours[0], **result[0]}:
        values = (side[0].get(key, MISSING) for side in (base, users, ours, result))
        check_value(*values, clashes=key in clashing)
    order = [key for key in result[0] if key in users[0]]
    assert order == [key for key in users[0] if key in result[0]]


def check_bodies(bodies: list[list[str]], clashes: list[list[list[str]]]) -> None:
    """``clashes`` has for each its lines in the result, and those of ours."""
    base, users, ours, result = bodies
    old, mine, new = set(base), set(users), set(ours)
    kept = {line for users_lines, _ in clashes for line in users_lines}
    refused = {line for _, our_lines in clashes for line in our_lines}
    # a blank last line of ours gives way where the user wants the last line not ended
    assert set(result) >= (mine - old) | (new - old - refused - {""})
    # which of several blank lines changed nobody can tell: one may count as moved
    if "" not in base + users + ours:
        assert set(result) == (old & mine & new) | (mine - old) | (new - old - refused) | (kept & mine)
        assert len(result) == len(set(result))
        for side in (users, ours):
            assert [line for line in result if line in side] == [line for line in side if line in result]


def test_nothing_of_the_users_is_lost(pytestconfig: pytest.Config) -> None:
    is_full = pytestconfig.getoption("--full")
    volume = 20_000 if is_full else 800
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=volume,
        deadline=None,
        database=None,
        derandomize=not is_full,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def run(random: Random) -> None:
        outcomes[check(random)] += 1

    run()
    assert outcomes["taken"] > volume / 5, outcomes
    assert outcomes["conflict"] > volume / 50, outcomes


def test_the_oracle_sees_a_loss() -> None:
    """Each check can fail: a result that lost, changed or failed to bring something is told from a right one."""
    base = "---\nname: a\nmodel: b\n---\none\ntwo\n"
    users = base.replace("model: b", "model: b  # user1").replace("one\n", "one\nuser2 text\n")
    ours = base.replace("name: a", "name: ours1").replace("two", "ours2 text")
    outcome = merge(base.encode(), users.encode(), ours.encode().replace(b"ours2 text", b"two"))
    assert isinstance(outcome, Merged)
    right = outcome.content.decode()
    check_taken(base, users, ours.replace("ours2 text", "two"), right)
    for piece in ("user2 text\n", "  # user1", "name: ours1\n", "model: b", "two"):
        with pytest.raises(AssertionError):
            check_taken(base, users, ours.replace("ours2 text", "two"), right.replace(piece, ""))
