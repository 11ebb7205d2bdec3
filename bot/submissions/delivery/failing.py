"""A case system that never answers, to watch the error path: MOTCUA_DELIVERY=failing."""

from __future__ import annotations

from bot.settings import Settings
from bot.submissions.delivery.base import NotTaken, Parcel, Progress


class Failing:
    """Always down; nothing ever arrives."""

    name = "failing"
    label = "Hệ thống thử lỗi (chỉ để xem)"
    sends = True
    follows = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @staticmethod
    def check_config(settings: Settings) -> list[str]:
        return ["MOTCUA_DELIVERY=failing: no submission ever arrives anywhere; set another one in real use"]

    async def send(self, parcel: Parcel) -> Progress:
        raise NotTaken("down")

    async def find(self, parcel: Parcel) -> Progress | None:
        raise NotTaken("down")

    async def progress(self, code: str) -> Progress | None:
        raise NotTaken("down")

    async def close(self) -> None:
        return None
