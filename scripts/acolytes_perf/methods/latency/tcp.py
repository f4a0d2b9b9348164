"""What a TCP connection can carry, and how long a transfer takes.

Sources: Mathis, Semke, Mahdavi and Ott, The macroscopic behavior of the TCP congestion avoidance algorithm, Computer
Communication Review 27(3), 1997, doi 10.1145/263932.264023; RFC 8312, section 5.2 (CUBIC); RFC 7323, section 1.1 (a
window of 64 KiB without scaling); RFC 6928 (first window); Cardwell, Savage and Anderson, Modeling TCP latency, Infocom
2000, doi 10.1109/INFCOM.2000.832574 (slow start).
"""

from __future__ import annotations

import math

#: The constant of Mathis et al. for an acknowledgement of every segment, and for one of every second segment.
EVERY_SEGMENT, DELAYED = math.sqrt(1.5), math.sqrt(0.75)


def bandwidth_delay(bandwidth: float, rtt: float) -> float:
    """The bytes in flight that fill a path.

    Args:
        bandwidth: bits per second, above 0.
        rtt: round-trip time in seconds, above 0.

    >>> bandwidth_delay(45e6, 0.1)
    562500.0
    """
    return bandwidth * rtt / 8


def window_limit(window: float, rtt: float) -> float:
    """Bits per second of a connection that may have so many bytes in flight.

    Args:
        window: bytes.
        rtt: round-trip time in seconds, above 0.
    """
    return 8 * window / rtt


def mathis_limit(segment: float, rtt: float, loss: float, constant: float = EVERY_SEGMENT) -> float:
    """Bits per second that losses allow a connection with Reno's congestion avoidance (Mathis 1997, equation 3).

    Args:
        segment: bytes of a full segment.
        rtt: round-trip time in seconds.
        loss: share of the segments that are lost, above 0 and below 1.
        constant: EVERY_SEGMENT or DELAYED.

    >>> round(mathis_limit(1460, 0.1, 0.0001))
    14305020
    """
    return 8 * segment / rtt * constant / math.sqrt(loss)


def cubic_limit(segment: float, rtt: float, loss: float) -> float:
    """The same for CUBIC (RFC 8312, equation 7), at least what Reno gets.

    The arguments are those of `mathis_limit`.

    >>> round(cubic_limit(1, 0.1, 1e-5) * 0.1 / 8)  # segments in flight: table 1 of RFC 8312 has 1054
    1054
    """
    window = 1.054 * math.pow(rtt / loss, 0.75)
    return max(8 * segment / rtt * window, mathis_limit(segment, rtt, loss))


def transfer_time(size: float, rtt: float, rate: float, first_window: float, handshakes: float) -> float:
    """Seconds from the connection's start to the last byte: the window doubles each round until the rate is reached.

    Args:
        size: bytes to transfer.
        rtt: round-trip time in seconds.
        rate: bits per second that the connection can reach.
        first_window: bytes that may be sent in the first round.
        handshakes: round trips before the request; 0 for an open connection.

    >>> transfer_time(14600, 0.1, 1e9, 14600, 2)  # one round behind two handshakes
    0.3001168
    """
    time, window, sent = (handshakes + 1) * rtt, first_window, 0.0
    while size - sent > window and window < rate * rtt / 8:
        sent += window
        window *= 2
        time += rtt
    return round(time + 8 * (size - sent) / rate, 15)
