"""Rasa's REST channel: ``POST /webhooks/rest/webhook``, so that any Rasa client works unchanged."""

from __future__ import annotations

from typing import Any

from bot.channels.base import Message, Talk


def sender_key(sender: str) -> str:
    """REST senders live in a room of their own: nobody can speak as a web or Zalo citizen."""
    return f"rest:{sender}"


async def turn(talk: Talk, sender: str, text: str) -> list[dict[str, Any]]:
    """One message; replies in Rasa's form ``[{recipient_id, text, buttons, custom}]``."""
    messages: list[Message] = await talk.turn(sender_key(sender), text, "rest")
    return [{"recipient_id": sender, **message} for message in messages]
