"""A share of the files: several machines index one archive, each its own part of it."""

from __future__ import annotations

from dataclasses import dataclass

import xxhash


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` parts, counted from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard | None:
        """Return the shard that is written as 3/8, None for an empty text. Raises ValueError."""
        if not text:
            return None
        number, _, of = text.partition("/")
        shard = cls(int(number), int(of))
        if not 1 <= shard.number <= shard.of:
            raise ValueError(f"there is no part {number} of {of}")
        return shard

    def has(self, name: str) -> bool:
        """Tell whether a file is of this part, by its name below the folder that was given.

        That is the same on every machine, whatever the folder is called there.
        """
        return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass")) % self.of == self.number - 1

    def writer(self, name: str) -> str:
        """Return how who writes this part is called, where all of them are called `name`."""
        return f"{name}-{self.number}-of-{self.of}"
