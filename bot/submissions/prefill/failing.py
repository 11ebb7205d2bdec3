"""A source that never answers, to watch the error path: MOTCUA_PREFILL_DEMO=1 puts it on the page."""

from __future__ import annotations

from bot.settings import Settings
from bot.submissions.prefill.base import Facts, Given, SourceDown, Way


class Failing:
    """Always down."""

    name = "failing"
    label = "Nguồn thử lỗi (chỉ để xem)"
    way: Way = "draft"

    def check_config(self, settings: Settings) -> list[str]:
        if settings.prefill_demo:
            return ["MOTCUA_PREFILL_DEMO is set: the page shows sources that always fail; unset it in real use"]
        return []

    def is_on(self, settings: Settings) -> bool:
        return bool(settings.prefill_demo)

    async def facts(self, settings: Settings, given: Given) -> Facts:
        raise SourceDown("Nguồn dữ liệu đang không trả lời. Anh/chị tự điền tiếp, hoặc thử lại sau ít phút giúp em.")
