"""The life of a server: its start, its end, and that no input ends it earlier."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from editor import COMMAND, Editor
from support import build_tree

AGENT = "---\nname: a\ndescription: Use when needed.\ntools: Read, Raed\n---\nBody.\n"
PATIENCE = 30


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build_tree(tmp_path / "project", {".claude/agents/a.md": AGENT, ".claude/settings.json": "{}"})


def framed(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def hello(root: Path) -> bytes:
    return framed({"id": 1, "method": "initialize", "params": {"capabilities": {}, "rootUri": root.as_uri()}})


def read_message(server: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert server.stdout
    length = 0
    while line := server.stdout.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    message: dict[str, Any] = json.loads(server.stdout.read(length))
    return message


def started(root: Path) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    server = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, cwd=root)
    assert server.stdin
    server.stdin.write(hello(root))
    server.stdin.flush()
    assert read_message(server)["result"]["serverInfo"]["name"] == "acolytes"
    return server


def test_goodbye_ends_the_server_with_zero(root: Path) -> None:
    editor = Editor(root)
    with editor:
        editor.open(root / ".claude/agents/a.md")
        assert editor.leave() == 0


def test_exit_without_shutdown_ends_it_with_one(root: Path) -> None:
    server = started(root)
    server.communicate(framed({"method": "exit"}), timeout=PATIENCE)
    assert server.returncode == 1


def test_the_end_of_standard_input_ends_the_server(root: Path) -> None:
    server = started(root)
    _, errors = server.communicate(timeout=PATIENCE)
    assert (server.returncode, errors) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_no_server_is_left_when_the_editor_is_killed(root: Path, tmp_path: Path) -> None:
    """The editor is a process that starts the server and then gets no chance to say goodbye."""
    script = (
        "import subprocess, sys, time\n"
        f"server = subprocess.Popen({list(COMMAND)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"server.stdin.write({hello(root)!r}); server.stdin.flush(); server.stdout.readline()\n"
        "print(server.pid, flush=True)\ntime.sleep(600)\n"
    )
    editor = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert editor.stdout
    server = int(editor.stdout.readline())
    os.kill(server, 0)  # it runs
    editor.send_signal(signal.SIGKILL)
    editor.wait()
    editor.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(server, 0)
            if Path(f"/proc/{server}/stat").read_text().split()[2] == "Z":
                return  # it ended; in a container nobody collects it
        except OSError:
            return
        time.sleep(0.05)
    os.kill(server, signal.SIGKILL)
    pytest.fail("the server still runs")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "---",
        "---\n",
        "---\n---",
        "---\n: : :\n---\n",
        "---\nname: [\n---\n",
        "---\nname: &a *a\n---\n",
        '{"a"',
        "[[" * 50_000,
        "{" * 3_000,
        "\0\ufffd\ufeff",
        "---\nname: 'a\n---\n",
        "---\r\rname: a\r---\r",
        "---\nhooks:\n" + "  " * 3_000 + "a: b\n---\n",
        "x" * 2_000_000,
        "---\nname: a\ntools: " + "Raed, " * 20_000 + "\n---\n",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_ends_the_server(root: Path, text: str) -> None:
    """Findings, hover, completion and actions of each text at its start, middle and end; then a good text."""
    with Editor(root) as editor:
        for name in (".claude/agents/a.md", ".claude/settings.json"):
            path = root / name
            editor.open(path, text)
            for offset in (0, len(text) // 2, len(text)):
                editor.hover(path, offset)
                editor.complete(path, f"{text[:offset]}|{text[offset:]}")
                editor.actions(path, offset)
            assert editor.rewrite(path, AGENT) != []
        assert editor.process.returncode is None


def test_random_garbage_is_survived_with_every_request(root: Path) -> None:
    chance = random.Random(15)
    pieces = [
        "---\n",
        "name: ",
        "tools: [",
        "]",
        '"',
        "{",
        "}",
        ":",
        ",",
        "\n",
        "- ",
        "hooks:",
        "  ",
        "😀",
        "#",
        "\r",
        "a",
    ]
    with Editor(root) as editor:
        paths = [root / ".claude/agents/a.md", root / ".claude/settings.json"]
        for path in paths:
            editor.open(path)
        for _ in range(150):
            for path in paths:
                text = "".join(chance.choices(pieces, k=chance.randint(0, 40)))
                offset = chance.randint(0, len(text))
                for completed in editor.complete(path, f"{text[:offset]}|{text[offset:]}").values():
                    assert completed
                editor.hover(path, offset)
                for action in editor.actions(path, offset):
                    assert action.edit or action.data


def test_nonsense_from_the_editor_is_survived(root: Path) -> None:
    """Documents that were never opened, unknown methods, bodies that are no JSON."""
    server = started(root)
    assert server.stdin
    unknown = {"uri": (root / "never.md").as_uri()}
    change = {"textDocument": {**unknown, "version": 3}, "contentChanges": [{"text": "x"}]}
    server.stdin.write(framed({"method": "textDocument/didChange", "params": change}))
    server.stdin.write(framed({"method": "textDocument/didClose", "params": {"textDocument": unknown}}))
    server.stdin.write(framed({"method": "acolytes/unknown", "params": {}}))
    server.stdin.write(b"Content-Length: 5\r\n\r\n{{{{{")
    hover = {"textDocument": unknown, "position": {"line": 900, "character": 900}}
    server.stdin.write(framed({"id": 2, "method": "textDocument/hover", "params": hover}))
    server.stdin.flush()
    while (answer := read_message(server)).get("id") != 2:
        pass
    assert answer["result"] is None
    server.communicate(framed({"id": 3, "method": "shutdown"}) + framed({"method": "exit"}), timeout=PATIENCE)
    assert server.returncode == 0


def test_the_editor_is_asked_to_watch_files(root: Path) -> None:
    with Editor(root) as editor:
        editor.wait_until(lambda: bool(editor.registered))
        (registration,) = editor.registered
        assert registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES


def test_without_the_extra_one_line_says_how_to_install_it(tmp_path: Path) -> None:
    """pygls is hidden from the interpreter."""
    hide = (
        "import sys; sys.modules['pygls'] = None; from acolytes_cc.cli import main; sys.exit(main(['lsp', '--stdio']))"
    )
    run = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert run.returncode == 3
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "the language server needs the package pygls; install it with: " in line
    assert "pip install 'acolytes-cc[lsp]'" in line


def test_no_other_command_imports_the_server(root: Path) -> None:
    """So their start stays as short as it was."""
    code = (
        "import sys; from acolytes_cc.cli import main; main(sys.argv[1:]);"
        "print([name for name in ('pygls', 'lsprotocol', 'cattrs', 'asyncio') if name in sys.modules])"
    )
    for arguments in (["lint", "--no-cache", str(root)], ["--help"], ["status"]):
        run = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert run.stdout.splitlines()[-1] == "[]", arguments


def test_the_log_is_on_standard_error_only(root: Path) -> None:
    """Standard output carries messages and nothing else, also when something goes wrong."""
    server = started(root)
    (root / ".acolytes.toml").write_text("[lint]\nnonsense = 1\n")
    event = {"changes": [{"uri": (root / ".acolytes.toml").as_uri(), "type": 2}]}
    message = framed({"method": "workspace/didChangeWatchedFiles", "params": event})
    output, errors = server.communicate(message, timeout=PATIENCE)
    assert b"unknown key `nonsense`" in errors
    while output:
        head, _, rest = output.partition(b"\r\n\r\n")
        length = int(head.split(b"Content-Length: ")[1].split()[0])
        json.loads(rest[:length])
        output = rest[length:]
