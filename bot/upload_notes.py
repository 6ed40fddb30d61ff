"""Which uploads are under way, kept on disk: after a kill their senders are told what became of them."""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

_log = logging.getLogger(__name__)

_FILE_NAME = "uploads.json"


@dataclass(frozen=True, slots=True)
class Note:
    """One upload, or one undoing of it."""

    chat: int
    message: int
    """The number of our message that tells how far it has come."""
    language: str
    """A key of LANGUAGES."""
    called: str
    """By its sender; for showing only."""
    name: str = ""
    """In the inbox; empty until it is stored."""
    again: bool = False
    undo: bool = False


class Notes:
    """What is under way. For several threads; what cannot be written is logged and done without."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE_NAME
        self._lock = threading.Lock()
        self._notes: dict[tuple[int, int], Note] = {}

    def put(self, note: Note) -> None:
        """Note how far something has come."""
        with self._lock:
            self._notes[note.chat, note.message] = note
            self._write()

    def drop(self, note: Note) -> None:
        """Forget what is done."""
        with self._lock:
            if self._notes.pop((note.chat, note.message), None) is not None:
                self._write()

    def recall(self) -> list[Note]:
        """Return what another process has left unfinished, and go on from there."""
        try:
            left = [Note(**each) for each in json.loads(self._path.read_bytes())]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            _log.warning("What uploads were under way cannot be read: %s", type(error).__name__)
            return []
        with self._lock:
            self._notes = {(each.chat, each.message): each for each in left} | self._notes
        return left

    def _write(self) -> None:
        passing = self._path.with_suffix(".tmp")
        try:
            passing.parent.mkdir(parents=True, exist_ok=True)
            passing.write_text(json.dumps([asdict(each) for each in self._notes.values()]), encoding="ascii")
            os.replace(passing, self._path)
        except OSError as error:
            _log.warning("What uploads are under way cannot be noted: %s", error.strerror)
