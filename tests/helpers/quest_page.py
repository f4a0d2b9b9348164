"""`acolytes-quest serve` in a process of its own, as a test or a browser talks to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from quest_support import SCRIPTS, command


class Page:
    """The running server; `address` is the line that it printed."""

    def __init__(self, project: Path, *words: object, env: Mapping[str, str] | None = None) -> None:
        call = command("serve", *words)
        if env and "ACOLYTES_QUEST_URL" in env:  # the library for a server is only in our environment
            call = [sys.executable, str(SCRIPTS / "quest_serve.py"), *call[4:]]
        self.process = subprocess.Popen(
            call, cwd=project, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.printed = self.process.stdout.readline()
        self.address = json.loads(self.printed)["address"] if "--json" in words else self.printed.strip()
        self.port = urlsplit(self.address).port or 0
        self.path = urlsplit(self.address).path

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; return the exit code and what was printed since the address."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err

    def ask(
        self, path: str, headers: Mapping[str, str] | None = None, body: object = None, *, method: str | None = None
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Send one request with these headers; return the status, the parsed answer and its headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        own = {"Host": f"127.0.0.1:{self.port}"}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            own |= {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        own.update(headers or {})
        connection.putrequest(method or ("GET" if body is None else "POST"), path, skip_host=True)
        for name, value in {**own, **({"Content-Length": str(len(data))} if data is not None else {})}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(data)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, json.loads(text) if is_json else text.decode(), dict(answer.getheaders())

    def get(self, name: str) -> Any:
        """Return what the page gets from the server."""
        status, data, _ = self.ask(f"{self.path}api/{name}")
        assert status == 200, data
        return data

    def act(self, verb: str, **options: object) -> tuple[int, Any]:
        """Let the page run a verb."""
        status, data, _ = self.ask(f"{self.path}api/act", body={"verb": verb, "options": options})
        return status, data

    def threads(self) -> int:
        """Return how many threads the server has."""
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def cpu_seconds(self) -> float:
        """Return the processor time that the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
