"""Hours in which nobody is to be disturbed, as people write them: 22-7, 22:30-07:15. Pure: time is given.

Only the clock on the wall of the zone counts, so that a change of summer time or of the machine's clock can
at worst move a message by what it moves the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

_HOURS = re.compile(
    r"(\d{1,2})(?:[:：.](\d{2}))?(?:点|點)?\s*(?:-|–|—|~|～|至|到)\s*(\d{1,2})(?:[:：.](\d{2}))?(?:点|點)?"
)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, over midnight where that is the earlier one."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return what `text` says, None where it names no hours, or all of the day."""
        match = _HOURS.fullmatch(text.strip())
        if not match:
            return None
        hours = int(match[1]), int(match[3])
        minutes = int(match[2] or 0), int(match[4] or 0)
        try:
            begin, end = (
                time(hour % 24 if hour == 24 else hour, minute)
                for hour, minute in zip(hours, minutes, strict=True)
            )
        except ValueError:  # 25, or 10:75
            return None
        return cls(begin, end) if begin != end else None

    def __str__(self) -> str:
        """Return them as `parse` reads them: 22:00-07:00."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def holds(self, now: datetime) -> bool:
        """Tell whether `now`, on the clock of its zone, is within them."""
        at = now.time().replace(tzinfo=None)
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def zone_named(name: str) -> tzinfo | None:
    """Return a time zone by its IANA name, None, which is the machine's own, for an empty one."""
    return ZoneInfo(name) if name else None
