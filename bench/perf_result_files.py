"""Result files for the benches: requests of several kinds with log-normal latencies, the same for the same seed."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

LABELS = [("GET /api/search", 180), ("GET /api/item", 60), ("POST /api/cart", 90), ("POST /api/pay", 240)]
_HEADING = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect"  # noqa: E501 -- one line of a file
_START = 1_760_000_000


def write_jtl(path: Path, size: int, seed: int = 1) -> int:
    """A JTL of about so many bytes; the number of its rows."""
    rng, rows = random.Random(seed), 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(_HEADING + "\n")
        while stream.tell() < size:
            lines = []
            for _ in range(5000):
                label, typical = LABELS[rng.randrange(4)]
                elapsed = int(typical * rng.lognormvariate(0, 0.6))
                ok = rng.random() > 0.01
                stamp = _START * 1000 + rows
                code = "200,OK" if ok else "500,Internal Server Error"
                lines.append(
                    f"{stamp},{elapsed},{label},{code},Thread Group 1-{rows % 50},text,{str(ok).lower()},,"
                    f"2048,182,50,50,https://shop.example/api,{elapsed},0,1\n"
                )
                rows += 1
            stream.writelines(lines)
    return rows


def write_k6(path: Path, size: int, seed: int = 1) -> int:
    """k6's NDJSON of about so many bytes, nine metrics a request as k6 writes them; the number of requests."""
    rng, requests = random.Random(seed), 0
    metrics = ["http_reqs", "http_req_duration", "http_req_blocked", "http_req_connecting", "http_req_tls_handshaking",
               "http_req_sending", "http_req_waiting", "http_req_receiving", "http_req_failed"]  # fmt: skip
    with path.open("w", encoding="utf-8") as stream:
        for metric in metrics:
            kind = "counter" if metric == "http_reqs" else "rate" if metric == "http_req_failed" else "trend"
            stream.write(
                f'{{"type":"Metric","data":{{"name":"{metric}","type":"{kind}","contains":"time","thresholds":[],'
                f'"submetrics":null}},"metric":"{metric}"}}\n'
            )
        while stream.tell() < size:
            lines = []
            for _ in range(500):
                label, typical = LABELS[rng.randrange(4)]
                duration = typical * rng.lognormvariate(0, 0.6)
                ok = rng.random() > 0.01
                at = datetime.datetime.fromtimestamp(_START + requests / 200, datetime.timezone.utc)
                stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
                tags = (
                    f'"expected_response":"{str(ok).lower()}","group":"","method":"{label.split()[0]}","name":"{label}",'
                    f'"proto":"HTTP/1.1","scenario":"default","status":"{200 if ok else 500}","url":"https://shop.example/api"'
                )
                values = [1, round(duration, 6), 0.01, 0, 0, 0.05, round(duration * 0.95, 6), 0.1, 0 if ok else 1]
                lines += [
                    f'{{"metric":"{metric}","type":"Point","data":{{"time":"{stamp}","value":{value},"tags":{{{tags}}}}}}}\n'
                    for metric, value in zip(metrics, values, strict=True)
                ]
                requests += 1
            stream.writelines(lines)
    return requests
