"""Performance calculators: they take checked inputs with units, and give one answer with its method and source."""

__version__ = "0.1.0"

#: Name of the output format. Every file has it, so that acolytes-perf recognises its own files.
SCHEMA = "acolytes.perf/1"
