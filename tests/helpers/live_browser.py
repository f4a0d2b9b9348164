"""A headless Chromium that a test drives: it opens an address, types and clicks, and takes pictures.

It speaks the browser's own protocol through two pipes, so that no port and no other package is needed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any

import headless_browser

_PATIENCE_SECONDS = 60.0
# the program expects its pipes at these numbers
_START = 'exec "$0" "$@" 3<&{0} 4>&{1}'


class LiveBrowser:
    """One browser with one page; `console` has what the page complained about."""

    def __init__(self) -> None:
        program = headless_browser.path()
        assert program
        self.console: list[str] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._events: deque[str] = deque(maxlen=1000)
        self._news = threading.Condition()
        self._number = 0
        self._profile = tempfile.mkdtemp(prefix="acolytes-browser-")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={self._profile}",
                 "about:blank"]  # fmt: skip
        self._process = subprocess.Popen(
            ["bash", "-c", _START.format(theirs_in, theirs_out), *words],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> LiveBrowser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(30)
        os.close(self._out)
        self._reader.join(30)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **parameters: object) -> Any:
        """Call the browser; return its result."""
        with self._news:
            self._number += 1
            number = self._number
        message: dict[str, object] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        with self._news:
            assert self._news.wait_for(lambda: number in self._answers, _PATIENCE_SECONDS), f"no answer to {method}"
            answer = self._answers.pop(number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def open(self, address: str, width: int = 1400, height: int = 1000, *, dark: bool = False) -> None:
        """Open an address in a window of this size; return when it has loaded."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        with self._news:
            self._events.clear()
        self.call("Page.navigate", url=address)
        with self._news:
            assert self._news.wait_for(lambda: "Page.loadEventFired" in self._events, _PATIENCE_SECONDS)

    def run(self, script: str) -> Any:
        """Evaluate an expression in the page, as its console does; return its value. A promise is awaited."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, script: str, patience: float = 30.0) -> float:
        """Wait until an expression is true; return after how many seconds it was."""
        start = time.monotonic()
        while not self.run(f"Boolean({script})"):
            assert time.monotonic() - start < patience, f"never true: {script}\n{self.run('document.body.innerText')}"
            time.sleep(0.02)
        return time.monotonic() - start

    def write(self, selector: str, text: str) -> None:
        """Focus a field and type a text into it, as a person does."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and release one key."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text)

    def picture(self, path: Path) -> None:
        """Save what the window shows."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def violations(self, axe: str) -> list[Any]:
        """Return what axe-core finds."""
        self.run(f"{axe}; undefined")
        found = self.run("axe.run().then((result) => JSON.stringify(result.violations))")
        return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in json.loads(found)]

    def _read(self) -> None:
        rest = b""
        while data := os.read(self._in, 1 << 20):
            *messages, rest = (rest + data).split(b"\0")
            with self._news:
                for message in map(json.loads, messages):
                    self._take(message)
                self._news.notify_all()
        os.close(self._in)

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
            return
        method, parameters = message["method"], message["params"]
        self._events.append(method)
        if method == "Runtime.exceptionThrown":
            self.console.append(str(parameters["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.console.append(str(parameters["args"]))
        elif method == "Log.entryAdded":
            self.console.append(str(parameters["entry"]))
