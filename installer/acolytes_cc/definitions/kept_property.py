"""A property that is computed once: ``functools.cached_property`` without its lock.

Up to Python 3.11 that lock takes as long as most of what is kept here, and each file has thirty such values. Without
it, two threads may both compute a value; they get the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Value = TypeVar("_Value")


class cached_property(Generic[_Value]):  # noqa: N801 (it replaces the one of functools)
    """Decorator of a method: its value is computed at the first use, and kept in the instance.

    >>> class Text:
    ...     @cached_property
    ...     def length(self) -> int:
    ...         print("computed")
    ...         return 4
    >>> text = Text()
    >>> text.length + text.length
    computed
    8
    """

    def __init__(self, function: Callable[[Any], _Value]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, _owner: type | None = None) -> cached_property[_Value]: ...

    @overload
    def __get__(self, instance: object, _owner: type | None = None) -> _Value: ...

    def __get__(self, instance: object, _owner: type | None = None) -> Any:
        if instance is None:
            return self
        # an attribute of the instance comes before this, which is called only once
        value = instance.__dict__[self._name] = self._function(instance)
        return value
