"""Errors that a person must see: one log line per cause and hour, never with anything personal in it."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable

log = logging.getLogger(__name__)
ALARM_EVERY = 3600.0  # seconds between two lines about the same cause


class Alarms:
    """Remembers which causes were told lately."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}

    def ring(self, cause: str, message: str, *values: object) -> None:
        """Log ``message % values`` as an error unless ``cause`` was told within the hour."""
        now = self._clock()
        if now - self._told.get(cause, -ALARM_EVERY) < ALARM_EVERY:
            return
        self._told[cause] = now
        log.error(message, *values)

    def settle(self, cause: str) -> None:
        """The cause is gone; the next time it is told at once."""
        self._told.pop(cause, None)


def where(error: BaseException) -> str:
    """Type and place of an error. Its message is left out: it may quote what the citizen wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"
