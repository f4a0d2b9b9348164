"""Queues: how long requests wait, how many are lost, and how many servers they need."""
