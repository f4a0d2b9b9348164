"""What the linter finds in public collections, rule by rule, and how much of it is right.

python bench/lint_corpus fetch [--from https://github.com/]     # eight collections, each at the commit of the data file
python bench/lint_corpus [FOLDER...] [--rule CODE] [--samples 5] [--json]
python bench/lint_corpus judge [--write]                        # precision by rule; exit code 1 when a rule misses it

Without folders, the collections in build/collections are checked. A person reads 20 findings of each rule, or all when
there are fewer, and writes into tests/lint/data/collection-judgements.json whether they are right. `--write` adds the
findings that are still to be read. An error rule should be right in 98 of 100 cases, a warning rule in 90.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT / "installer"), str(ROOT)]  # in place of this folder

from bench.lint_corpus.judgements import Sample, draw, judge  # noqa: E402
from bench.lint_corpus.repositories import collections, fetch, lint  # noqa: E402

from acolytes_cc.lint.catalogue import all_rules, rules_by_code  # noqa: E402 - found by that path


def main(argv: list[str] | None = None) -> int:
    """Fetch the collections, judge the rules, or print what they report; returns 1 when a rule misses its precision."""
    parser = argparse.ArgumentParser(prog="lint_corpus", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", help="fetch, judge, or the folders to check (default: the collections)")
    parser.add_argument("--from", dest="source", default="https://github.com/{}.git", help="where to fetch {} from")
    parser.add_argument("--rule", choices=[rule.CODE for rule in all_rules()], help="samples of this rule only")
    parser.add_argument("--samples", type=int, default=5, help="findings shown of each rule (default: 5)")
    parser.add_argument(
        "--write", action="store_true", help="with judge: add what is still to be read to the data file"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    if options.folders == ["fetch"]:
        fetch(options.source)
        return 0
    if options.folders == ["judge"]:
        return judge(_findings(collections()), write=options.write)
    folders = {folder: Path(folder) for folder in options.folders} or collections()
    _print(_findings(folders), options)
    return 0


def _findings(folders: dict[str, Path]) -> dict[str, list[Sample]]:
    """The findings by rule, those of each rule in the order in which they are drawn."""
    by_rule: dict[str, list[Sample]] = defaultdict(list)
    for name, folder in folders.items():
        for finding in lint(folder).findings:
            by_rule[finding.rule].append(Sample.of(name, folder, finding))
    return {rule: draw(samples) for rule, samples in sorted(by_rule.items())}


def _print(by_rule: dict[str, list[Sample]], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({rule: {"findings": len(found), "files": _files(found)} for rule, found in by_rule.items()}))
        return
    for code, found in sorted(by_rule.items(), key=lambda item: -_files(item[1])):
        rule = rules_by_code()[code]
        print(f"{code} {rule.NAME} ({rule.SEVERITY}): {len(found)} in {_files(found)} files")
        if options.rule in (None, code):
            for sample in found[: options.samples]:
                print(f"    {sample.collection} {sample.path}:{sample.line}: {sample.message}")


def _files(found: list[Sample]) -> int:
    return len({(sample.collection, sample.path) for sample in found})


if __name__ == "__main__":
    sys.exit(main())
