"""Runs the rules over files: what the cache knows is not judged again, and the rest is spread over the cores."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import Reason, read_bytes
from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.definitions.subject import Subject, load_subject, parse_subject
from acolytes_cc.lint.answers import program_hash
from acolytes_cc.lint.cache import Cache
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.engine import judge
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.neutral import neutral
from acolytes_cc.lint.policy import Policy
from acolytes_cc.lint.project import Project
from acolytes_cc.lint.record import decode, encode
from acolytes_cc.lint.rule import project_rules
from acolytes_cc.lint.settle import settled
from acolytes_cc.lint.verdict import Found, Verdict

# Starting processes takes as long as judging some dozens of files; where they cannot be forked, some hundreds.
_WORTH_PROCESSES = 60 if sys.platform == "linux" else 600
_CHUNK = 25


class File(NamedTuple):
    """A file to look at; ``data`` when it is given instead of read."""

    path: str
    data: bytes | None = None


def run(
    files: Sequence[File],
    policy: Policy,
    facts: Registry,
    *,
    cache: Cache | None = None,
    skipped: Iterable[Reason] = (),
) -> Report:
    """Judge files, in their order, by what the client knows."""
    verdicts = _verdicts(files, facts, policy, cache or Cache(None))
    of_project = _of_project(verdicts, facts, policy)
    findings: list[Finding] = []
    suppressed = 0
    summaries = [verdict.summary for verdict in verdicts]
    verdicts.reverse()
    for file in files:  # what was used is let go, for there may be thousands
        of_file = settled(file.path, verdicts.pop(), of_project.get(file.path, ()), policy)
        findings += of_file.findings
        suppressed += of_file.suppressed
    return Report(
        tuple(findings),
        len(files),
        Counter(skipped),
        suppressed,
        listed_tokens=sum(summary.listed_tokens for summary in summaries),
        body_tokens=sum(summary.body_tokens for summary in summaries),
        looked_around=any(summary.skills or summary.servers or summary.isolation for summary in summaries),
    )


def _of_project(verdicts: Iterable[Verdict], facts: Registry, policy: Policy) -> dict[str, list[Found]]:
    project = Project(tuple(verdict.summary for verdict in verdicts))
    found: dict[str, list[Found]] = defaultdict(list)
    for rule in project_rules(all_rules()):
        if rule.CODE in policy.codes:
            for path, line, column, message in rule.check(project, facts):
                found[path].append(Found(line, column, rule.CODE, neutral(message)))
    return found


def _verdicts(files: Sequence[File], facts: Registry, policy: Policy, cache: Cache) -> list[Verdict]:
    # a path that is not absolute means another file elsewhere
    same = [program_hash(), facts.client.encode(), " ".join(sorted(policy.codes)).encode(), os.fsencode(os.getcwd())]
    prefix = b"\0".join(same)
    known: dict[int, Verdict] = {}
    keys: dict[int, bytes | None] = {}

    def unknown() -> Iterator[int]:
        """The numbers of the files that are to be judged; what the cache knows goes to ``known``."""
        for number, file in enumerate(files):
            keys[number] = _key(file, prefix) if cache else None
            verdict = _known(cache, keys[number])
            if verdict is None:
                yield number
            else:
                known[number] = verdict

    with cache:
        for number, data in _judged(files, unknown(), facts.client, policy.codes):
            known[number] = decode(data)
            if key := keys[number]:
                cache.put(key, data)
    return [known[number] for number in range(len(files))]


def _key(file: File, prefix: bytes) -> bytes | None:
    """What the verdict depends on; None for a file that cannot be read, whose verdict is not kept."""
    try:
        data = read_bytes(Path(file.path), SIZE_LIMIT + 1) if file.data is None else file.data
    except OSError:
        return None
    kind = str(kind_of(Path(file.path)))
    return sha256(b"\0".join([prefix, os.fsencode(file.path), kind.encode(), data])).digest()


def _known(cache: Cache, key: bytes | None) -> Verdict | None:
    data = cache.get(key) if key else None
    try:
        return decode(data) if data else None
    except (ValueError, TypeError, KeyError):
        return None


def _judged(
    files: Sequence[File], numbers: Iterator[int], version: str, codes: frozenset[str]
) -> Iterator[tuple[int, bytes]]:
    """The numbers of those files with their verdicts as bytes; ``numbers`` are asked for while others are judged."""
    judge_all = partial(_judge_all, version, codes)
    first = list(islice(numbers, _WORTH_PROCESSES))
    cores = _cores()
    if len(first) < _WORTH_PROCESSES or cores < 2:
        for number in chain(first, numbers):
            yield number, judge_all([files[number]])[0]
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("fork" if sys.platform == "linux" else "spawn")
    numbers = chain(first, numbers)
    with ProcessPoolExecutor(cores, context, _leave_interrupts_to_the_parent) as pool:
        waiting = [
            (chunk, pool.submit(judge_all, [files[number] for number in chunk]))
            for chunk in iter(lambda: list(islice(numbers, _CHUNK)), [])
        ]
        waiting.reverse()
        while waiting:  # what was read is let go
            chunk, judged = waiting.pop()
            yield from zip(chunk, judged.result(), strict=True)


def _judge_all(version: str, codes: frozenset[str], files: Sequence[File]) -> list[bytes]:
    return [encode(judge(_subject(file), registry(version), codes)) for file in files]


def _subject(file: File) -> Subject:
    return load_subject(Path(file.path)) if file.data is None else parse_subject(file.data, file.path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
