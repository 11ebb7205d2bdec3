"""Collects the bot's messages of one turn, each whole: text, buttons and custom together (design section 6)."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel


class TurnOutput(CollectingOutputChannel):
    """Stock Rasa splits one response into several messages; our answer contract keeps it as one."""

    @classmethod
    def name(cls) -> str:
        return "motcua"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        self.messages.append({"recipient_id": recipient_id, **kept})
