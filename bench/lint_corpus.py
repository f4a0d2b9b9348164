"""What the linter finds in any collection of definitions, rule by rule, with samples to judge its precision by.

python bench/lint_corpus.py FOLDER... [--rule CODE] [--samples 5] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

from acolytes_cc.definitions.files import scan_folder
from acolytes_cc.definitions.registry import registry
from acolytes_cc.lint.catalogue import all_rules, rules_by_code
from acolytes_cc.lint.engine.file_results import InputFile
from acolytes_cc.lint.engine.run import run
from acolytes_cc.lint.finding import Finding
from acolytes_cc.lint.report.text import concise
from acolytes_cc.lint.settings.policy import Policy


def main(argv: list[str] | None = None) -> int:
    """Lint the folders with every rule and print how often each reports, and where for example; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--rule", choices=[rule.CODE for rule in all_rules()], help="samples of this rule only")
    parser.add_argument("--samples", type=int, default=5, help="findings shown of each rule (default: 5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    scans = [scan_folder(folder) for folder in options.folders]
    files = sorted({str(path) for scan in scans for path in (*scan.definitions, *scan.others)})
    report = run([InputFile(path) for path in files], Policy(persona="auditor"), registry())
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    if options.json:
        counts = {code: {"findings": len(found), "files": _files(found)} for code, found in sorted(by_rule.items())}
        print(json.dumps({"files": report.files, "rules": counts}, indent=1))
        return 0
    chance = random.Random(0)  # the same samples each time
    print(f"{report.files} files, {len(report.findings)} findings")
    for code, found in sorted(by_rule.items(), key=lambda item: -_files(item[1])):
        rule = rules_by_code()[code]
        share = 100 * _files(found) / report.files
        print(f"{code} {rule.NAME} ({rule.SEVERITY}): {len(found)} in {_files(found)} files ({share:.1f} %)")
        if options.rule in (None, code):
            for finding in sorted(chance.sample(found, min(options.samples, len(found)))):
                print(f"    {concise(finding)}")
    return 0


def _files(found: list[Finding]) -> int:
    return len({finding.path for finding in found})


if __name__ == "__main__":
    sys.exit(main())
