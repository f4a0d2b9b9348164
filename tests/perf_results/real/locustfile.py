"""Eight users send up to 20 requests a second each, three of four to /fast."""

from __future__ import annotations

from locust import HttpUser, constant_throughput, task


class Caller(HttpUser):
    """A user who calls both paths."""

    host = "http://127.0.0.1:18998"
    wait_time = constant_throughput(20)

    @task(3)
    def fast(self) -> None:
        """Call the path that answers after 5 ms."""
        self.client.get("/fast")

    @task(1)
    def slow(self) -> None:
        """Call the path that answers after 40 ms."""
        self.client.get("/slow")
