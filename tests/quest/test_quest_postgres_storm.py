"""Processes of two hosts post, take and answer; nothing that was acknowledged is lost when the network fails.

Two hosts are two network namespaces, where root may make them. A server that crashes is in `test_quest_storm`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from postgres_proxy import Proxy, make_certificate
from postgres_server import PostgresServer, running
from quest_support import SCRIPTS, Cli, eventually

# Every process calls the commands as an agent does, and repeats the same call while the board cannot be used (exit 3).
# Each line that it prints is an acknowledgement.
CALLS = """
import contextlib, io, json, sys
sys.path.insert(0, sys.argv[1])
from acolytes_quest.cli import main

def call(*words):
    while True:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as err:
            code = main([*words, "--json"])
        if code == 0:
            return json.loads(out.getvalue())
        if code != 3:
            sys.exit(err.getvalue())
"""
POSTER = (
    CALLS
    + """
for number in range(int(sys.argv[3])):
    text = f"{sys.argv[2]}-{number}"
    sent = call("message", "--quest", "1", "--to", "w1", "--msg", text, "--key", text)["messages"][0]
    print(json.dumps({"seq": sent["seq"], "text": text}), flush=True)
"""
)
WORKER = (
    CALLS
    + """
while True:
    found = call("monitor", "--role", "worker", "--agent", "w1", "--as", sys.argv[2], "--timeout", "5")
    if found["status"] == "ended":
        break
    if found["status"] == "turn":
        text = f"Completed: turn {found['turn']} by {sys.argv[2]}"
        answer = call("respond", "--quest", "1", "--as", sys.argv[2], "--msg", text)
        print(json.dumps({"seq": answer["message"]["seq"], "text": text}), flush=True)
"""
)


class Storm:
    """The processes; what they print goes to files, so that none waits for a reader."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, code: str, name: str, *words: object, before: tuple[str, ...] = ()) -> None:
        call = [*before, sys.executable, "-I", "-c", code, str(SCRIPTS.parent), name, *map(str, words)]
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                call, cwd=self._folder, env={**os.environ, **self._environ}, stdout=log, stderr=log
            )
        self._running[name] = process

    def ended(self, kind: str) -> bool:
        return all(process.poll() is not None for name, process in self._running.items() if name.startswith(kind))

    def acknowledged(self) -> list[dict[str, object]]:
        """Return what every process was told has taken place; each must have ended well."""
        entries = []
        for name, process in self._running.items():
            log = self._log(name).read_text("utf-8")
            assert process.wait(60) == 0, log
            entries += [json.loads(line) for line in log.splitlines()]
        return entries

    def kill(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that the test may crash, which the shared one must not be."""
    with running() as server:
        yield server


@pytest.fixture
def environ(own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    environ = {"ACOLYTES_QUEST_URL": own_server.url(own_server.new_database())}
    monkeypatch.setenv("ACOLYTES_QUEST_URL", environ["ACOLYTES_QUEST_URL"])
    return environ


@pytest.fixture
def storm(tmp_path: Path, environ: dict[str, str]) -> Iterator[Storm]:
    storm = Storm(tmp_path, environ)
    yield storm
    storm.kill()


def no_turn_is_open(cli: Cli) -> bool:
    (quest,) = cli.data("status")["quests"]
    return not {"queued", "leased", "blocked"}.intersection(quest["turns"])


def check_nothing_is_lost(cli: Cli, storm: Storm, posted: int) -> None:
    """Compare what was acknowledged with the board, once every turn is answered."""

    def all_is_answered() -> bool:
        assert not storm.ended("worker"), "the workers gave up"
        return no_turn_is_open(cli)

    eventually(all_is_answered, "every turn is answered", patience=600)
    cli.ok("complete", "--quest", 1, "--summary", "all is done")
    acknowledged = storm.acknowledged()
    messages = cli.data("conversation", "--quest", 1, "--max-chars", 10_000_000)["messages"]
    assert [message["seq"] for message in messages] == list(range(1, 2 * posted + 2))
    there = {message["seq"]: message["text"] for message in messages}
    assert [entry for entry in acknowledged if there.get(entry["seq"]) != entry["text"]] == []
    assert len({entry["seq"] for entry in acknowledged}) == len(acknowledged)
    assignments = [message["text"] for message in messages if message["kind"] == "assignment"]
    assert len(assignments) == len(set(assignments)) == posted
    answered = [message["turn"] for message in messages if message["kind"] == "completed"]
    assert len(answered) == len(set(answered)) == posted
    assert "the board is healthy" in cli.ok("check")


def namespaces() -> str | None:
    """Return why there cannot be two hosts, or None."""
    if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("openssl") is None:
        return "needs root, ip and openssl"
    made = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return None if made.returncode == 0 else "this machine lets nobody make network namespaces"


@pytest.mark.skipif(namespaces() is not None, reason=namespaces() or "")
def test_two_hosts_work_on_one_board(
    cli: Cli, storm: Storm, own_server: PostgresServer, environ: dict[str, str], tmp_path: Path
) -> None:
    posts = 20
    tag = f"{os.getpid() % 10_000:04d}"
    # a network of its own: what a run that was killed left behind would take the packets of this one
    network = f"198.{18 + os.getpid() % 2}.{os.getpid() // 2 % 256}"
    cli.ok("create", "--mission", "m", "--agents", "w1", "--anywhere")
    database = environ["ACOLYTES_QUEST_URL"].partition("@/")[2].partition("?")[0]
    with ExitStack() as undo:

        def ip(*words: str) -> None:
            subprocess.run(["ip", *words], check=True, capture_output=True)

        hosts = []
        for number in (1, 2):
            host, near, far = f"acolytes{tag}{number}", f"aq{tag}{number}n", f"aq{tag}{number}f"
            hosts.append(host)
            ip("netns", "add", host)
            undo.callback(ip, "netns", "del", host)
            ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", host)
            ip("addr", "add", f"{network}.{4 * number + 1}/30", "dev", near)
            ip("link", "set", near, "up")
            ip("-n", host, "addr", "add", f"{network}.{4 * number + 2}/30", "dev", far)
            ip("-n", host, "link", "set", far, "up")
        certificate = make_certificate(tmp_path, "board.example")
        proxy = Proxy(own_server.socket, host="0.0.0.0", certificate=certificate)
        undo.callback(proxy.stop)
        undo.callback(storm.kill)
        for number, host in enumerate(hosts, 1):
            where = f"?hostaddr={network}.{4 * number + 1}&sslrootcert={certificate}"
            environ["ACOLYTES_QUEST_URL"] = own_server.tcp_url(database, host="board.example", port=proxy.port) + where
            inside = ("ip", "netns", "exec", host)
            storm.start(POSTER, f"poster{number}", posts, before=inside)
            storm.start(WORKER, f"worker{number}", before=inside)
        time.sleep(0.5)
        subprocess.run(["ip", "-n", hosts[0], "link", "set", f"aq{tag}1f", "down"], check=True)
        time.sleep(1)
        proxy.cut()
        subprocess.run(["ip", "-n", hosts[0], "link", "set", f"aq{tag}1f", "up"], check=True)
        eventually(lambda: storm.ended("poster"), "all is posted", patience=120)
        check_nothing_is_lost(cli, storm, 2 * posts)
