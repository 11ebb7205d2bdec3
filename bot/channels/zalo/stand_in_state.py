"""What the stand-in of Zalo's servers remembers, and the switches by which it misbehaves. See stand_in.py."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

FIRST_ACCESS = "stand-in-access-0"
FIRST_REFRESH = "stand-in-refresh-0"
ACCESS_LIFE = 90_000  # seconds
CODE_LIFE = 600.0  # seconds
WINDOW = 7 * 86_400.0  # seconds a message may follow the user's last act
FREE = 2 * 86_400.0  # seconds it costs nothing
RATE_WINDOW = 60.0  # seconds


class Mode(msgspec.Struct, forbid_unknown_fields=True):
    """The switches of ``POST /control/mode``; the defaults are a Zalo in good health."""

    expires_in_number: bool = False
    """``expires_in`` as a number instead of a string."""
    access_life: int = ACCESS_LIFE
    oauth_error: int = 0
    """Every token call fails with this code."""
    oauth_error_without_code: bool = False
    """Token errors carry no numeric ``error``."""
    oauth_status: int = 200
    """HTTP status of token answers; from 500 on nothing is done and the body is HTML."""
    oauth_lost_replies: int = 0
    """So many token calls rotate the pair and then drop the connection."""
    oauth_lost_requests: int = 0
    """So many token calls drop the connection without doing anything."""
    api_error: int = 0
    """Sending fails with this code..."""
    api_error_times: int = 0
    """...so many times; 0 = until switched off."""
    rate_limit: int = 4_000
    """Calls per minute before -32."""
    buttons_rejected: bool = False
    no_quota: bool = False
    slow: float = 0.0
    """Seconds before a send is answered; the message is taken at once."""
    cut_off: bool = False
    """A message is taken and the connection dropped."""
    bare_signature: bool = False
    """Signature header without ``mac=``."""
    wrong_signature: bool = False
    echo: bool = True
    """``oa_send_text`` for each message taken."""
    duplicates: int = 0
    """Further deliveries of every event."""
    subscribed: bool = True
    """Off after the retry ladder ended, as Zalo does."""
    clock_speed: float = 1.0
    """The retry ladder's pauses are divided by this."""
    deadline: float = 2.0
    """Seconds the webhook may take."""


@dataclass
class State:
    """One application with one official account."""

    app_id: str
    oa_id: str
    oa_secret: str
    app_secret: str
    webhook_url: str
    access: str = FIRST_ACCESS
    refresh: str = FIRST_REFRESH
    mode: Mode = field(default_factory=Mode)
    clock_offset: float = 0.0
    issued_at: float = field(default_factory=time.time)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)  # code → challenge, epoch seconds
    last_act: dict[str, float] = field(default_factory=dict)  # user id → epoch seconds
    followers: set[str] = field(default_factory=set)
    messages: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    token_calls: int = 0

    def now(self) -> float:
        return time.time() + self.clock_offset

    def rotate(self) -> dict[str, Any]:
        """A new pair; the old access token and refresh token die at once."""
        self.access, self.refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.issued_at = self.now()
        life = self.mode.access_life
        return {
            "access_token": self.access, "refresh_token": self.refresh,
            "expires_in": life if self.mode.expires_in_number else str(life),
        }  # fmt: skip

    def within_rate(self) -> int:
        """Count a call; how many are left this minute, below zero when over the limit."""
        now = self.now()
        self.calls = [at for at in self.calls if now - at < RATE_WINDOW]
        self.calls.append(now)
        return self.mode.rate_limit - len(self.calls)


STATE: web.AppKey[State] = web.AppKey("zalo_stand_in", State)
