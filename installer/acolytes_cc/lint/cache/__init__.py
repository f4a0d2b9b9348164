"""One cache for everything that outlasts a run: an SQLite file in ``${XDG_CACHE_HOME:-~/.cache}/acolytes/lint``.

It holds the result of each file, the whole output of a run, and the version of the client on PATH. ``keys`` makes the
keys: a key changes with whatever its value depends on, so nothing is ever out of date. A cache is never a reason to
fail: if it cannot be read or written, the linter works without.
"""
