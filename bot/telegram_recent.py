"""The last keys seen, so many of them: what came a moment ago is known again."""

from __future__ import annotations

from collections import OrderedDict

_REMEMBERED = 4096  # Telegram repeats an update soon or not at all


class Recent:
    """A set of bounded size; what was added first goes first."""

    def __init__(self) -> None:
        self._keys: OrderedDict[int | str, None] = OrderedDict()

    def __contains__(self, key: int | str) -> bool:
        return key in self._keys

    def add(self, key: int | str) -> bool:
        """Remember `key`, and tell whether it is new."""
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        return True
