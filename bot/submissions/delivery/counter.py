"""The citizen brings the signed form to a counter; its slip's code and QR open the submission there. Nothing is sent."""

from __future__ import annotations

from bot.settings import Settings
from bot.submissions.delivery.base import Parcel, Progress, Refused


class Counter:
    """The default; it also is what the other ways without sending build on."""

    name = "counter"
    label = "Người dân mang tới điểm tiếp nhận"
    sends = False
    follows = False

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @staticmethod
    def check_config(settings: Settings) -> list[str]:
        return []

    async def send(self, parcel: Parcel) -> Progress:
        raise Refused("sends_nothing")

    async def find(self, parcel: Parcel) -> Progress | None:
        return None

    async def progress(self, code: str) -> Progress | None:
        return None

    async def close(self) -> None:
        return None
