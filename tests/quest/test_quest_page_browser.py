"""The page of `acolytes-quest serve` in a real browser: what it shows, what arrives on the board, who can use it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import headless_browser
from acolytes_quest.board import messages, quests
from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.sqlite_engine import SqliteBoard
from live_browser import LiveBrowser
from postgres_server import PostgresServer
from quest_page import Page
from quest_support import Cli, create

pytestmark = [
    pytest.mark.skipif(not headless_browser.path(), reason="no Chromium"),
    pytest.mark.slow,
]
HOSTILE = "</p><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u202eevil\u202c "
SHOWN = "</p><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\\u202eevil\\u202c"
MANY = 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[LiveBrowser]:
    with LiveBrowser() as browser:
        yield browser


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The engine of the board that the environment selects."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.new_database()
    monkeypatch.setenv("ACOLYTES_QUEST_URL", server.url(name))
    monkeypatch.delenv("CLAUDE_CODE_SESSION_ID", raising=False)
    yield "postgres"
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


def _board(cli: Cli, *, hostile: str = "") -> None:
    """Make a quest in which something of each kind waits, with `hostile` in every text and path."""
    create(cli, "w1,w2,w3", "--phase", f"first {hostile}".strip())
    for to, text, *words in (
        ("w1", "Make it fast", "--review"),
        ("w2", "Is it fast?"),
        ("w3", "Look again", "--after", "1,2"),
        ("w2", "Look at turn 1", "--reviews", "1"),
        ("w1", "And once more"),
    ):
        cli.ok("message", "--quest", 1, "--to", to, "--msg", f"{text} {hostile}", *words)
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("monitor", "--role", "worker", "--agent", "w2", "--as", "s2", "--timeout", 0)
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", f"Completed: fast {hostile}", "--files", "a<b>.py")
    cli.ok("respond", "--quest", 1, "--as", "s2", "--msg", f"CLARIFICATION: how fast? {hostile}")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("reserve", "--quest", 1, "--as", "s1", "--paths", "src/<i>x</i>.py")


def _opened(browser: LiveBrowser, address: str, *size: int, dark: bool = False) -> None:
    browser.open("about:blank")
    browser.console.clear()  # of complaints that the server of the page before has ended
    browser.open(address, *size, dark=dark)
    browser.until("document.querySelector('#turns .dot') && document.querySelector('.message')")


def _press(browser: LiveBrowser, selector: str, name: str) -> None:
    script = "[...document.querySelectorAll(%s)].find((one) => one.textContent === %s).click()"
    browser.run(script % (json.dumps(selector), json.dumps(name)))


def _shown(browser: LiveBrowser, text: str, where: str = "#messages") -> float:
    return browser.until(f"document.querySelector({json.dumps(where)})?.textContent.includes({json.dumps(text)})")


@pytest.mark.usefixtures("engine")
def test_what_happens_appears_at_once_and_what_a_person_does_arrives(
    browser: LiveBrowser, cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_POLL", "600")  # only the bell wakes the server of the page
    _board(cli)
    with Page(project, env=dict(os.environ)) as page:
        _opened(browser, page.address)
        browser.until("document.title === '(2) Quest 1'")
        cli.ok("monitor", "--role", "worker", "--agent", "w2", "--as", "s2", "--timeout", 0)
        cli.ok("respond", "--quest", 1, "--as", "s1", "--turn", 5, "--msg", "Completed: once more it is")
        _shown(browser, "once more it is")
        _shown(browser, "no path is reserved", "#reserved")

        browser.write(".card textarea[aria-label='Your reply to w2']", "Twice as fast as now")
        cli.ok("message", "--quest", 1, "--to", "w3", "--msg", "a change while somebody types")
        _shown(browser, "while somebody types")
        _press(browser, ".card button", "Reply")
        _shown(browser, "Twice as fast as now")
        browser.until("!document.querySelector('#waiting').textContent.includes('asks about')")

        _press(browser, ".card button", "Send back")
        _shown(browser, "the change is empty: write something", ".card .said.wrong")
        browser.write(".card textarea", "Measure it, too")
        _press(browser, ".card button", "Send back")
        _shown(browser, "Measure it, too")
        _shown(browser, "Nothing waits for a person.", "#waiting")
        browser.until("document.title === 'Quest 1'")

        browser.run("document.querySelector('#recipient').value = 'w3'")
        browser.write("#note", "Mind the cache")
        _press(browser, "#write button", "Send note")
        _shown(browser, "Mind the cache")
        browser.until("document.querySelector('#note').value === ''")
        assert [line for line in browser.console if "400" not in line] == []  # the browser reports the refusal
    sent = [(one["from"], one["to"], one["text"]) for one in cli.data("conversation", "--quest", 1)["messages"]]
    assert ("leader", "w2", "Twice as fast as now") in sent
    assert ("leader", "w1", "Measure it, too") in sent
    assert ("leader", "w3", "Mind the cache") in sent


def test_without_the_token_there_is_no_page(browser: LiveBrowser, cli: Cli, project: Path) -> None:
    _board(cli)
    with Page(project) as page:
        browser.open(page.address.replace(page.path, "/wrong/"))
        assert "open the address that acolytes-quest serve has printed" in browser.run("document.body.innerText")


def test_hostile_texts_stay_texts(browser: LiveBrowser, cli: Cli, project: Path) -> None:
    _board(cli, hostile=HOSTILE + "x" * 40_000)
    with Page(project) as page:
        _opened(browser, page.address, 400, 3000)
        browser.until("document.title === '(2) Quest 1'")
        assert browser.run("document.images.length + document.querySelectorAll('body script').length") == 0
        for place in ("#messages", "#waiting", "#turns", "#facts"):
            assert SHOWN in browser.run(f"document.querySelector('{place}').textContent"), place
        _shown(browser, "src/<i>x</i>.py", "#reserved")
        assert browser.run("document.documentElement.scrollWidth") <= 400
        _press(browser, ".message button", "Show all of its 40,110 characters")
        browser.until("document.querySelector('#messages').textContent.length > 45000")
        assert browser.run("document.documentElement.scrollWidth") <= 400
        assert browser.console == []


def test_on_a_laptop_each_task_is_read_without_scrolling_and_a_question_does_not_look_done(
    browser: LiveBrowser, cli: Cli, project: Path
) -> None:
    _board(cli)
    with Page(project) as page:
        _opened(browser, page.address, 1280, 900)
        table = "document.querySelector('#turns').closest('.scroll')"
        assert browser.run(f"{table}.scrollWidth <= {table}.clientWidth")
        assert browser.run("document.querySelector('#turns .dot.queued') !== null")
        dots = "[...document.querySelectorAll('#turns .dot')].filter((one) => one.textContent === 'clarification')"
        assert browser.run(f"{dots}.map((one) => one.className)") == ["dot queued"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [400, 1400])
def test_it_fits_a_phone_and_a_screen_and_axe_finds_nothing(
    browser: LiveBrowser, cli: Cli, project: Path, width: int, tmp_path_factory: pytest.TempPathFactory, *, dark: bool
) -> None:
    axe = headless_browser.axe(tmp_path_factory.getbasetemp() / "axe")
    _board(cli)
    with Page(project) as page:
        _opened(browser, page.address, width, 1000, dark=dark)
        browser.until("document.querySelector('#graph svg') && document.querySelector('#timeline svg')")
        assert browser.run("document.documentElement.scrollWidth") <= width
        if axe:
            assert browser.violations(axe) == []
        assert browser.console == []


def test_it_is_used_by_the_keyboard(browser: LiveBrowser, cli: Cli, project: Path) -> None:
    _board(cli)
    with Page(project) as page:
        _opened(browser, page.address)
        browser.press("Tab", 9)
        assert browser.run("document.activeElement.textContent") == "Skip to the quest"
        names = set()
        for _ in range(60):
            browser.press("Tab", 9)
            names.add(browser.run("(document.activeElement.id || document.activeElement.textContent).slice(0, 40)"))
        assert {"Reply", "Accept", "Send back", "turn 1", "words", "span", "messages"} <= names
        browser.run("document.querySelector('#turns [data-key=turn-1]').focus()")
        browser.press("Enter", 13, "\r")
        browser.until("document.querySelector('#shown').textContent.includes('of turn 1 only')")
        cli.ok("message", "--quest", 1, "--to", "w3", "--msg", "more")
        browser.until("document.querySelector('#turns [data-key=turn-6]')")
        assert browser.run("document.activeElement.dataset.key") == "turn-1"  # a change does not take the focus away


def _fill(engine: str, project: Path) -> None:
    url = os.environ.get("ACOLYTES_QUEST_URL", "")
    board: Any = (
        PostgresBoard(url) if engine == "postgres" else SqliteBoard(str(project / ".claude" / "acolytes" / "quests.db"))
    )
    with board.write() as tx:
        assert quests.find(tx, 1)
        for number in range(MANY):
            text = f"Message number {number}. " + "It goes on for some lines.\n" * (number % 9)
            messages.append(tx, 1, kind="note", sender="w1", recipient="leader", session=None, text=text)
    board.close()


def test_ten_thousand_messages_are_shown_soon(
    browser: LiveBrowser, cli: Cli, project: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    second = 1 if request.config.getoption("--full") else 20  # in every run, also on a loaded machine
    _board(cli)
    _fill(engine, project)
    with Page(project, env=dict(os.environ)) as page:
        _opened(browser, page.address)
        first = browser.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        _shown(browser, f"Message number {MANY - 1}.")
        at = "performance.getEntriesByType('resource').find((one) => one.name.includes('api/messages')).responseEnd"
        assert (first < 1000 * second, browser.run(at) < 2000 * second) == (True, True)
        assert browser.run("document.querySelectorAll('.message').length") == 100
        for _ in range(3):
            before = browser.run("document.querySelector('#shown').textContent")
            _press(browser, "#pager button", "Older")
            assert browser.until(f"document.querySelector('#shown').textContent !== {json.dumps(before)}") < second
        browser.write("#words", "number 1234.")
        _press(browser, "#search button", "Search")
        assert _shown(browser, "1 message found", "#shown") < 2 * second
        browser.run("document.querySelector('#messages .message > button').click()")
        browser.until("document.activeElement.textContent.includes('Message number 1234.')")
        assert browser.console == []
