"""The server of `acolytes-quest serve`: who may talk to it, what it tells, and what a person can do with it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.page import access
from quest_page import Page
from quest_support import Cli, bells, create, eventually, script

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202eevil\u202c\x1b[31m"


@pytest.fixture
def quest(cli: Cli) -> int:
    """A quest with a question, a review, a reservation and a hostile text."""
    quest = create(cli, "w1,w2", "--phase", "first")
    cli.ok("message", "--quest", quest, "--to", "w1", "--msg", HOSTILE, "--review")
    cli.ok("message", "--quest", quest, "--to", "w2", "--msg", "second", "--after", 1)
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("reserve", "--quest", quest, "--as", "s1", "--paths", "src/a.py")
    return quest


@pytest.fixture
def page(project: Path, quest: int) -> Iterator[Page]:
    assert quest == 1
    with Page(project, env={**os.environ, "ACOLYTES_QUEST_POLL": "600"}) as page:  # only the bell wakes it
        yield page


# -- who may talk to it ------------------------------------------------------------------------------------------------


def test_the_address_is_one_line_on_the_loopback_with_a_long_token(page: Page) -> None:
    assert page.printed == f"http://127.0.0.1:{page.port}{page.path}\n"
    assert len(page.path.strip("/")) >= 32
    assert page.ask(page.path)[0] == 200


def test_json_has_the_address_and_the_port(project: Path, quest: int) -> None:
    with Page(project, "--json", "--quest", quest, "--read-only") as page:
        told = json.loads(page.printed)
        assert told == {"address": page.address, "port": page.port, "quest": quest, "read_only": True}
        assert page.get("board")["read_only"] is True


def test_no_other_address_of_this_machine_answers(page: Page) -> None:
    for family, host in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as other, pytest.raises(OSError, match=r"refused|assign|not supported"):
            other.connect((host, page.port))


@pytest.mark.parametrize("path", ["/", "/api/board", "/{}x/api/board", "/{}", "/x/../{}/", "/%C3%A4/"])
def test_without_the_token_nothing_is_told(page: Page, path: str) -> None:
    token = page.path.strip("/")
    status, answer, _ = page.ask(path.format(token))
    assert (status, list(answer)) == (403, ["error"])


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{}", "127.0.0.1:1", "127.0.0.1.evil.example:{}", ""])
def test_another_host_is_refused(page: Page, host: str) -> None:
    assert page.ask(f"{page.path}api/board", {"Host": host.format(page.port)})[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:{}", "http://localhost:{}", ""])
def test_a_change_from_another_origin_is_refused(page: Page, origin: str) -> None:
    body = {"verb": "review", "options": {"quest": 1, "turn": 1, "accept": True}}
    headers = {"Origin": origin.format(page.port)}
    assert page.ask(f"{page.path}api/act", headers, body)[0] == 403
    if origin:
        assert page.ask(f"{page.path}api/board", headers)[0] == 403


def test_localhost_is_a_name_of_it(page: Page) -> None:
    name = f"localhost:{page.port}"
    assert page.ask(f"{page.path}api/board", {"Host": name, "Origin": f"http://{name}"})[0] == 200


def test_every_answer_forbids_what_the_page_does_not_need(page: Page) -> None:
    for path in ("/", page.path, f"{page.path}page.js", f"{page.path}api/board"):
        headers = page.ask(path)[2]
        assert {name: headers[name] for name in access.HEADERS} == access.HEADERS
        assert "Access-Control-Allow-Origin" not in headers
    policy = access.HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_files_of_the_page_name_no_other_address(page: Page) -> None:
    names = ("", "page.css", "page.js", "elements.js", "graphs.js", "conversation.js", "requests.js", "waiting.js")
    for name in names:
        text = page.ask(page.path + name)[1]
        assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("// ", "")
        assert "innerHTML" not in text
    assert page.ask(f"{page.path}../server.py")[0] == 404


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, {}, 415),
        ({"Content-Length": "99999999"}, {}, 413),
        ({}, b"not json", 400),
        ({}, b"[" * 100_000, 400),
        ({}, [], 400),
        ({}, {"verb": "purge", "options": {"older": 0}}, 400),
        ({}, {"verb": "message", "options": {"quest": 1, "to": "w1", "msg-file": "/etc/passwd"}}, 400),
        ({}, {"verb": "message", "options": {"quest": 1, "to": "w1", "msg": "-"}}, 400),
        ({}, {"verb": "message", "options": {"quest": [1]}}, 400),
        ({}, {"verb": ["message"], "options": {}}, 400),
        ({}, {"verb": "message", "options": {"quest": "x", "to": "w1", "msg": "m"}}, 400),
    ],
)
def test_a_wrong_request_changes_nothing(
    page: Page, cli: Cli, headers: dict[str, str], body: object, status: int
) -> None:
    before = cli.ok("log", "--quest", 1)
    if "Content-Length" in headers:
        with socket.create_connection(("127.0.0.1", page.port), 30) as raw:
            own = f"127.0.0.1:{page.port}"
            raw.sendall(
                f"POST {page.path}api/act HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\n"
                "Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n".encode()
            )
            assert raw.recv(100).split()[1] == b"413"
    else:
        got, answer, _ = page.ask(f"{page.path}api/act", headers, body)
        assert (got, "\n" in answer["error"]) == (status, False)
    assert cli.ok("log", "--quest", 1) == before


def test_another_method_is_not_known(page: Page) -> None:
    assert page.ask(page.path, method="DELETE")[0] == 501


# -- what it tells -----------------------------------------------------------------------------------------------------


def test_the_board_as_the_page_gets_it(page: Page, cli: Cli) -> None:
    board = page.get("board")
    (line,) = board["quests"]
    assert (line["turns"], line["unread"], line["messages"]) == ({"blocked": 1, "leased": 1}, 0, 2)
    first, second = board["quest"]["turns"]
    assert (first["agent"], first["state"], first["lease_left"] > 0, second["after"]) == ("w1", "leased", True, [1])
    assert [kind for kind, _ in first["steps"]] == ["queued", "claimed"]
    assert first["task"] == "<script>alert(1)</script><img src=x onerror=alert(2)>\\u202eevil\\u202c\\x1b[31m"
    assert board["reservations"] == [{"quest": 1, "turn": 1, "agent": "w1", "path": "src/a.py", "shared": 0}]
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: done", "--files", "src/a.py")
    board = page.get("board?quest=1")
    assert board["quest"]["turns"][0]["files"] == ["src/a.py"]
    assert [(one["kind"], one["turn"], one["text"]) for one in board["quest"]["waiting"]] == [
        ("review", 1, "Completed: done")
    ]
    assert (board["quests"][0]["unread"], board["quests"][0]["reviews"]) == (1, 1)
    assert page.ask(f"{page.path}api/board?quest=9")[1] == {"error": "there is no quest 9; the newest: 1"}
    assert page.ask(f"{page.path}api/board?quest=0")[0] == 400


def test_the_conversation_comes_in_parts_and_a_search_finds_every_word(page: Page, cli: Cli) -> None:
    for number in range(120):
        cli.ok(
            "message", "--quest", 1, "--to", "leader", "--from", "w2", "--msg", f"Ärger number {number} " + "x" * 3000
        )
    part = page.get("messages?quest=1")
    assert [part["messages"][0]["seq"], part["messages"][-1]["seq"], part["last"]] == [23, 122, 122]
    assert [one["seq"] for one in page.get("messages?quest=1&before=4")["messages"]] == [1, 2, 3]
    assert [one["seq"] for one in page.get("messages?quest=1&turn=2")["messages"]] == [2]
    assert (len(part["messages"][0]["text"]), part["messages"][0]["length"]) == (2000, 3016)
    assert len(page.get("message?quest=1&seq=23")["text"]) == 3016
    found = page.get("search?quest=1&words=%C3%A4RGER%20number%2077")
    assert ([one["seq"] for one in found["messages"]], found["left_out"]) == ([80], 0)
    assert "number 77" in found["messages"][0]["text"]
    many = page.get("search?quest=1&words=numb")
    assert (len(many["messages"]), many["left_out"]) == (120, 0)
    assert page.ask(f"{page.path}api/search?quest=1&words=%20")[0] == 400
    assert page.ask(f"{page.path}api/messages")[1] == {"error": "the request has no quest"}


def _stream(page: Page) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    connection.request("GET", f"{page.path}api/events")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/event-stream")
    assert [answer.readline() for _ in range(3)] == [b"retry: 1000\n", b"data: connected\n", b"\n"]
    return connection, answer


def test_a_change_is_told_at_once_and_a_closed_page_leaves_nothing(page: Page, project: Path) -> None:
    idle = 2  # one waits at the board, one for requests
    streams = [_stream(page) for _ in range(5)]
    eventually(lambda: page.threads() == idle + 5, "a thread for each stream")
    eventually(lambda: len(bells(project, "-")) == 1, "it listens")
    assert script("message", "--quest", 1, "--to", "w2", "--msg", "new", cwd=project).returncode == 0
    for _, answer in streams:
        assert answer.readline() == b"data: changed\n"
    for connection, answer in streams:
        answer.close()
        connection.close()
    eventually(lambda: page.threads() == idle, "no thread of a page that was closed", 10)
    assert len(bells(project, "-")) == 1


def test_too_many_pages_are_refused(page: Page) -> None:
    streams = [_stream(page) for _ in range(64)]
    status, answer, _ = page.ask(f"{page.path}api/events")
    assert (status, answer) == (503, {"error": "too many pages are open: close some"})
    for connection, one in streams:
        one.close()
        connection.close()


@pytest.mark.slow
def test_an_idle_server_with_an_open_page_costs_next_to_nothing(page: Page, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    connection, answer = _stream(page)
    time.sleep(2)
    before = page.cpu_seconds()
    time.sleep(20 if full else 4)
    # half a percent of a core; in every run only what no load explains: a loop that does not wait
    assert page.cpu_seconds() - before <= (0.1 if full else 1)
    answer.close()
    connection.close()


# -- what a person can do ----------------------------------------------------------------------------------------------


def test_a_reply_and_a_verdict_go_by_the_rules_of_the_verbs(page: Page, cli: Cli) -> None:
    assert page.act("review", quest=1, turn=1, accept=True) == (
        400,
        {"error": "turn 1 (leased) has no completed answer to review: wait for its answer"},
    )
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "Completed: done")
    status, answer = page.act("review", quest=1, turn=1, change="--once more")
    assert (status, answer["said"]) == (
        200,
        "turn 1 is sent back: turn 3 for w1 does it again, and the leader reviews that",
    )
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--as", "s1", "--timeout", 0)
    cli.ok("respond", "--quest", 1, "--as", "s1", "--msg", "BLOCKED: no network")
    status, answer = page.act("message", quest=1, to="w1", answers=3, msg="use the copy")
    assert status == 200
    assert "this is the reply to turn 3 (blocked)" in answer["said"]
    assert page.get("board")["quest"]["waiting"] == []
    messages = cli.data("conversation", "--quest", 1)["messages"]
    assert [one["text"] for one in messages if one["from"] == "leader"][-2:] == ["--once more", "use the copy"]


def test_a_note_reaches_a_worker_and_the_leader_of_a_session(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", "a-leader")
    quest = create(cli)
    with Page(project, env=dict(os.environ)) as page:
        assert page.get("board")["notes"] is True
        assert page.act("note", quest=quest, to="w1", msg="mind the cache") == (200, {"said": "w1 has message 1"})
        assert page.act("note", quest=quest, to="leader", msg="stop at noon") == (200, {"said": "leader has message 2"})
    (news,) = cli.data("monitor", "--role", "leader", "--quest", quest, "--timeout", 0)["messages"]
    assert (news["from"], news["kind"], news["text"]) == ("person", "note", "stop at noon")
    assert "write to it with acolytes-quest message" in cli.refused(
        "note", "--quest", quest, "--to", "leader", "--msg", "to myself"
    )


def test_a_person_has_no_session_even_where_an_agent_starts_the_server(project: Path, quest: int, cli: Cli) -> None:
    with Page(project, env={**os.environ, "CLAUDE_CODE_SESSION_ID": "an-agent"}) as page:
        assert page.act("message", quest=quest, to="w1", msg="hello")[0] == 200
    events = cli.data("log", "--quest", quest)["events"]
    assert "an-agent" not in [event["session"] for event in events]


def test_a_page_that_only_shows_refuses_every_change(project: Path, quest: int, cli: Cli) -> None:
    before = cli.ok("log", "--quest", quest)
    with Page(project, "--read-only") as page:
        status, answer = page.act("message", quest=quest, to="w1", msg="hello")
    assert (status, answer) == (403, {"error": "this page only shows the board: start it without --read-only"})
    assert cli.ok("log", "--quest", quest) == before


# -- its begin and its end ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_also_with_open_pages(page: Page, project: Path, number: int) -> None:
    connection, answer = _stream(page)
    eventually(lambda: len(bells(project, "-")) == 1, "it listens")
    assert page.end(number) == (0, "", "")
    assert bells(project, "-") == []
    assert answer.read().replace(b"data: changed\n\n", b"") == b""
    connection.close()


def test_the_port_can_be_chosen_and_one_in_use_is_refused(page: Page, project: Path) -> None:
    done = script("serve", "--port", page.port, cwd=project)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"cannot use port {page.port} of 127.0.0.1" in done.stderr
    free = page.port
    page.end()
    with Page(project, "--port", free) as again:
        assert again.port == free


def test_where_there_is_no_board_or_quest_it_does_not_start(cli: Cli) -> None:
    assert "no board here" in cli.refused("serve")
    create(cli)
    assert "there is no quest 7" in cli.refused("serve", "--quest", 7)


def test_a_board_that_goes_away_is_told_and_the_next_one_is_shown(page: Page, project: Path, cli: Cli) -> None:
    board = project / ".claude/acolytes/quests.db"
    board.rename(board.with_suffix(".gone"))
    status, answer, _ = page.ask(f"{page.path}api/board")
    assert (status, "no board here" in answer["error"]) == (400, True)
    board.with_suffix(".gone").rename(board)
    assert page.get("board")["quests"][0]["quest"] == 1
    assert len(cli.data("status", "--quest", 1)["turns"]) == 2
