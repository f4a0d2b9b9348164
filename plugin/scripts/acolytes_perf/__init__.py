"""Performance calculators: checked input with units in, one answer with its method and source out."""

__version__ = "0.1.0"

#: Names the output format; part of every rendering, so that a file can be told to be ours.
SCHEMA = "acolytes.perf/1"
