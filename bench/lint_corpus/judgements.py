"""What a person thinks of findings in the collections: which ones are read, and the precision that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bench.lint_corpus.repositories import ROOT

from acolytes_cc.lint.catalogue import rules_by_code
from acolytes_cc.lint.finding import Finding

FILE = ROOT / "tests" / "lint" / "data" / "collection-judgements.json"
READ = 20
"""How many findings of each rule a person reads."""
TARGETS = {"error": 0.98, "warning": 0.9}
_SEED = "1"


class Sample(NamedTuple):
    """A finding in a collection, and what a person thinks of it.

    Attributes:
        collection: ``owner/name``.
        path: The file in the collection.
        line: The line, from 1.
        rule: The rule's code.
        digest: The beginning of the SHA-256 of the message: when the message changes, the finding is read again.
        judgement: ``right``, ``wrong``, or empty when nobody has read it.
        reason: Why.
        message: What was reported. It is not kept.
    """

    collection: str
    path: str
    line: int
    rule: str
    digest: str
    judgement: str = ""
    reason: str = ""
    message: str = ""

    @classmethod
    def of(cls, collection: str, folder: Path, finding: Finding) -> Sample:
        """Return a finding as a sample; ``folder`` is where the collection lies."""
        path = Path(finding.path)
        inside = (path.relative_to(folder) if path.is_absolute() else path).as_posix()
        return cls(collection, inside, finding.line, finding.rule, _digest(finding.message), message=finding.message)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells a finding from others."""
        return (self.collection, self.path, str(self.line), self.rule, self.digest)


def draw(samples: Iterable[Sample]) -> list[Sample]:
    """Return findings in a random order that stays the same for those that remain when others come and go."""
    return sorted(samples, key=lambda sample: _digest("\0".join((_SEED, *sample.key))))


def judge(by_rule: dict[str, list[Sample]], *, write: bool) -> int:
    """Print the precision of each rule; with ``write``, renew the data file. Returns 1 when a rule misses its target.

    Args:
        by_rule: All findings of each rule, in the order of `draw`.
        write: Whether to write the findings to read, with what is known of them, into the data file.
    """
    known = {sample.key: sample for sample in read_judgements()}
    failed = 0
    renewed: list[Sample] = []
    print(f"{'rule':<8}{'name':<26}{'severity':<9}{'findings':>8}{'right':>7}{'wrong':>7}{'unread':>7}  precision")
    for code, found in by_rule.items():
        to_read = [known.get(sample.key, sample) for sample in found[:READ]]
        renewed += to_read
        right, wrong, unread = (sum(one.judgement == word for one in to_read) for word in ("right", "wrong", ""))
        precision = right / (right + wrong) if right + wrong else 0.0
        rule = rules_by_code()[code]
        missed = unread or precision < TARGETS.get(rule.SEVERITY, 0.0)
        failed += bool(missed)
        counts = f"{len(found):>8}{right:>7}{wrong:>7}{unread:>7}"
        print(f"{code:<8}{rule.NAME:<26}{rule.SEVERITY:<9}{counts}  {precision:.2f}{' <' if missed else ''}")
    if write:
        FILE.write_text(_as_json(renewed), "utf-8")
    return 1 if failed else 0


def read_judgements() -> list[Sample]:
    """Return the data file's samples."""
    return [Sample(**entry) for entry in json.loads(FILE.read_text("utf-8"))] if FILE.is_file() else []


def _as_json(samples: list[Sample]) -> str:
    """One line for each sample, so that a change shows well in a diff."""
    entries = [{key: value for key, value in sample._asdict().items() if key != "message"} for sample in samples]
    return "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
