"""The latency of a request from that of its steps."""
