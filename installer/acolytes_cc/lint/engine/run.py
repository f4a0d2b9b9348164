"""Runs the rules over files: what the cache knows is not judged again, and the rest is spread over the cores."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions.files import SkipReason
from acolytes_cc.definitions.registry import Registry, registry
from acolytes_cc.definitions.subject import Subject, load_subject, parse_subject
from acolytes_cc.lint.cache.answers import program_hash
from acolytes_cc.lint.cache.file_results import decode, encode
from acolytes_cc.lint.cache.store import Cache
from acolytes_cc.lint.catalogue import all_rules
from acolytes_cc.lint.engine.apply_policy import settled
from acolytes_cc.lint.engine.check_file import judge
from acolytes_cc.lint.engine.verdict import Found, Verdict
from acolytes_cc.lint.finding import Finding, Report
from acolytes_cc.lint.printable import printable
from acolytes_cc.lint.rule import project_rules
from acolytes_cc.lint.settings.policy import Policy
from acolytes_cc.lint.support.project import Project

# Starting processes takes as long as judging some dozens of files; where they cannot be forked, some hundreds. When so
# many were judged and as many are left, that is worth it.
_WORTH_PROCESSES = 40 if sys.platform == "linux" else 400
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
    skipped: Iterable[SkipReason] = (),
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
                found[path].append(Found(line, column, rule.CODE, printable(message)))
    return found


def _verdicts(files: Sequence[File], facts: Registry, policy: Policy, cache: Cache) -> list[Verdict]:
    # a path that is not absolute means another file elsewhere
    same = [program_hash(), facts.client.encode(), " ".join(sorted(policy.codes)).encode(), os.fsencode(os.getcwd())]
    terms = _Terms(cache.folder, b"\0".join(same), facts.client, policy.codes)
    verdicts: list[Verdict] = []
    with cache:
        for file, given in zip(files, _answers(files, terms, cache), strict=True):
            answer = given
            try:
                verdict = decode(answer.data)
            except (ValueError, TypeError, KeyError):  # the cache holds what we did not write
                answer = _answer(file, terms, cache, afresh=True)
                verdict = decode(answer.data)
            verdicts.append(verdict)
            if answer.key:
                cache.note(answer.key, answer.data if answer.is_new else None)
    return verdicts


class _Terms(NamedTuple):
    """What all files of a run are judged by: the cache's folder, what is part of each key, the client, the rules."""

    folder: Path | None
    prefix: bytes
    version: str
    codes: frozenset[str]


class _Answer(NamedTuple):
    """A verdict as bytes, and what the cache keeps it by: nothing for a file that cannot be read."""

    key: bytes | None
    data: bytes
    is_new: bool


def _answers(files: Sequence[File], terms: _Terms, cache: Cache) -> Iterator[_Answer]:
    """What is known, or found, of each file, in their order; the rest is spread when some were not known."""
    judged = 0
    for number, file in enumerate(files):
        if judged >= _WORTH_PROCESSES and len(files) - number >= _WORTH_PROCESSES and _cores() > 1:
            yield from _spread(files[number:], terms)
            return
        answer = _answer(file, terms, cache)
        judged += answer.is_new
        yield answer


def _spread(files: Sequence[File], terms: _Terms) -> Iterator[_Answer]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(_cores(), context, _leave_interrupts_to_the_parent) as pool:
        yield from pool.map(partial(_answer_elsewhere, terms), files, chunksize=_CHUNK)


def _answer_elsewhere(terms: _Terms, file: File) -> _Answer:
    return _answer(file, terms, _cache_elsewhere(terms.folder))


@lru_cache(maxsize=1)
def _cache_elsewhere(folder: Path | None) -> Cache:
    """The cache, to be read: what the process that started this one opened cannot be used here."""
    return Cache(folder).__enter__()


def _answer(file: File, terms: _Terms, cache: Cache, *, afresh: bool = False) -> _Answer:
    subject = _subject(file)
    key = _key(subject, terms.prefix) if cache and subject.unloadable is None else None
    data = cache.get(key) if key and not afresh else None
    if data is not None:
        return _Answer(key, data, is_new=False)
    return _Answer(key, encode(judge(subject, registry(terms.version), terms.codes)), is_new=True)


def _key(subject: Subject, prefix: bytes) -> bytes:
    """What the verdict depends on."""
    digest = sha256(b"\0".join([prefix, os.fsencode(subject.path), subject.kind.encode(), b""]))
    digest.update(subject.source.data)
    return digest.digest()


def _subject(file: File) -> Subject:
    return load_subject(Path(file.path)) if file.data is None else parse_subject(file.data, file.path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
