"""What the stand-in of the case system remembers, and the switches by which it misbehaves. See server.py.

It never notices that it is sent the same thing twice: two requests make two dossiers. Whoever sends must take care.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from aiohttp import web

HANOI = dt.timezone(dt.timedelta(hours=7))
STATES = {
    1: "Mới đăng ký", 2: "Được tiếp nhận", 3: "Không được tiếp nhận", 4: "Đang xử lý", 5: "Yêu cầu bổ sung giấy tờ",
    6: "Yêu cầu thực hiện nghĩa vụ tài chính", 7: "Công dân yêu cầu rút hồ sơ", 8: "Dừng xử lý", 9: "Đã xử lý xong",
    10: "Đã trả kết quả",
}  # fmt: skip
BY_TIME = {1: 2, 2: 4, 4: 9, 9: 10}  # the way of a dossier with nothing wrong
Garble = Literal["", "html", "cut", "array", "twice", "deep", "huge", "no_code", "other"]


class Mode(msgspec.Struct, forbid_unknown_fields=True):
    """The switches of ``POST /control/mode``; the defaults are a case system in good health."""

    slow: float = 0.0
    """Seconds before a dossier is taken."""
    slow_after: float = 0.0
    """Seconds between taking it and answering."""
    refuse: str = ""
    """DongBoHoSoMC answers this error code and takes nothing..."""
    http: int = 0
    """...or this HTTP status, nothing taken;"""
    http_after: int = 0
    """this HTTP status although it was taken;"""
    hang_up: bool = False
    """the connection is dropped before anything is taken;"""
    hang_up_after: bool = False
    """the connection is dropped after it was taken;"""
    garble: Garble = ""
    """or the answer cannot be read although it was taken."""
    garble_look: bool = False
    """TraCuuHoSo cannot be read."""
    times: int = 0
    """The faults above hold for so many calls; 0 = until switched off."""
    session_calls: int = 0
    """A session is good for so many calls; 0 = for session_seconds only."""
    session_seconds: float = 1800.0
    no_login: bool = False
    withdrawals: bool = True
    """A request to withdraw moves the dossier to state 7; else it is only noted."""
    pace: float = 0.0
    """Seconds a dossier stays in each state on its way to 10; 0 = it moves only by /control/move."""
    working_days: int = 3
    """Promised when a dossier is taken; 0 = no day is promised."""


@dataclass
class Session:
    made_at: float
    calls: int = 0


@dataclass
class State:
    """One case system."""

    user: str
    password: str
    unit: str
    mode: Mode = field(default_factory=Mode)
    sessions: dict[str, Session] = field(default_factory=dict)
    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)  # code → dossier object
    moved_at: dict[str, float] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    logins: int = 0
    number: int = 0

    def log_in(self) -> str:
        session = secrets.token_hex(16)
        self.sessions[session] = Session(time.monotonic())
        self.logins += 1
        return session

    def knows(self, session: Any) -> bool:
        """Whether the session is good for one more call."""
        found = self.sessions.get(session) if isinstance(session, str) else None
        if found is None or time.monotonic() - found.made_at > self.mode.session_seconds:
            return False
        found.calls += 1
        return not self.mode.session_calls or found.calls <= self.mode.session_calls

    def new_code(self) -> str:
        self.number += 1
        return f"H26.1-{dt.datetime.now(HANOI):%y%m%d}-{self.number:04d}"

    def fault(self, name: str) -> Any:
        """The switch, counted down; its empty value when it is off or used up."""
        value = getattr(self.mode, name)
        if value and self.mode.times:
            self.mode.times -= 1
            if self.mode.times == 0:
                setattr(self.mode, name, type(value)())
        return value

    def moved(self, code: str) -> dict[str, Any]:
        """The dossier, after the time that has passed moved it on."""
        dossier = self.dossiers[code]
        while self.mode.pace and (following := BY_TIME.get(int(dossier["TrangThaiHoSo"]))):
            if time.monotonic() - self.moved_at[code] < self.mode.pace:
                break
            self.moved_at[code] += self.mode.pace
            dossier["TrangThaiHoSo"] = str(following)
        return dossier

    def set_state(self, code: str, number: int) -> None:
        if number not in STATES:
            raise ValueError(f"no such state: {number}")
        self.dossiers[code]["TrangThaiHoSo"] = str(number)
        self.moved_at[code] = time.monotonic()


STATE: web.AppKey[State] = web.AppKey("case_stand_in", State)
