"""Warnings about files with many names of endpoints."""

from __future__ import annotations

from collections.abc import Iterable

from acolytes_perf.methods.runs.load_test import LoadTestRun
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.wording import pluralize

#: Fewer names are a short list, whatever they hold.
_FEWEST_NAMES = 20
#: Names hold ids if without these there are at most so many.
_SHARE_WITHOUT_IDS = 0.5


def endpoint_warnings(run: LoadTestRun) -> list[AnswerWarning]:
    """Which endpoints have no figures of their own, and whether names hold what differs from request to request."""
    names = [name for name in run.endpoints if name != run.other_name]
    have_ids = hold_ids(names)
    if not run.other_endpoints and not have_ids:
        return []
    by_columns = "access log" in run.format or "columns" in run.format
    fix = "give all requests of one kind the same name in the test (k6: tag name; JMeter: label of the sampler)"
    if by_columns:
        fix = "use --columns label=fold:request, or with the heading of your column, to put {id} for them"
    if not run.other_endpoints:
        message = f"the names of the {pluralize(len(names), 'endpoint')} hold ids or query strings"
        return [AnswerWarning("ids_in_names", message, fix)]
    requests = run.endpoints[run.other_name].requests_read if run.other_name in run.endpoints else 0
    message = (
        f"{run.other_name} are counted as one group with {pluralize(requests, 'request')}; "
        f"the {len(names)} with most requests have figures of their own"
    )
    if have_ids:
        message += "; the names hold ids or query strings"
    return [AnswerWarning("many_endpoints", message, fix)]


def hold_ids(names: Iterable[str]) -> bool:
    """Whether many names differ only by ids in their paths, or by their query strings.

    >>> hold_ids(f"GET /orders/{number}" for number in range(30))
    True
    """
    distinct = set(names)
    if len(distinct) <= _FEWEST_NAMES:
        return False
    from acolytes_perf.result_files.access_log import fold_ids  # few files need it

    without = {fold_ids(name.partition("?")[0]) for name in distinct}
    return len(without) <= _SHARE_WITHOUT_IDS * len(distinct)
