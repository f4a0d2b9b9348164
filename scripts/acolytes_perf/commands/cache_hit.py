"""The hit ratio of a cache by its size or time to live, the size for a hit ratio, and what is left for the origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.data_sizes import SIZE
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs, choice_field
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER, RATE, RATIO, TEXT
from acolytes_perf.methods.popularity.caching import (
    Popularity,
    characteristic_time,
    is_exact,
    lfu_hit_ratio,
    lru_hit_ratio,
    replay,
    size_for,
    ttl_cache,
)
from acolytes_perf.methods.popularity.object_counts import COUNTS, ObjectCounts, read_counts
from acolytes_perf.outcome import MODEL, SCENARIO, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity

_MONTH = 30 * 86400.0
#: What Che's approximation was seen to be off by: for a few cached objects, and for more.
_FEW, _OFF_FEW, _OFF = 10, 0.015, 0.002
#: From this share of first requests on, new objects limit the hit ratio.
_MANY_NEW = 0.05


class _Case(NamedTuple):
    """The popularity that is likely, those at the ends of an interval of Zipf's exponent, and the file's counts."""

    popularity: Popularity
    ends: Sequence[Popularity] = ()
    counts: ObjectCounts | None = None


def run(inputs: Inputs) -> Outcome:
    """The hit ratio of each question that is there, then what it means for the origin."""
    _check_combination(inputs)
    if "hit_ratio" in inputs:
        ratio = inputs.number("hit_ratio")
        results = [Result("hit_ratio", ratio, "ratio"), *_consequences(inputs, ratio)]
        return Outcome(_sentence(inputs, ratio, results, "A cache"), results, ["The hit ratio does not change."])
    case = _read_case(inputs)
    assumptions = ["Requests are independent; the popularity of the objects does not change (steady state)."]
    results = [Result("objects", case.popularity.objects, "objects")]
    warnings = _new_objects(case)
    if "ttl" in inputs:
        return _by_ttl(inputs, case, results, assumptions, warnings)
    is_lru = inputs.text("policy") == "lru"
    assumptions.append(_METHODS[is_lru])
    capacities = _capacities(inputs, case, is_lru=is_lru)
    capacity = capacities[0]
    ratio, interval = _hit_ratio(case, capacity, is_lru=is_lru)
    results += [
        Result("capacity", capacity, "objects"),
        Result("hit_ratio", ratio, "ratio", interval),
        Result("best_hit_ratio", lfu_hit_ratio(case.popularity, capacity), "ratio"),
    ]
    if "object_size" in inputs:
        results.append(Result("memory", capacity * inputs.number("object_size"), "B"))
    if case.counts is not None and case.counts.in_order is not None and is_lru:
        results.append(Result("replayed_hit_ratio", replay(case.counts.in_order, capacity), "ratio"))
    requests = inputs.optional("requests")
    if requests is not None and is_lru and capacity < case.popularity.objects:
        results.append(Result("stays", characteristic_time(case.popularity, capacity) / requests, "s"))
    results += _consequences(inputs, ratio)
    if interval is not None and interval.kind == MODEL and capacity < _FEW:
        warnings.append(_few_objects(capacity))
    what = f"An {'LRU' if is_lru else 'LFU'} cache of {format_quantity(capacity, 'objects')}"
    rows = [_size_row(inputs, case, size, is_lru=is_lru) for size in _shown_sizes(capacities, case.popularity.objects)]
    tables = [ResultTable("sizes", "size", rows)]
    return Outcome(_sentence(inputs, ratio, results, what), results, assumptions, warnings, tables=tables)


#: The ticks of the curve.
_SHARES = [(share / 100, f"{share} %") for share in (0, 20, 40, 60, 80, 100)]
_METHODS = {
    True: "LRU: by the characteristic time (Che), within 0.002 from 10 cached objects on; exact for few objects.",
    False: "LFU: the cache always holds the most popular objects, which is the best for independent requests.",
}


#: Of each input those of which one must be there, too.
_NEEDS = {
    "zipf": ("items",),
    "columns": ("counts",),
    "memory": ("object_size",),
    "miss_price": ("requests",),
    "hit_time": ("miss_time",),
    "miss_time": ("hit_time",),
    "ttl": ("requests",),
    "items": ("zipf",),
}


def _check_combination(inputs: Inputs) -> None:
    """Refuse inputs that contradict each other, lack another one, or have no effect."""
    sources = inputs.present("hit_ratio", "counts", "items")
    if not sources:
        raise COMMAND.missing("items", "the number of objects and zipf; or add --counts FILE or --hit-ratio")
    if len(sources) > 1:
        raise InputError(f"/{sources[-1]}", f"cannot be used with {sources[0]}: leave one out", {sources[-1]: None})
    for name, others in _NEEDS.items():
        if name in inputs and not inputs.present(*others):
            raise COMMAND.missing(others[0], f"{name} needs it")
    if "hit_ratio" in inputs:
        _check_measured(inputs)
        return
    questions = inputs.present("capacity", "memory", "target_hit_ratio", "ttl")
    if not questions:
        raise COMMAND.missing("capacity", "objects that the cache holds; or add --target-hit-ratio, --memory or --ttl")
    if len(questions) > 1:
        message = f"cannot be used with {questions[0]}: leave one out"
        raise InputError(f"/{questions[-1]}", message, {questions[-1]: None})
    if "ttl" in inputs and "policy" in inputs.written:
        raise InputError("/policy", "has no effect: objects leave by their time to live", {"policy": None})


def _check_measured(inputs: Inputs) -> None:
    """Refuse what has no effect beside a measured hit ratio."""
    for name in ("capacity", "memory", "target_hit_ratio", "ttl", "policy", "object_size"):
        if name in inputs.written:
            raise InputError(f"/{name}", "has no effect: hit_ratio says what the cache does", {name: None})
    if not inputs.present("requests", "miss_time"):
        raise COMMAND.missing("requests", "for the load of the origin; or add --hit-time and --miss-time")


def _read_case(inputs: Inputs) -> _Case:
    if "counts" in inputs:
        counts = read_counts(inputs)
        return _Case(Popularity.of_counts(counts.counts.values()), (), counts)
    items, zipf = int(inputs.number("items")), inputs.estimate("zipf")
    ends = [zipf.low, zipf.high] if zipf.has_interval else []
    return _Case(Popularity.zipf(items, zipf.value), [Popularity.zipf(items, end) for end in ends])


def _capacities(inputs: Inputs, case: _Case, *, is_lru: bool) -> list[int]:
    """The sizes in question, the first one first."""
    if "capacity" in inputs:
        return [int(value) for value in inputs.numbers("capacity")]
    if "memory" in inputs:
        capacity = int(inputs.number("memory") / inputs.number("object_size") * (1 + 1e-12))
        if capacity < 1:
            raise InputError("/memory", "is less than one object: raise it, or lower object_size")
        return [capacity]
    return [size_for(case.popularity, inputs.number("target_hit_ratio"), is_lru=is_lru)]


def _hit_ratio(case: _Case, capacity: int, *, is_lru: bool) -> tuple[float, Interval | None]:
    """The hit ratio, with the interval of Zipf's exponent or of the approximation."""
    compute = lru_hit_ratio if is_lru else lfu_hit_ratio
    ratio = compute(case.popularity, capacity)
    if case.ends:
        ends = sorted(compute(end, capacity) for end in case.ends)
        return ratio, Interval(min(ratio, ends[0]), max(ratio, ends[1]), SCENARIO)
    if not is_lru or capacity >= case.popularity.objects or is_exact(case.popularity, capacity):
        return ratio, None
    off = _OFF_FEW if capacity < _FEW else _OFF
    return ratio, Interval(max(0.0, ratio - off), min(1.0, ratio + off), MODEL)


def _consequences(inputs: Inputs, ratio: float) -> list[Result]:
    """What the hit ratio means for the origin, the latency and the price."""
    results = []
    requests = inputs.optional("requests")
    if requests is not None:
        results.append(Result("origin_requests", (1 - ratio) * requests, "1/s"))
        if ratio < 1:
            results.append(Result("origin_load_factor", 1 - ratio, "x"))
    if "miss_time" in inputs:
        mean = ratio * inputs.number("hit_time") + (1 - ratio) * inputs.number("miss_time")
        results.append(Result("mean_latency", mean, "s"))
    if requests is not None and "miss_price" in inputs:
        results.append(Result("month_price", (1 - ratio) * requests * _MONTH / 1e6 * inputs.number("miss_price"), ""))
    return results


def _sentence(inputs: Inputs, ratio: float, results: Sequence[Result], what: str) -> str:
    parts = [f"{what} answers {format_quantity(ratio, 'ratio')} of the requests"]
    by_name = {result.name: result for result in results}
    if "origin_requests" in by_name:
        origin = format_quantity(by_name["origin_requests"].value, "1/s")
        parts.append(f"{origin} of {format_quantity(inputs.number('requests'), '1/s')} reach the origin")
    if "mean_latency" in by_name:
        parts.append(f"the mean latency is {format_quantity(by_name['mean_latency'].value, 's')}")
    if "month_price" in by_name:
        parts.append(f"the misses of 30 days cost {format_quantity(by_name['month_price'].value, '')}")
    return "; ".join(parts) + "."


def _by_ttl(
    inputs: Inputs, case: _Case, results: list[Result], assumptions: list[str], warnings: list[AnswerWarning]
) -> Outcome:
    """The hit ratio where objects leave the cache only when their time is over."""
    in_ttl = inputs.number("ttl") * inputs.number("requests")
    cache = ttl_cache(case.popularity, in_ttl)
    interval = None
    if case.ends:
        ends = sorted([cache.hit_ratio, *(ttl_cache(end, in_ttl).hit_ratio for end in case.ends)])
        interval = Interval(ends[0], ends[-1], SCENARIO)
    results += [
        Result("hit_ratio", cache.hit_ratio, "ratio", interval),
        Result("cached_objects", cache.objects, "objects"),
    ]
    if "object_size" in inputs:
        results.append(Result("memory", cache.objects * inputs.number("object_size"), "B"))
    results += _consequences(inputs, cache.hit_ratio)
    assumptions.append("TTL: an object leaves the cache a fixed time after it was fetched; there is room for all.")
    what = f"A cache with a time to live of {format_quantity(inputs.number('ttl'), 's')}"
    return Outcome(_sentence(inputs, cache.hit_ratio, results, what), results, assumptions, warnings)


def _shown_sizes(capacities: Sequence[int], objects: int) -> list[int]:
    """The sizes that the user gave; beside a single one its half, its double and so on."""
    if len(capacities) > 1:
        return list(capacities)
    around = [capacities[0] * factor // 4 for factor in (1, 2, 4, 8, 16)]
    return sorted({size for size in around if 1 <= size <= objects} | {capacities[0]})


def _size_row(inputs: Inputs, case: _Case, size: int, *, is_lru: bool) -> Row:
    ratio, _ = _hit_ratio(case._replace(ends=()), size, is_lru=is_lru)
    cells = [
        Result("hit_ratio", ratio, "ratio"),
        Result("best_hit_ratio", lfu_hit_ratio(case.popularity, size), "ratio"),
    ]
    if "object_size" in inputs:
        cells.append(Result("memory", size * inputs.number("object_size"), "B"))
    shown = ("origin_requests", "mean_latency", "month_price")
    return Row(f"{size}", cells + [one for one in _consequences(inputs, ratio) if one.name in shown])


def _new_objects(case: _Case) -> list[AnswerWarning]:
    """A warning where the file's objects are often new: an object's first request always misses."""
    if case.counts is None:
        return []
    counts = [count for count in case.counts.counts.values() if count]
    share = len(counts) / sum(counts)
    if share < _MANY_NEW:
        return []
    message = (
        f"{format_quantity(share, 'ratio')} of the requests are the first for their object: if new objects keep "
        f"coming, no cache answers more than {format_quantity(1 - share, 'ratio')}"
    )
    return [AnswerWarning("many_new_objects", message, "use counts of a longer time, or read the hit ratio as a limit")]


def _few_objects(capacity: int) -> AnswerWarning:
    message = f"with {capacity} cached objects Che's approximation may be off by {_OFF_FEW}"
    return AnswerWarning("few_cached_objects", message, "read the interval, or replay a log with one row a request")


def curve(answer: Answer) -> str:
    """The hit ratio by the size of the cache."""
    from acolytes_perf.outputs.document import mark  # only this format needs them
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    if answer.inputs.present("hit_ratio", "ttl"):
        raise CannotAnswerError(
            "", "the curve is of sizes; missing: --capacity or --target-hit-ratio", {"--format": None}
        )
    case = _read_case(answer.inputs)
    most = case.popularity.objects
    sizes = sorted({max(1, round(most ** (step / 60))) for step in range(61)})
    lines = [
        Shape("line", "LRU", [(size, _hit_ratio(case, size, is_lru=True)[0]) for size in sizes]),
        Shape("dashed", "most popular objects (LFU)", [(size, lfu_hit_ratio(case.popularity, size)) for size in sizes]),
    ]
    asked = next(result for result in answer.outcome.results if result.name == "capacity")
    lines.append(Shape("up", "size", [(float(min(most, asked.value or 1)),)]))
    axes = Axis("objects in the cache", log=True), Axis("hit ratio", ticks=_SHARES)
    return plot("Hit ratio by size", answer.outcome.answer, *axes, lines, mark(answer))


_RESULTS = {
    "objects": "different objects that are requested",
    "capacity": "objects that the cache holds; with target_hit_ratio the fewest that reach it",
    "hit_ratio": "share of the requests that the cache answers",
    "best_hit_ratio": "hit ratio of a cache that holds the most popular objects; no policy is better",
    "memory": "memory of the cache: capacity times object_size; with ttl the mean",
    "replayed_hit_ratio": "share that an empty LRU cache answers: when the file's requests come in their order",
    "stays": "how long an object stays in the cache without a request (characteristic time)",
    "cached_objects": "objects in the cache on average",
    "origin_requests": "requests that reach the origin",
    "origin_load_factor": "load of the origin over its load without the cache",
    "mean_latency": "mean latency of all requests: hit_ratio * hit_time + (1 - hit_ratio) * miss_time",
    "month_price": "price of the misses of a month: of 30 days, in the currency of miss_price",
}
_SIZES = ("hit_ratio", "best_hit_ratio", "memory", "origin_requests", "mean_latency", "month_price")

COMMAND = Command(
    name="cache hit",
    summary="The hit ratio of a cache (LRU, LFU, TTL), the size for a hit ratio, and the load that reaches the origin.",
    fields=(
        COUNTS,
        Field("columns", TEXT, "which columns of files to use, as ROLE=HEADING; roles: object, count",
              "object=path,count=hits"),
        Field("items", COUNT, "number of objects, with zipf instead of counts", "100k", 1, 10**12),
        Field("zipf", NUMBER, "exponent of Zipf's law: the request share of rank r falls as 1 / r ** zipf", "0.8", 0, 5,
              takes_interval=True, aliases=("alpha",)),
        Field("hit_ratio", RATIO, "measured hit ratio, instead of counts or items", "90%", 0, 1),
        Field("capacity", COUNT, "objects that the cache holds, or several sizes to compare", "5000", 1, 10**12,
              max_items=MAX_ITEMS, aliases=("size",)),
        Field("memory", SIZE, "size of the cache, with object_size instead of capacity", "2GiB", 1, 1e18),
        Field("target_hit_ratio", RATIO, "hit ratio to reach: shows the smallest capacity", "90%", 1e-6, 0.9999999,
              aliases=("target",)),
        Field("ttl", DURATION, "time after which an object leaves the cache, instead of capacity", "5min", 1e-3,
              366 * 86400),
        choice_field("policy", "which objects leave the cache", ("lru", "lfu"), "lru"),
        Field("object_size", SIZE, "mean size of an object, for the memory", "20kB", 1, 1e15),
        Field("requests", RATE, "requests to the cache, for the load of the origin", "1200/s", 1e-9, 1e12),
        Field("hit_time", DURATION, "latency of a hit", "1ms", 0, 3600),
        Field("miss_time", DURATION, "latency of a miss, all in all", "20ms", 0, 3600),
        Field("miss_price", NUMBER, "price of a million requests to the origin", "0.40", 0, 1e9),
    ),
    run=run,
    formula="LRU: sum of p_i (1 - exp(-p_i t)), where sum of (1 - exp(-p_i t)) = capacity; LFU: the largest p_i; "
    "TTL: sum of p_i m_i / (1 + m_i), m_i = p_i * requests * ttl",
    source="Che, Tung and Wang 2002, doi 10.1109/JSAC.2002.801752; Fricker, Robert and Roberts 2012, arXiv 1202.3974; "
    "King 1971 (exact for few objects); Fofack et al. 2014, doi 10.1016/j.comnet.2014.03.006 (TTL)",
    example={"counts": "home:900,cart:300,search:120,help:12", "capacity": "2", "requests": "1200/s",
             "hit_time": "1ms", "miss_time": "20ms"},
    results=_RESULTS,
    tables={"sizes": {name: _RESULTS[name] for name in _SIZES}},
    formats={"svg": Format((".svg",), curve)},
)  # fmt: skip
