"""Customers of the shop: three look at plants for each one who orders."""

from __future__ import annotations

import os
import random

from locust import FastHttpUser, task

#: Mean seconds from an answer to the customer's next request.
PAUSE = float(os.environ.get("PAUSE", "0"))


class Customer(FastHttpUser):
    """A customer who sends one request after the other."""

    def wait_time(self) -> float:
        """Pause for a random time, so that the customers do not move in step."""
        return random.expovariate(1 / PAUSE) if PAUSE else 0

    @task(3)
    def plants(self) -> None:
        """Look at the list of plants."""
        self.client.get("/plants", name="plants")

    @task(1)
    def orders(self) -> None:
        """Order something."""
        self.client.post("/orders", data="{}", name="orders")
