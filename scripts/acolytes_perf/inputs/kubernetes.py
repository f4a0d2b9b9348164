"""Amounts of processor as Kubernetes writes them: `250m` and `0.25` cores.

Source: Kubernetes documentation, "Resource Management for Pods and Containers", section "Resource units".
"""

from __future__ import annotations

from acolytes_perf.inputs.quantity import NUMBER_PATTERN, QuantityError, split_quantity
from acolytes_perf.inputs.units import QuantityKind, Value


def read_cores(raw: object, example: str) -> float:
    """Cores, from `250m`, `0.25`, `2 cores` or `1 cpu`.

    >>> read_cores("250m", "500m")
    0.25
    """
    number, unit, number_text = split_quantity(raw, example)
    if unit in ("m", "millicores", "mcores"):
        return number / 1000
    if unit.lower() in ("", "core", "cores", "cpu", "cpus", "vcpu", "vcpus"):
        return number
    if unit in ("%", "percent"):
        raise QuantityError("is a share, but must be cores", f"{number / 100:.12g}")
    raise QuantityError("is not an amount of processor", f"{number_text}m", number_text)


def _show_cores(value: Value) -> str:
    cores = float(value)
    return f"{cores:.12g}" if cores >= 1 or not cores else f"{cores * 1000:.12g}m"


CORES = QuantityKind("cores", read_cores, _show_cores, ["string", "number"], rf"^{NUMBER_PATTERN} ?[a-z]*$")
