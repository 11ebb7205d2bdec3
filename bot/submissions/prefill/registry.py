"""The sources there are. A new one: its module, one line here, its word in ``protecting.SOURCES``."""

from __future__ import annotations

from bot.settings import Settings
from bot.submissions.prefill.base import Source
from bot.submissions.prefill.earlier import Earlier
from bot.submissions.prefill.failing import Failing
from bot.submissions.prefill.id_card import IdCard
from bot.submissions.prefill.identity import Identity

SOURCES: tuple[Source, ...] = (IdCard(), Identity(), Earlier(), Failing())


def source(name: str) -> Source:
    """Raises KeyError when there is none of that name."""
    return {each.name: each for each in SOURCES}[name]


def offered(settings: Settings) -> list[Source]:
    """The sources the page offers with these settings."""
    return [each for each in SOURCES if each.is_on(settings)]


def check_config(settings: Settings) -> list[str]:
    """Faults of every source's settings, with the remedies."""
    return [fault for each in SOURCES for fault in each.check_config(settings)]
