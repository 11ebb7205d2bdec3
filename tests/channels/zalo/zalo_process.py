"""A channel in a process of its own, for tests that kill it; it tells the news of ``var``'s drafts as the gateway does.

Arguments: port, var, address of the stand-in, seconds per turn, file that notes the turns.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from bot import keys
from bot.channels.base import Message
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH
from bot.gateway import deliveries
from bot.gateway.parts import DRAFTS, SETTINGS
from bot.settings import Settings
from bot.submissions.store import Drafts

port, var, zalo, pause, note = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]), Path(sys.argv[5])
turns = note.read_text().splitlines() if note.exists() else []


class Talk:
    async def turn(self, sender: str, text: str, channel: str, title: str | None = None) -> list[Message]:
        turns.append(text)
        note.write_text("".join(f"{turn}\n" for turn in turns))
        await asyncio.sleep(pause)
        return [{"text": f"Em nghe: {text}"}]


settings = Settings(
    var=var, zalo_app_id="360846524940900001", zalo_oa_id="388613280878800001", zalo_oa_secret="oa-secret-key-for-tests",
    zalo_app_secret="app-secret-for-tests", zalo_access_token=FIRST_ACCESS, zalo_refresh_token=FIRST_REFRESH,
    zalo_api=zalo, zalo_oauth=zalo,
)  # fmt: skip
app = web.Application()
house_keys = keys.load(settings)
app[DRAFTS], app[SETTINGS] = Drafts(settings.submissions_path, house_keys, "case_system"), settings
channel = ZaloChannel(settings, house_keys, Talk())
channel.add_to(app)
app.cleanup_ctx.append(deliveries.telling({"zalo": channel.announcer}))
web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)
