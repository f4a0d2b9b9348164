"""When documents are checked: in the middle of typing, and in a folder where the rules for all files take long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types

from acolytes_cc.language_server import folder as folder_module
from acolytes_cc.language_server.publish import Publisher
from acolytes_cc.language_server.session import Session
from acolytes_cc.language_server.text import Text
from support import build_tree

AGENT = "---\nname: {}\ndescription: Use when needed.\n---\nBody.\n"
PATIENCE = 30


class Inbox:
    """What the editor got, for one document."""

    def __init__(self) -> None:
        self.got: list[types.PublishDiagnosticsParams] = []

    def codes(self, uri: str) -> list[str]:
        last = next(params for params in reversed(self.got) if params.uri == uri)
        return [str(one.code) for one in last.diagnostics]

    async def wait(self, condition: Callable[[], bool]) -> None:
        async def _until() -> None:
            while not condition():
                await asyncio.sleep(0.01)

        await asyncio.wait_for(_until(), PATIENCE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build_tree(tmp_path, {f".claude/agents/{name}.md": AGENT.format(name) for name in ("a", "b", "c")})


def test_slow_rules_wait_until_the_user_pauses(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit that every run exceeds: keys are answered at once, and the duplicate follows after the pause."""
    monkeypatch.setattr(folder_module, "_LONG", -1.0)
    agent, uri = root / ".claude/agents/a.md", "a"

    async def _type() -> None:
        inbox = Inbox()
        publisher = Publisher(inbox.got.append, pytest.fail)
        publisher.session.add_folder(str(root))
        publisher.scan(publisher.session.folders.values())
        publisher.put(uri, str(agent), 1, Text(AGENT.format("a")))
        publisher.publish_now(uri)
        await inbox.wait(lambda: bool(publisher.session.folders[str(root)].on_disk))
        publisher.put(uri, str(agent), 2, Text(AGENT.format("b").replace("---\nBody", "color: mauve\n---\nBody")))
        publisher.publish_soon(uri)
        await inbox.wait(lambda: inbox.got[-1].version == 2)
        assert inbox.codes(uri) == ["ACO108"]  # that b is there twice is not said yet
        await inbox.wait(lambda: sorted(inbox.codes(uri)) == ["ACO108", "ACO401"])
        publisher.stop()

    asyncio.run(_type())


def test_many_keys_are_few_checks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that takes 50 ms: 100 keys at once are checked twice, and the last text is the one that counts."""
    agent, uri = root / ".claude/agents/a.md", "a"
    checks: list[int | None] = []
    ordinary = Session.findings

    async def _type() -> None:
        inbox = Inbox()
        publisher = Publisher(inbox.got.append, pytest.fail)
        publisher.put(uri, str(agent), 1, Text(AGENT.format("a")))
        publisher.publish_now(uri)
        for version in range(2, 102):
            publisher.put(uri, str(agent), version, Text(AGENT.format("a" * version)))
            publisher.publish_soon(uri)
        await inbox.wait(lambda: inbox.got[-1].version == 101)
        publisher.stop()

    def _noted(session: Session, snapshot: object, **options: bool) -> object:
        checks.append(getattr(snapshot, "version", None))
        return ordinary(session, snapshot, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "findings", _noted)
    asyncio.run(_type())
    assert set(checks) == {1, 101}
