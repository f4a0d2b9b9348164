"""A shop's API for the worked case: a server whose true times are known, so that the answers can be judged.

python shop.py --workers 4 [--release new] [--port 0]

Each request holds one of the workers for a time that is drawn from an Erlang distribution of four phases. Its mean
depends on the path, and grows with the number of workers as in the Universal Scalability Law: all of them wait for
the same database. The first line of output is the address.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Mean seconds that a request holds the only worker of a shop.
SERVICE = {"GET /plants": 0.030, "POST /orders": 0.070}
#: The new release asks for the stock once more in each order.
NEW_SERVICE = {**SERVICE, "POST /orders": 0.095}
CONTENTION = 0.03
COHERENCY = 0.001


def slowdown(workers: int) -> float:
    """How many times longer a request takes when so many workers share the database (Gunther 2007, ch. 4)."""
    return 1 + CONTENTION * (workers - 1) + COHERENCY * workers * (workers - 1)


class Shop(ThreadingHTTPServer):
    """A server with a fixed number of workers; further requests wait."""

    request_queue_size = 256

    def __init__(self, port: int, workers: int, release: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.workers = threading.Semaphore(workers)
        factor = slowdown(workers)
        times = NEW_SERVICE if release == "new" else SERVICE
        self.times = {name: seconds * factor for name, seconds in times.items()}
        self.random = random.Random(14)

    def handle_error(self, _request: object, _client_address: object) -> None:
        """Say nothing about customers who left before their answer, as all do at the end of a test."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server: Shop

    def answer(self) -> None:
        """Hold a worker as long as the request takes."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mean = self.server.times.get(f"{self.command} {self.path}")
        if mean is None:
            self.send_error(404)
            return
        with self.server.workers:
            time.sleep(self.server.random.gammavariate(4, mean / 4))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer  # noqa: N815 # the base class looks for these names

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--release", choices=("old", "new"), default="old")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    options = parser.parse_args()
    with Shop(options.port, options.workers, options.release) as shop:
        print(f"http://127.0.0.1:{shop.server_port}", flush=True)
        shop.serve_forever()


if __name__ == "__main__":
    main()
