"""What takes long to make and is asked for again, kept in the memory of one process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Kept(Generic[Key, Thing]):
    """Things by their keys; those that nobody asked for the longest go first, the last one stays.

    ``most``: how much is kept; ``size``: how much of that a thing is, 1 where none is given.
    """

    def __init__(self, most: int, size: Callable[[Thing], int] | None = None) -> None:
        self._most, self._size = most, size
        self._things: OrderedDict[Key, tuple[Hashable, Thing]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: Key, make: Callable[[], Thing], *, state: Hashable = None) -> Thing:
        """The thing of this key; made where there is none, or where it is of another state.

        While it is made nobody has to wait; two who ask for it at once may both make it.
        """
        with self._lock:
            known = self._things.get(key)
            if known is not None and known[0] == state:
                self._things.move_to_end(key)
                return known[1]
        made = make()
        with self._lock:
            self._things[key] = (state, made)
            self._things.move_to_end(key)
            while len(self._things) > 1 and self._kept() > self._most:
                self._things.popitem(last=False)
        return made

    def _kept(self) -> int:
        if self._size is None:
            return len(self._things)
        return sum(self._size(one) for _state, one in self._things.values())
