"""The quest board: agents in turns on one database, standard library only."""

__version__ = "0.1.0"
