"""The ways of handing over there are. A new one: its module, one line here, and in ``SENDS_NOTHING`` if it sends nothing."""

from __future__ import annotations

from bot.settings import Settings
from bot.submissions.delivery.base import Delivery, Plugin
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.delivery.counter import Counter
from bot.submissions.delivery.failing import Failing
from bot.submissions.delivery.portal_link import PortalLink

PLUGINS: tuple[Plugin, ...] = (Counter, CaseSystem, PortalLink, Failing)


def make(settings: Settings) -> Delivery:
    """The way these settings choose. Raises KeyError for a name that is none; :func:`check_config` says so before."""
    return {plugin.name: plugin for plugin in PLUGINS}[settings.delivery](settings)


def check_config(settings: Settings) -> list[str]:
    """Faults of the chosen way's settings, with the remedies."""
    found = [plugin for plugin in PLUGINS if plugin.name == settings.delivery]
    if not found:
        names = ", ".join(plugin.name for plugin in PLUGINS)
        return [f"MOTCUA_DELIVERY={settings.delivery!r} is none of: {names}"]
    return found[0].check_config(settings)
