"""JMeter's result file (JTL) as CSV; elapsed is in milliseconds, timeStamp in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from acolytes_perf.result_files.delimited import Columns, read_batches, read_titles
from acolytes_perf.result_files.record import Batch, RequestKind, RequestKinds, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (CSV)"
QUOTES = b'"'
#: Nanoseconds in a millisecond, and milliseconds in a second.
UNIT, PER_SECOND = 1_000_000, 1000
_COLUMNS = ("timeStamp", "elapsed", "success", "label", "responseCode", "responseMessage", "failureMessage")
#: What JMeter writes into the message of a transaction's row, which sums up the rows of its requests.
TRANSACTION = "Number of samples in transaction"
TRANSACTIONS = "rows of transaction controllers, which sum up requests that have rows of their own"
_MAX_TEXTS = 10_000
#: The cells that make a kind: success, label, code, message, message of a failed assertion.
_Cells = tuple[bytes, bytes, bytes, bytes, bytes]


def recognises(head: bytes) -> bool:
    """Whether the heading has the columns that every such file has."""
    return {"timeStamp", "elapsed"} <= set(read_titles(head))


def read(source: Source) -> Iterator[Requests]:
    """Every sample but those of transactions."""
    titles = read_titles(source.head)
    latency, kinds = _Latencies(), _Kinds(has_success="success" in titles)

    def convert(columns: Columns) -> Batch:
        times, elapsed, *cells = columns
        stamps = list(map(int, times))
        check_times(stamps, PER_SECOND)
        latencies = list(map(latency.__getitem__, elapsed))
        row_kinds = list(map(kinds.__getitem__, zip(*cells)))
        if None in row_kinds:
            is_request = [kind is not None for kind in row_kinds]
            source.left_out[TRANSACTIONS] += is_request.count(False)
            batch = Batch(latencies, UNIT, row_kinds, stamps, PER_SECOND)  # type: ignore[arg-type]
            return batch.select(is_request)
        return Batch(latencies, UNIT, row_kinds, stamps, PER_SECOND)  # type: ignore[arg-type]

    return read_batches(source, _COLUMNS, convert)


class _Latencies(dict[bytes, int]):
    """Latencies in milliseconds by their text; most texts occur often. Raises ValueError for an invalid one."""

    def __missing__(self, text: bytes) -> int:
        if len(self) >= _MAX_TEXTS:
            self.clear()
        latency = int(text)
        check_latencies((latency,), UNIT)
        self[text] = latency
        return latency


class _Kinds(dict[_Cells, Optional[RequestKind]]):
    """Kinds by their cells; None for a transaction. Raises ValueError for an invalid outcome."""

    def __init__(self, *, has_success: bool) -> None:
        self._has_success, self._kinds = has_success, RequestKinds()

    def __missing__(self, cells: _Cells) -> RequestKind | None:
        if len(self) >= _MAX_TEXTS:
            self.clear()
        success, label, code, message, failure = (cell.decode("utf-8", "replace") for cell in cells)
        kind = None
        if not message.startswith(TRANSACTION):
            failed = has_failed(success, code, has_success=self._has_success)
            kind = self._kinds.get(label, failed, code, failure or message)
        self[cells] = kind
        return kind


def has_failed(success: str, code: str, *, has_success: bool = True) -> bool | None:
    """Whether a sample failed; by the code where the file does not tell, and None without one."""
    if has_success:
        if success not in ("true", "false", "TRUE", "FALSE", ""):
            raise ValueError("success")
        if success:
            return success.lower() == "false"
    # codes below 400 are successes for JMeter; other texts say that there was no response
    return not (len(code) == 3 and code.isdigit() and code < "400") if code else None
