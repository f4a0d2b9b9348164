"""The figures of a calculator's answer by their addresses, such as `throughput` or `stations[cpu].utilisation`."""

from collections.abc import Mapping
from typing import Any

from acolytes_perf.outcome import Outcome, Result, ResultPath


def figures(outcome: Outcome) -> dict[str, Result]:
    """Every result and every cell of an outcome."""
    paths = [ResultPath(result.name) for result in outcome.results]
    for table in outcome.tables:
        paths += [ResultPath(result.name, table.name, row.label) for row in table.rows for result in row.results]
    by_path = {str(path): path.find(outcome) for path in paths}
    return {path: result for path, result in by_path.items() if result is not None}


def values(outcome: Outcome) -> dict[str, Any]:
    """The value of every result and every cell of an outcome."""
    return {path: result.value for path, result in figures(outcome).items()}


def document_figures(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every result and every cell of an answer as JSON."""
    found = {result["name"]: result for result in document["results"]}
    for table in document["tables"]:
        for row in table["rows"]:
            for name, cell in row["cells"].items():
                found[str(ResultPath(name, table["name"], row["label"]))] = cell
    return found


def document_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every result and every cell of an answer as JSON."""
    return {path: figure["value"] for path, figure in document_figures(document).items()}


def latencies(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The results of `results summarize` by name, and its percentiles by label such as `p99.9`."""
    tables = (table for table in document["tables"] if table["name"] == "percentiles")
    percentiles = {row["label"]: row["cells"]["latency"] for table in tables for row in table["rows"]}
    return {**{result["name"]: result for result in document["results"]}, **percentiles}
