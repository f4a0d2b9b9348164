"""What a network path carries: bytes in flight, limits by window and loss, transfer times, and a CDN in front."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, pointer_to
from acolytes_perf.inputs.data_sizes import BANDWIDTH, SIZE
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import COUNT, DURATION, RATE, RATIO, at_most
from acolytes_perf.methods.latency import tcp
from acolytes_perf.outcome import MODEL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

#: From this loss on, time-outs matter more than what Mathis et al. describe.
_MOST_LOSS = 0.02
_MONTH = 30 * 86400.0


class _Path(NamedTuple):
    """What the user said of the path, in bits per second, seconds and bytes."""

    bandwidth: float
    rtt: float
    window: float
    segment: float
    loss: float | None
    connections: int

    def connection_limit(self, rtt: float) -> float:
        """What window and loss allow one connection."""
        limit = tcp.window_limit(self.window, rtt)
        return limit if self.loss is None else min(limit, tcp.mathis_limit(self.segment, rtt, self.loss))

    def rate(self, rtt: float) -> float:
        """What one of the connections gets."""
        return min(self.bandwidth / self.connections, self.connection_limit(rtt))


def run(inputs: Inputs) -> Outcome:
    """The path's bandwidth-delay product and limits, then transfer times and the effect of a CDN."""
    _refuse_without_effect(inputs)
    path = _Path(
        inputs.number("bandwidth"), inputs.number("rtt"), inputs.number("window"), inputs.number("segment"),
        inputs.optional("loss"), int(inputs.number("connections")),
    )  # fmt: skip
    answer, results, warnings = _limits(path)
    tables: list[ResultTable] = []
    assumptions = ["The path carries nothing else, and does not lose packets beside the given loss."]
    size, hit_ratio, requests = inputs.optional("size"), inputs.optional("hit_ratio"), inputs.optional("requests")
    if size is not None:
        assumptions.append(
            "Transfer times: the window doubles each round trip from 10 segments on; the server answers at once."
        )
        text, more, tables = _transfer(inputs, path, size)
        answer, results = f"{answer} {text}", [*results, *more]
    if size is not None and requests is not None:
        text, more, full = _traffic(path, size, requests, hit_ratio)
        answer, results, warnings = f"{answer} {text}", [*results, *more], [*warnings, *full]
    return Outcome(answer, results, assumptions, warnings, tables=tables)


def _refuse_without_effect(inputs: Inputs) -> None:
    if "size" not in inputs:
        for name in inputs.present("requests", "hit_ratio"):
            raise COMMAND.missing("size", f"{name} is about transfers of objects")
        if "handshakes" in inputs.written:
            raise COMMAND.missing("size", "handshakes are part of a transfer")
    if "edge_rtt" in inputs and "hit_ratio" not in inputs:
        raise COMMAND.missing("hit_ratio", "edge_rtt is the round trip to a CDN")
    if "hit_ratio" in inputs and not inputs.present("edge_rtt", "requests"):
        raise COMMAND.missing("edge_rtt", "hit_ratio is of a CDN; or add --requests for the traffic that is left")
    if "edge_rtt" in inputs and inputs.number("edge_rtt") > inputs.number("rtt"):
        message = f"is longer than the round trip to the origin, {format_quantity(inputs.number('rtt'), 's')}"
        raise InputError("/edge_rtt", message)
    if "segment" in inputs.written and not inputs.present("loss", "size"):
        raise InputError(pointer_to("segment"), "has no effect without loss or size", {"segment": None})


def _limits(path: _Path) -> tuple[str, list[Result], list[AnswerWarning]]:
    """Bandwidth-delay product, the limit of each cause, and which of them decides."""
    product = tcp.bandwidth_delay(path.bandwidth, path.rtt)
    limits = {"the window": tcp.window_limit(path.window, path.rtt)}
    results = [
        Result("bdp", product, "B"),
        Result("window_limit", limits["the window"], "bit/s"),
    ]
    warnings = []
    if path.loss is not None:
        limits["losses"] = tcp.mathis_limit(path.segment, path.rtt, path.loss)
        delayed = tcp.mathis_limit(path.segment, path.rtt, path.loss, tcp.DELAYED)
        results += [
            Result("loss_limit", limits["losses"], "bit/s", Interval(delayed, limits["losses"], MODEL)),
            Result("loss_limit_cubic", tcp.cubic_limit(path.segment, path.rtt, path.loss), "bit/s"),
        ]
        if path.loss > _MOST_LOSS:
            warnings.append(_much_loss(path.loss))
    one, total = path.connection_limit(path.rtt), path.rate(path.rtt) * path.connections
    needed = math.ceil(path.bandwidth / one * (1 - 1e-12))
    results += [
        Result("throughput", total, "bit/s"),
        Result("link_share", total / path.bandwidth, "ratio"),
        Result("connections_to_fill", needed, "connections"),
    ]
    is_full = at_most(path.bandwidth, one * path.connections)
    cause = "the link" if is_full else min(limits, key=lambda name: limits[name])
    answer = (
        f"{format_quantity(product, 'B')} in flight fill the link; {pluralize(path.connections, 'connection')} "
        f"{'gets' if path.connections == 1 else 'get'} {format_quantity(total, 'bit/s')}, limited by {cause}."
    )
    if cause == "the window":
        window = product / path.connections
        warnings.append(_small_window(path.window, window))
    return answer, results, warnings


def _small_window(window: float, needed: float) -> AnswerWarning:
    message = f"a window of {format_quantity(window, 'B')} does not fill the link"
    fix = f"allow at least {format_quantity(needed, 'B')} for each connection (window scaling, socket buffers)"
    return AnswerWarning("small_window", message, fix)


def _much_loss(loss: float) -> AnswerWarning:
    message = f"with {format_quantity(loss, 'ratio')} of loss, time-outs make connections slower than loss_limit says"
    return AnswerWarning("much_loss", message, "read loss_limit as an upper limit")


def _transfer(inputs: Inputs, path: _Path, size: float) -> tuple[str, list[Result], list[ResultTable]]:
    """Time of one object over a new and an open connection, from the origin and by a CDN."""
    handshakes, hit_ratio, edge = inputs.number("handshakes"), inputs.optional("hit_ratio"), inputs.optional("edge_rtt")
    first = min(10 * path.segment, path.window)

    def times(rtt: float) -> list[float]:
        return [tcp.transfer_time(size, rtt, path.rate(rtt), first, count) for count in (handshakes, 0)]

    direct = times(path.rtt)
    results = [Result("transfer_time", direct[0], "s"), Result("transfer_time_open", direct[1], "s")]
    text = f"A new connection takes {format_quantity(direct[0], 's')} for {format_quantity(size, 'B')}"
    if edge is None or hit_ratio is None:
        return f"{text}.", results, []
    hit = times(edge)
    # the edge has its connection to the origin open and in use, and passes on at once what arrives
    beyond = tcp.transfer_time(size, path.rtt, path.rate(path.rtt), path.window, 0)
    starts = [(count + 1) * edge for count in (handshakes, 0)]
    miss = [start + max(beyond, time - start) for start, time in zip(starts, hit)]
    mean = [hit_ratio * one + (1 - hit_ratio) * other for one, other in zip(hit, miss)]
    rows = [
        Row(name, [Result("new_connection", values[0], "s"), Result("open_connection", values[1], "s")])
        for name, values in (("origin", direct), ("edge, hit", hit), ("edge, miss", miss), ("edge, mean", mean))
    ]
    results.append(Result("cdn_transfer_time", mean[0], "s"))
    text += f", and {format_quantity(mean[0], 's')} on average by the CDN."
    return text, results, [ResultTable("transfers", "from", rows)]


def _traffic(
    path: _Path, size: float, requests: float, hit_ratio: float | None
) -> tuple[str, list[Result], list[AnswerWarning]]:
    """What all requests take of the link, without and with a CDN."""
    whole = 8 * size * requests
    results = [Result("traffic", whole, "bit/s")]
    left = whole
    text = f"All requests need {format_quantity(whole, 'bit/s')}"
    if hit_ratio is not None:
        left = (1 - hit_ratio) * whole
        results += [
            Result("origin_traffic", left, "bit/s"),
            Result("origin_requests", (1 - hit_ratio) * requests, "1/s"),
        ]
        text += f", the origin {format_quantity(left, 'bit/s')} of them"
    results += [Result("link_use", left / path.bandwidth, "ratio"), Result("month", left / 8 * _MONTH, "B")]
    warnings = []
    if not at_most(left, 0.8 * path.bandwidth):
        message = f"this is {format_quantity(left / path.bandwidth, 'ratio')} of the link, on average"
        warnings.append(AnswerWarning("full_link", message, "use a wider link, a higher hit ratio or smaller objects"))
    return f"{text}.", results, warnings


_RESULTS = {
    "bdp": "bytes in flight that fill the link: bandwidth times round trip",
    "window_limit": "throughput of one connection that the window allows",
    "loss_limit": "throughput of one connection that losses allow: with Reno's congestion avoidance, at most (Mathis); "
    "the interval "
    "begins with delayed acknowledgements",
    "loss_limit_cubic": "throughput of one connection that losses allow with CUBIC",
    "throughput": "throughput of all connections together: by the smallest limit",
    "link_share": "share of the link that the connections use",
    "connections_to_fill": "connections that fill the link together",
    "transfer_time": "time of one object over a new connection, handshakes included",
    "transfer_time_open": "time of the transfer over an open connection: that has been idle",
    "cdn_transfer_time": "mean time of one object by the CDN, over a new connection to the edge",
    "traffic": "traffic of all requests on average",
    "origin_traffic": "traffic of the origin behind the CDN",
    "origin_requests": "requests that are left for the origin",
    "link_use": "share of the link that this traffic takes",
    "month": "traffic in a month: of 30 days",
}

COMMAND = Command(
    name="net",
    summary="What a network path carries: bandwidth-delay product, limits by window and loss, transfers, and a CDN.",
    fields=(
        Field("bandwidth", BANDWIDTH, "of the link", "45Mbit/s", 1, 1e15, required=True),
        Field("rtt", DURATION, "round trip to the origin", "100ms", 1e-6, 100, required=True, aliases=("latency",)),
        Field("window", SIZE, "most bytes in flight of one connection", "4MiB", 1, 1e12, default="64KiB"),
        Field("connections", COUNT, "connections at the same time", "6", 1, 10**6, default="1"),
        Field("loss", RATIO, "share of the packets that are lost", "0.01%", 1e-12, 0.5),
        Field("segment", SIZE, "bytes of a full segment", "1460B", 64, 65536, default="1460B", aliases=("mss",)),
        Field("size", SIZE, "an object's size, for transfer times", "2MB", 1, 1e15),
        Field("handshakes", COUNT, "round trips before a new connection's first request: 1 of TCP, 1 of TLS 1.3",
              "3", 0, 10, default="2"),
        Field("requests", RATE, "requests for such objects, for the traffic", "200/s", 1e-9, 1e9),
        Field("hit_ratio", RATIO, "share of the requests that a CDN answers", "90%", 0, 1),
        Field("edge_rtt", DURATION, "round-trip time to the CDN's edge", "15ms", 1e-6, 100),
    ),
    run=run,
    formula="BDP = bandwidth * rtt; window / rtt; segment / rtt * sqrt(3 / 2) / sqrt(loss); a transfer's window "
    "doubles each round trip",
    source="Mathis, Semke, Mahdavi and Ott 1997, doi 10.1145/263932.264023; RFC 7323; RFC 8312; RFC 6928; Cardwell, "
    "Savage and Anderson 2000",
    example={"bandwidth": "45Mbit/s", "rtt": "100ms", "loss": "0.01%", "size": "2MB", "requests": "20/s",
             "hit_ratio": "90%", "edge_rtt": "15ms"},
    results=_RESULTS,
    tables={"transfers": {"new_connection": "time of one object over a new connection",
                          "open_connection": "time of the transfer over an open connection: that has been idle"}},
)  # fmt: skip
