"""Conversations: live objects in memory, every event encrypted on disk, long sessions restarted unnoticed.

Stock stores read and rebuild every event of a session on each turn; here a live tracker is kept for recent
conversations and only the new events of a turn are written, as one encrypted row. Senders are stored as keyed hashes.
After about ``session_events`` events the session starts anew with the same slots, so a turn's time stays bounded.
Works on SQLite and PostgreSQL alike (any SQLAlchemy address).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.keys import CannotDecrypt, Keys

LIVE = 2_000  # conversations kept as live objects; about 30 kB each
_metadata = sa.MetaData()
_turns = sa.Table(
    "turns",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("starts_session", sa.Boolean, nullable=False),
    sa.Column("written_at", sa.Float, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


class ConversationStore(TrackerStore):
    """Tracker store of the Rasa workers.

    Args:
        url: SQLAlchemy address.
        keys: the keys of the house.
        session_events: events after which a session is restarted with its slots.
    """

    def __init__(
        self, domain: Domain | None, url: str, keys: Keys, session_events: int, event_broker: EventBroker | None = None
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = sa.create_engine(url, future=True)
        if url.startswith("sqlite"):
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        _metadata.create_all(self._engine)
        self._keys, self._box = keys, keys.box("conversations")
        self._session_events = session_events
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()

    def _name(self, sender: str) -> str:
        return self._keys.digest("conversation", sender)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events of this turn, encrypted; restart the session when it has grown long."""
        _, written = self._live.get(tracker.sender_id, (None, 0))
        fresh = list(tracker.events)[written:]
        if fresh:
            self._append(tracker.sender_id, fresh)
        if len(tracker.events) > self._session_events:
            tracker = self._restarted(tracker)
        self._live[tracker.sender_id] = (tracker, len(tracker.events))
        self._live.move_to_end(tracker.sender_id)
        while len(self._live) > LIVE:
            self._live.popitem(last=False)

    def _append(self, sender: str, events: list[Event], starts_session: bool = False) -> None:
        name = self._name(sender)
        sealed = self._box.seal(msgspec.json.encode([event.as_dict() for event in events]), name)
        starts = starts_session or any(isinstance(event, SessionStarted) for event in events)
        with self._engine.begin() as connection:
            connection.execute(
                _turns.insert().values(conversation=name, starts_session=starts, written_at=time.time(), sealed=sealed)
            )

    def _restarted(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """A new session that remembers the slots; the citizen notices nothing."""
        fresh = self.init_tracker(tracker.sender_id)
        events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        events += [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None]
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        fresh.update_with_events(events, self.domain)
        self._append(tracker.sender_id, events, starts_session=True)
        return fresh

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The live tracker, or the latest session read back from disk."""
        live = self._live.get(sender_id)
        if live:
            return live[0]
        events = self.events(sender_id, latest_session_only=True)
        if not events:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        self._live[sender_id] = (tracker, len(tracker.events))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        events = self.events(conversation_id)
        return DialogueStateTracker.from_dict(conversation_id, events, self.domain.slots) if events else None

    def events(self, sender: str, latest_session_only: bool = False) -> list[dict[str, Any]]:
        """The events of a conversation as they stand on disk, oldest first."""
        name = self._name(sender)
        query = sa.select(_turns.c.sealed).where(_turns.c.conversation == name).order_by(_turns.c.id)
        if latest_session_only:
            last = (
                sa.select(sa.func.max(_turns.c.id))
                .where(_turns.c.conversation == name, _turns.c.starts_session.is_(True))
                .scalar_subquery()
            )
            query = query.where(_turns.c.id >= sa.func.coalesce(last, 0))
        with self._engine.connect() as connection:
            rows = connection.execute(query).scalars().all()
        events: list[dict[str, Any]] = []
        for sealed in rows:
            try:
                events.extend(msgspec.json.decode(self._box.open(sealed, name)))
            except CannotDecrypt:
                continue  # written with another key: the conversation begins anew instead of failing for ever
        return events

    async def keys(self) -> Iterable[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(_turns.c.conversation).distinct()).scalars())

    def history(self, sender: str, limit: int = 60) -> list[dict[str, Any]]:
        """What citizen and assistant said, oldest first, for showing the page again after a reload."""
        shown: list[dict[str, Any]] = []
        for event in self.events(sender):
            at = event.get("timestamp")
            if event["event"] == UserUttered.type_name and event.get("text"):
                said = (event.get("metadata") or {}).get("title") or event["text"]
                shown.append({"who": "citizen", "text": said, "at": at})
            elif event["event"] == BotUttered.type_name:
                data = event.get("data") or {}
                kept = {key: data[key] for key in ("buttons", "custom") if data.get(key)}
                shown.append({"who": "bot", "text": event.get("text") or "", "at": at, **kept})
        return shown[-limit:]

    def forget(self, sender: str) -> None:
        """Delete a conversation, memory and disk."""
        self._live.pop(sender, None)
        with self._engine.begin() as connection:
            connection.execute(_turns.delete().where(_turns.c.conversation == self._name(sender)))

    def forget_older_than(self, days: int) -> int:
        """Delete what nobody has touched for so many days; returns the number of rows."""
        with self._engine.begin() as connection:
            result = connection.execute(_turns.delete().where(_turns.c.written_at < time.time() - days * 86_400))
        return int(result.rowcount)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
