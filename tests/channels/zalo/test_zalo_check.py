"""The configuration check names each fault and its remedy."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.channels.zalo.check import check_config
from bot.settings import Settings


def test_channel_that_is_off_has_no_faults() -> None:
    assert check_config(Settings()) == []


async def test_complete_settings_have_no_faults(world: Any) -> None:
    assert await asyncio.to_thread(check_config, world.settings()) == []


async def test_missing_setting_is_named(world: Any) -> None:
    world.changes = {"zalo_oa_secret": ""}
    faults = await asyncio.to_thread(check_config, world.settings())
    assert len(faults) == 1 and "MOTCUA_ZALO_OA_SECRET" in faults[0]


async def test_unreachable_api_is_named(world: Any) -> None:
    world.changes = {"zalo_api": "http://127.0.0.1:9"}
    faults = await asyncio.to_thread(check_config, world.settings())
    assert len(faults) == 1 and "MOTCUA_ZALO_API cannot be reached" in faults[0]


async def test_unencrypted_api_is_refused(world: Any) -> None:
    world.changes = {"zalo_api": "http://api.example", "public_url": "https://motcua.example"}
    faults = await asyncio.to_thread(check_config, world.settings())
    assert len(faults) == 1 and "https://" in faults[0]


async def test_account_name_instead_of_its_id_is_told(world: Any) -> None:
    world.changes = {"zalo_oa_id": "Một Cửa"}
    assert "digits" in (await asyncio.to_thread(check_config, world.settings()))[0]
