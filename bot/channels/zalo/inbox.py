"""Working the inbox: every user's events in order, different users at the same time, each effect once.

An event goes through two stages, each safe against a killed process: the assistant is asked and its replies are stored
(``answered``); then the replies are sent one by one. A process killed while the assistant was being asked asks again.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import msgspec

from bot.channels.base import Message, Talk, Unavailable
from bot.channels.zalo.alarms import Alarms, where
from bot.channels.zalo.client import Outcome, ZaloClient
from bot.channels.zalo.events import Event
from bot.channels.zalo.render import Rendered, chosen, render
from bot.channels.zalo.store import Row, ZaloStore
from procedures_kb.text import clean

log = logging.getLogger(__name__)

GREET = "/greet"
PERSON_QUIET = 1800.0  # seconds the assistant keeps quiet after an officer wrote in the official account's chat
GREET_AGAIN = 600.0  # seconds; following and pressing "chat" one after the other greets once
NOTICE_AGAIN = 60.0  # seconds; an album of ten pictures gets one notice
GIVE_UP_AFTER = 86_400.0  # seconds; a reply that could not be sent for a day is no answer any more
MOST_ATTEMPTS = 5  # times one event is begun, restarts included

CANNOT_READ = (
    "Ở đây em chỉ đọc được chữ, chưa xem được ảnh, tệp, ghi âm, vị trí hay nhãn dán. "
    "Anh/chị nhắn bằng chữ giúp em nhé.\nĐể giữ an toàn, anh/chị đừng gửi ảnh căn cước hay giấy tờ cá nhân qua Zalo."
)
SORRY = "Em xin lỗi, hệ thống đang bận nên em chưa trả lời được. Anh/chị nhắn lại giúp em sau ít phút nhé."

Forget = Callable[[str], Awaitable[None]]
Heard = Callable[[str, str, float], None]  # sender, the person's id with Zalo, when (epoch seconds)


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting times in seconds; tests make them short."""

    turn_waits: tuple[float, ...] = (1.0, 4.0, 10.0)
    """Pauses before the assistant is asked again when it was unavailable."""
    send_first_wait: float = 2.0
    """First pause when Zalo cannot take a message; it doubles each time."""
    send_longest_wait: float = 300.0
    send_timeout: float = 15.0
    refresh_timeout: float = 30.0
    retry_once_after: float = 1.0
    stop_grace: float = 4.0
    """How long a stopping process lets its turns end."""
    parallel_turns: int = 16


class InboxWorker:
    """One task per user that has events waiting."""

    def __init__(
        self, store: ZaloStore, client: ZaloClient, talk: Talk, alarms: Alarms, counters: Counter[str], base_url: str,
        forget: Forget | None, heard: Heard | None, pace: Pace, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store, self._client, self._talk, self._alarms, self._clock = store, client, talk, alarms, clock
        self._counters, self._base_url, self._forget, self._heard, self._pace = counters, base_url, forget, heard, pace
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self._turns = asyncio.Semaphore(pace.parallel_turns)

    def start(self) -> None:
        """Go on with what an earlier process left."""
        for user in self._store.waiting_users():
            self.wake(user)

    def wake(self, user: str) -> None:
        """Make sure that somebody works on the user's events."""
        if user not in self._tasks and not self._stopping.is_set():
            self._tasks[user] = asyncio.create_task(self._work(user))

    async def stop(self) -> None:
        """Let what is under way end, then cut it; the rest waits in the inbox for the next process."""
        self._stopping.set()
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=self._pace.stop_grace)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is worked on (tests and demos)."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def _pause(self, seconds: float) -> None:
        """Sleep. Raises CancelledError when the process stops meanwhile; the event then stays in the inbox."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
        raise asyncio.CancelledError

    async def _work(self, user: str) -> None:
        # No await stands between "nothing left" and leaving the dict, so no event can arrive unnoticed in between.
        try:
            while not self._stopping.is_set() and (row := self._store.next(user)):
                await self._handle_safely(user, row)
        except Exception as error:  # noqa: BLE001 - the store itself fails; the next event of this user tries again
            self._alarms.ring("store", "ALARM: the Zalo inbox cannot be worked: %s", where(error))
        finally:
            del self._tasks[user]

    async def _handle_safely(self, user: str, row: Row) -> None:
        if row.event is None:
            self._alarms.ring(
                "key", "ALARM: a Zalo event cannot be decrypted, it is dropped; check MOTCUA_KEY or var/key"
            )
            return self._store.done(row)
        if row.attempts >= MOST_ATTEMPTS and not row.answered and row.event.kind != "forget":  # a right, not a favour
            self._alarms.ring("attempts", "ALARM: a Zalo event was begun %d times without success", row.attempts)
            self._counters["given_up"] += 1
            return self._store.answer(row, row.event, [] if row.event.kind == "echo" else [SORRY], None)
        if not row.answered:  # sending is not counted: it has its own end, after a day
            self._store.attempt(row)
        try:
            await self._handle(user, row, row.event)
        except Exception as error:  # noqa: BLE001 - one bad event must not stop the user's later ones
            self._alarms.ring(where(error), "ALARM: a Zalo event could not be handled: %s", where(error))
            if row.answered:
                return self._store.done(row)  # its replies cannot even be read; a second look would not differ
            await self._pause(min(self._pace.send_first_wait * 2**row.attempts, self._pace.send_longest_wait))

    async def _handle(self, user: str, row: Row, event: Event) -> None:
        if event.kind == "echo":
            if event.by_person or not self._store.is_ours(event):
                self._store.person_talks(user, PERSON_QUIET)
                self._counters["person_talks"] += 1
            return self._store.done(row)
        if event.kind == "forget":
            if self._forget:
                await self._forget(sender_of(user))
            self._store.forget(user)
            return self._store.done(row)
        if not row.answered:
            if self._store.person_is_talking(user):
                self._counters["left_to_person"] += 1
                self._note(user, row, event)
                return self._store.done(row)
            rendered = await self._answer(user, event)
            self._store.answer(row, event, rendered.texts, rendered.choices)
        self._note(user, row, event)
        await self._send(user, row, event)
        self._store.done(row)

    def _note(self, user: str, row: Row, event: Event) -> None:
        """Tell whoever wants to know that this person has written; after the turn, which may have begun a draft."""
        if self._heard:
            self._heard(sender_of(user), event.user_id, row.at)

    async def _answer(self, user: str, event: Event) -> Rendered:
        """The replies to one event."""
        if event.kind == "greet":
            if self._store.said_lately(user, GREET_AGAIN):
                return Rendered([], None)
            return await self._turn(user, GREET)
        # A citizen's text must never be taken for an act of our buttons.
        text = clean(event.text).lstrip("/／⁄∕ ")
        notice: list[str] = []
        if event.kind == "media" or not text:
            if not self._store.said_lately(user, NOTICE_AGAIN, CANNOT_READ):
                notice = [CANNOT_READ]
            if not text:
                return Rendered(notice, None)
        choice = chosen(text, self._store.choices(user)) if event.kind == "text" else None
        rendered = await self._turn(user, choice.payload, choice.title) if choice else await self._turn(user, text)
        return Rendered(notice + rendered.texts, rendered.choices)

    async def _turn(self, user: str, text: str, title: str | None = None) -> Rendered:
        for pause in (*self._pace.turn_waits, None):
            try:
                async with self._turns:
                    messages: list[Message] = await self._talk.turn(sender_of(user), text, "zalo", title=title)
                return render(messages, self._base_url)
            except Unavailable:
                self._counters["unavailable"] += 1
                if pause is not None:
                    await self._pause(pause)
        return Rendered([SORRY], None)

    async def _send(self, user: str, row: Row, event: Event) -> None:
        for message in self._store.outgoing(row):
            pause = self._pace.send_first_wait
            while True:
                if self._store.person_is_talking(user):
                    return
                leaving = functools.partial(self._store.leaving, message)
                result = await self._client.send_text(event.user_id, message.text, leaving)
                self._counters[f"message_{result.outcome.value}"] += 1
                if result.outcome is not Outcome.WAIT:
                    break
                self._store.stayed(message)
                if self._clock() - row.at > GIVE_UP_AFTER:
                    self._alarms.ring("old", "ALARM: replies could not be sent to Zalo for a day; they are dropped")
                    return
                await self._pause(pause)
                pause = min(pause * 2, self._pace.send_longest_wait)
            if result.outcome is Outcome.SENT:
                self._store.settle(message, "sent", result.message_id)
            else:
                self._store.settle(message, "unknown" if result.outcome is Outcome.UNKNOWN else "dropped")
            if result.outcome is Outcome.STOP:
                return


def sender_of(user: str) -> str:
    """The name of a user in conversations."""
    return f"zalo-{user}"
