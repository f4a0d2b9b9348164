"""Run real load-testing tools against a server on this machine, and keep what they write: `python record.py TOOL...`.

Tools: ab, hey, siege and wrk of Debian; autocannon and artillery of npm; locust of PyPI; jmeter of Debian, driven by
JMeterRun.java. The server answers /fast after 5 ms and /slow after 40 ms. Every 20th answer of /slow is a 500, and
/drop closes the connection. It counts requests and failures by path: `truth.json` has its counts of each run.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
PORT = 18998
URL = f"http://127.0.0.1:{PORT}"
JMETER = "/usr/share/jmeter/lib/ext/*:/usr/share/jmeter/lib/*:/usr/share/jmeter/bin/ApacheJMeter.jar:/usr/share/java/*"
#: The command of each run, and the file for its output; {} is the folder of the files.
RUNS = {
    "ab": (f"ab -q -n 300 -c 5 -g {{}}/ab.tsv -e {{}}/ab-percentiles.csv {URL}/slow", "ab.txt"),
    "hey": (f"hey -n 300 -c 5 {URL}/slow", "hey.txt"),
    "hey-csv": (f"hey -n 300 -c 5 -o csv {URL}/slow", "hey.csv"),
    "wrk": (f"wrk -t1 -c5 -d3s --latency {URL}/slow", "wrk.txt"),
    "siege": (f"siege -q -b -c 5 -r 60 -j {URL}/slow", "siege.json"),
    "autocannon": (f"autocannon --json -c 5 -a 300 {URL}/slow", "autocannon.json"),
    "artillery": ("artillery run --output {}/artillery.json {}/artillery.yml", "artillery.txt"),
    "locust": ("locust -f {}/locustfile.py --headless -u 8 -r 8 -t 8s --csv {}/locust --csv-full-history --json",
               "locust.json"),
    "jmeter": (f"java -cp {JMETER} {{}}/JMeterRun.java {PORT} own 10 {{}}/jmeter", "jmeter.txt"),
    "jmeter-parent": (f"java -cp {JMETER} {{}}/JMeterRun.java {PORT} parent 10 {{}}/jmeter-parent",
                      "jmeter-parent.txt"),
}  # fmt: skip


class Server:
    """The server, with its counts."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        path = head.split(b" ")[1].decode()
        self.requests[path] += 1
        failed = path == "/drop" or (path == "/slow" and self.requests[path] % 20 == 0)
        self.failures[path] += failed
        await asyncio.sleep(0.04 if path == "/slow" else 0.005)
        if path == "/drop":
            return False
        keep = b"connection: close" not in head and (b" http/1.1" in head or b"keep-alive" in head)
        status, connection = b"500 Error" if failed else b"200 OK", b"keep-alive" if keep else b"close"
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: 5\r\nConnection: %s\r\n\r\nhello" % (status, connection))
        await writer.drain()
        return keep


async def record(names: list[str]) -> None:
    """Run tools one after the other, and add the server's counts to truth.json."""
    path = HERE / "truth.json"
    truth = json.loads(path.read_text()) if path.exists() else {}
    for name in names:
        counts = Server()
        async with await asyncio.start_server(counts.handle, "127.0.0.1", PORT):
            command, output = RUNS[name]
            words = [word.replace("{}", str(HERE)) for word in command.split()]
            environment = {**os.environ, "ARTILLERY_DISABLE_TELEMETRY": "true"}
            with (HERE / output).open("wb") as file:
                process = await asyncio.create_subprocess_exec(
                    *words, stdout=file, stderr=subprocess.DEVNULL, env=environment
                )
                await asyncio.wait_for(process.wait(), 120)
        if name.startswith("jmeter"):  # the rest is its log
            lines = (HERE / output).read_text(errors="replace").splitlines()
            (HERE / output).write_text("\n".join(line for line in lines if line.startswith("summary =")) + "\n")
        truth[name] = {"requests": dict(counts.requests), "failures": dict(counts.failures)}
    path.write_text(json.dumps(truth, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:] or list(RUNS)))
