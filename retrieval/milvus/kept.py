"""What was fetched and may be asked for again. Rows of a stratum never change, so nothing kept goes stale."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The values of keys, as many as there is room for; those asked for longest ago go first."""

    def __init__(self, fetch: Callable[[Sequence[str]], Mapping[str, T]], room: int) -> None:
        """Take what brings the values of keys, those that there are."""
        self._fetch, self._room = fetch, room
        self._values: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, keys: Iterable[str]) -> dict[str, T]:
        """Return the values of those of the keys that have one, in their order.

        What is not at hand is fetched at once; what is not there may come, and is not remembered as absent.
        """
        asked = list(dict.fromkeys(keys))
        found: dict[str, T] = {}
        with self._lock:
            for key in asked:
                if key in self._values:
                    self._values.move_to_end(key)
                    found[key] = self._values[key]
        missing = [key for key in asked if key not in found]
        if missing:
            fetched = self._fetch(missing)
            found.update(fetched)
            with self._lock:
                self._values.update(fetched)
                while len(self._values) > self._room:
                    self._values.popitem(last=False)
        return {key: found[key] for key in asked if key in found}
