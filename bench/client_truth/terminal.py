"""The client in a terminal: it watches keybindings.json, so one run of it reads hundreds of files."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from acolytes_cc.doctor.client_run import environment

_NO_MODEL = "http://127.0.0.1:9"  # nothing listens there, and nothing is asked
_START_SECONDS = 60.0
_CHANGE_SECONDS = 2.0
_REST_SECONDS = 0.1
_TRIES = 15
_TICK_SECONDS = 0.05
_MARK = "[keybindings] "
_READY = "Watching for changes"
_DONE = "Reloaded: "


class Terminal:
    """A run of the client in a terminal of its own, in a scratch home with an empty keybindings.json."""

    def __init__(self, client: Path, place: Path) -> None:
        home, project = place / "home", place / "project"
        (home / ".claude").mkdir(parents=True)
        project.mkdir()
        accepted = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
        state = {
            "hasCompletedOnboarding": True,
            "customApiKeyResponses": {"approved": ["loopback"], "rejected": []},
            "projects": {str(project): accepted},
        }
        (home / ".claude.json").write_text(json.dumps(state))
        self.bindings = home / ".claude" / "keybindings.json"
        self.bindings.write_text('{"bindings": []}')
        self._log = place / "debug.txt"
        self._client, self._home, self._project = client, home, project

    def __enter__(self) -> Terminal:
        self._screen, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._process = subprocess.Popen(
            [str(self._client), "--debug-file", str(self._log)],
            cwd=self._project,
            env={**environment(self._home, _NO_MODEL), "TERM": "xterm-256color"},
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)
        threading.Thread(target=self._read_screen, daemon=True).start()
        if not self._text_with(_READY, 0, _START_SECONDS):
            raise SystemExit("the client did not start in a terminal")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def said_of(self, contents: Iterable[bytes]) -> Iterator[list[str]]:
        """What the client says of each content of keybindings.json."""
        for content in contents:
            time.sleep(_REST_SECONDS)  # a second notice of the last change may still come
            before = len(self._text())
            text = ""
            for _ in range(_TRIES):  # the client may miss a change that follows another at once
                self.bindings.write_bytes(content)
                text = self._text_with(_DONE, before, _CHANGE_SECONDS)
                if text:
                    break
            if not text:
                raise SystemExit(f"the client did not read {content!r}")
            yield [line.partition(_MARK)[2] for line in text.splitlines() if _MARK in line]

    def _text_with(self, words: str, before: int, seconds: float) -> str:
        """What the log has from an offset on, as soon as the words are in it; nothing when they do not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self._text()[before:]
            if _MARK + words in text and text.endswith("\n"):
                return text
            time.sleep(_TICK_SECONDS)
        return ""

    def _text(self) -> str:
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def _read_screen(self) -> None:
        with contextlib.suppress(OSError):
            while os.read(self._screen, 65536):
                pass
