"""The distribution of a latency, and how long a transfer takes."""
