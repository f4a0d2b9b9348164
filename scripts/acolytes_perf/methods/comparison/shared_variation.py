"""How much the runs vary: a variance from few runs, supported by the variances of the other endpoints.

A variance from 3 or 5 runs is very uncertain, so that a test must ask for large changes. Other endpoints of the same
runs usually vary about as much. Their mean variance counts as much as the endpoint's own, which doubles the degrees of
freedom. An endpoint that varies clearly more, or clearly less, than the others is judged by its own runs alone.

Source: the idea of moderated variances in Smyth, Statistical Applications in Genetics and Molecular Biology 3(1),
2004, with a fixed weight and a test that decides whether an endpoint shares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.statistics.student_t import f_upper_tail

#: An endpoint whose variance is so unlikely among those of the others is judged by itself.
_MORE, _LESS = 0.1, 0.01


class Variance(NamedTuple):
    """An estimate of a variance, and its degrees of freedom."""

    value: float
    degrees_of_freedom: float


def pooled(variances: Sequence[Variance]) -> Variance:
    """The mean, weighted by the degrees of freedom; 0 without any.

    >>> pooled([Variance(1.0, 4), Variance(3.0, 4)])
    Variance(value=2.0, degrees_of_freedom=8)
    """
    freedom = sum(variance.degrees_of_freedom for variance in variances)
    total = sum(variance.value * variance.degrees_of_freedom for variance in variances)
    return Variance(total / freedom if freedom else 0.0, freedom)


def moderated(own: Variance, others: Sequence[Variance]) -> Variance:
    """The endpoint's variance, supported by those of the others.

    Args:
        own: of this endpoint.
        others: of the same measure of the other endpoints.

    >>> moderated(Variance(1.0, 8), [Variance(2.0, 8), Variance(4.0, 8)])
    Variance(value=2.0, degrees_of_freedom=16)
    """
    shared = pooled(others)
    weight = min(own.degrees_of_freedom, shared.degrees_of_freedom)
    if not weight or not shared.value:
        return own
    tail = f_upper_tail(own.value / shared.value, own.degrees_of_freedom, shared.degrees_of_freedom)
    if tail < _MORE or tail > 1 - _LESS:
        return own
    freedom = own.degrees_of_freedom + weight
    return Variance((own.value * own.degrees_of_freedom + shared.value * weight) / freedom, freedom)
