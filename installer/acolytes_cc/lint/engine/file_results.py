"""Gets the result of each file: from the cache, or by running the rules, on several cores if that is worth it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.registry import registry as load_registry
from acolytes_cc.definitions.subject import Subject, load_subject, parse_subject
from acolytes_cc.lint.cache.file_results import decode, encode
from acolytes_cc.lint.cache.keys import file_key, run_prefix
from acolytes_cc.lint.cache.store import Cache
from acolytes_cc.lint.engine.check_file import check_file
from acolytes_cc.lint.engine.forked import Row, can_fork, shared
from acolytes_cc.lint.finding import FileResult
from acolytes_cc.progress import Progress, stepwise_progress

# Starting processes takes as long as checking some dozens of files, or some hundreds where they cannot be forked. They
# are started when so many files are left, and some had to be checked: of others, the cache mostly has the result.
_WORTH_PROCESSES = 40 if sys.platform == "linux" else 400
_CHECKED_BEFORE = _WORTH_PROCESSES // 4
_CHUNK = 25


class InputFile(NamedTuple):
    """A file to check.

    ``data`` is its content if that need not be read, ``kind`` its kind if the user says it, ``is_named`` whether the
    user named it: it then may lie anywhere.
    """

    path: str
    data: bytes | None = None
    kind: Kind | None = None
    is_named: bool = False


class _Terms(NamedTuple):
    """What all files of a run have in common; small, for it is sent to other processes."""

    cache_folder: str | None
    key_prefix: bytes
    client_version: str
    codes: frozenset[str]


class _Row(NamedTuple):
    """A result as the cache keeps it. The key is None for a file that could not be read, which is not kept."""

    key: bytes | None
    data: bytes
    is_new: bool


def file_results(
    files: Sequence[InputFile], registry: Registry, codes: Collection[str], cache: Cache, *, in_processes: bool = False
) -> list[FileResult]:
    """Return the result of each file, in their order; ``in_processes`` allows to use other cores for many files."""
    terms = _Terms(cache.folder, run_prefix(registry.client, codes), registry.client, frozenset(codes))
    results: list[FileResult] = []
    checked = 0
    processes = _cores() if in_processes else 1
    with cache, stepwise_progress("checking files", len(files), is_wanted=in_processes) as line:
        for number, file in enumerate(files):
            if processes > 1 and checked >= _CHECKED_BEFORE and len(files) - number >= _WORTH_PROCESSES:
                rest = files[number:]
                if can_fork():
                    results += _from_copies(rest, terms, cache, processes, line)
                    break
                if sys.platform != "linux":
                    results += _from_processes(rest, terms, cache, processes, line)
                    break
            result, is_new = _result(file, terms, cache)
            line.step()
            checked += is_new
            results.append(result)
    return results


def _result(file: InputFile, terms: _Terms, cache: Cache) -> tuple[FileResult, bool]:
    """The result of a file, and whether the cache did not have it."""
    subject = _subject(file)
    key = _key(subject, terms)
    result = _decoded(cache.get(key) if key else [], file.path)
    if result is not None and key:
        cache.mark_used(key)
        return result, False
    result = _check(subject, terms)
    if key:
        cache.put(key, [encode(result)])
    return result, True


def _decoded(parts: list[bytes], path: str) -> FileResult | None:
    """The result in a row of the cache; None if another program, or a fault, wrote it."""
    try:
        return decode(b"".join(parts), path) if parts else None
    except (ValueError, TypeError, KeyError):
        return None


def _from_copies(
    files: Sequence[InputFile], terms: _Terms, cache: Cache, processes: int, line: Progress
) -> list[FileResult]:
    # For 5,000 agents on two cores a pool of `concurrent.futures` takes a sixth more processor time: it sends each
    # result through two threads, and this process reads all results instead of half of them.
    results: list[FileResult | None] = [None] * len(files)

    def check_here(number: int) -> None:
        results[number], _ = _result(files[number], terms, cache)
        line.step()

    def receive(number: int, row: Row) -> None:
        results[number] = _received(files[number], _Row(*row), terms, cache)
        line.step()

    shared(len(files), processes, check_here, lambda number: tuple(_row(terms, files[number])), receive)
    return [result for result in results if result is not None]


def _from_processes(
    files: Sequence[InputFile], terms: _Terms, cache: Cache, processes: int, line: Progress
) -> Iterator[FileResult]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(processes, get_context("spawn"), _leave_interrupts_to_the_parent) as pool:
        for file, row in zip(files, pool.map(partial(_row, terms), files, chunksize=_CHUNK), strict=True):
            line.step()
            yield _received(file, row, terms, cache)


def _received(file: InputFile, row: _Row, terms: _Terms, cache: Cache) -> FileResult:
    """The result that another process found."""
    if row.key and not row.is_new:
        cache.mark_used(row.key)
    elif row.key:
        cache.put(row.key, [row.data])
    return _decoded([row.data], file.path) or _check(_subject(file), terms)


def _row(terms: _Terms, file: InputFile) -> _Row:
    """The result of a file, in one of the other processes."""
    subject = _subject(file)
    key = _key(subject, terms)
    parts = _cache_of_process(terms.cache_folder).get(key) if key else []
    if parts:
        return _Row(key, b"".join(parts), is_new=False)
    return _Row(key, encode(_check(subject, terms)), is_new=True)


@lru_cache(maxsize=1)
def _cache_of_process(folder: str | None) -> Cache:
    """The cache of this process: a database that another process opened cannot be used here."""
    return Cache(folder)


def _check(subject: Subject, terms: _Terms) -> FileResult:
    return check_file(subject, load_registry(terms.client_version), terms.codes)


def _key(subject: Subject, terms: _Terms) -> bytes | None:
    if terms.cache_folder is None or subject.unloadable is not None:
        return None
    return file_key(subject, terms.key_prefix)


def _subject(file: InputFile) -> Subject:
    if file.data is None:
        return load_subject(file.path, file.kind)
    return parse_subject(file.data, file.path, file.kind)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
