"""Configuration check of the channel: faults in words, each with its remedy."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request

from bot.settings import Settings, variable

CHECK_TIMEOUT = 5.0  # seconds per address
_NEEDED = {
    "zalo_oa_id": "the id of the official account (console of the account, page information)",
    "zalo_oa_secret": "the OA secret key of the application's webhook page, not the app secret",
    "zalo_app_secret": "the application's secret key (console, application settings)",
    "zalo_refresh_token": "a refresh token: let an administrator of the account grant the application",
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_config(settings: Settings) -> list[str]:
    """Faults of the Zalo settings, in English with the remedy; empty when the channel is off or ready.

    Connects to both of Zalo's addresses, at most 5 seconds each. Sends no token.
    """
    if not settings.zalo_app_id:
        return []
    faults = [
        f"{variable(name)} is not set: put there {what}"
        for name, what in _NEEDED.items()
        if not getattr(settings, name)
    ]
    for name in ("zalo_app_id", "zalo_oa_id"):
        value = getattr(settings, name)
        if value and not value.isdecimal():
            faults.append(f"{variable(name)} has to be digits only: copy the id, not the name")
    for name in ("zalo_api", "zalo_oauth"):
        faults.extend(_address_faults(variable(name), getattr(settings, name)))
    if not _is_loopback(settings.zalo_api) and not settings.public_url.startswith("https://"):
        faults.append(
            f"{variable('public_url')} has to be the https:// address citizens use: "
            "Zalo delivers only there, and links in replies start with it"
        )
    return faults


def _is_loopback(url: str) -> bool:
    return (urllib.parse.urlsplit(url).hostname or "") in _LOOPBACK


def _address_faults(name: str, url: str) -> list[str]:
    if not url.startswith(("https://", "http://")):
        return [f"{name} is no address: unset it, the default is Zalo's"]
    if url.startswith("http://") and not _is_loopback(url):
        return [f"{name} has to be https://: tokens travel there. Only the local stand-in may be http://"]
    try:
        urllib.request.urlopen(url, timeout=CHECK_TIMEOUT).close()
    except urllib.error.HTTPError:
        return []  # an answer, whichever: it is there
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return [f"{name} cannot be reached ({reason}): check the address, the firewall and name resolution"]
    return []
