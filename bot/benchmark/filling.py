"""Filling a form on its page: opening a form of 60 fields, saving a field, and twenty people at once, over real sockets."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from typing import Any

import aiohttp

from bot import keys
from bot.settings import Settings
from bot.stack import Stack
from bot.submissions import filling
from bot.submissions.store import Drafts
from procedures_kb.form_model import asked_fields, forms
from procedures_kb.form_types import ROW

FORM = "ho_kinh_doanh"  # rows for trades and members make it as long as a form gets
FIELDS = 60
PEOPLE, SAVES = 20, 15
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def long_draft(drafts: Drafts, number: int) -> tuple[str, str, list[str]]:
    """A consented draft with at least FIELDS fields asked: its id, a one-time link's token, its text fields."""
    form = forms()[FORM]
    draft = drafts.offer(form.procedure, form.id, 1, f"bench-{number}", "web")
    drafts.consent(draft, "web")
    repeats = [group.repeat.id for group in form.groups if group.repeat]
    while len(asked_fields(form, draft.content.values)) < FIELDS:
        before = len(asked_fields(form, draft.content.values))
        for repeat in repeats:
            filling.add_row(form, draft.content, repeat)
        if len(asked_fields(form, draft.content.values)) == before:
            break
    drafts.save(draft, "citizen", "filled")
    fields = [f.id for f in asked_fields(form, draft.content.values) if f.type == "text" and ROW not in f.id]
    return draft.id, drafts.make_link(draft.id), fields


async def _use_link(session: aiohttp.ClientSession, address: str, csrf: str) -> str:
    """The draft's page. One address may use twenty links a minute: the rest wait, outside what is timed."""
    while True:
        async with session.post(address, data={"csrf": csrf}) as response:
            page = await response.text()
        if response.status == 200:
            return page
        assert response.status == 429, response.status
        await asyncio.sleep(2)


async def _person(base: str, draft: str, token: str, fields: list[str], times: dict[str, list[float]]) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(f"{base}/ho-so/mo/{token}") as response:
            csrf = _CSRF.search(await response.text())
        assert csrf, "no link page"
        page = await _use_link(session, f"{base}/ho-so/mo/{token}", csrf[1])
        csrf = _CSRF.search(page)
        assert csrf, "no form"
        for _ in range(3):
            started = time.perf_counter()
            async with session.get(f"{base}/ho-so/{draft}") as response:
                shown = await response.text()
            assert response.status == 200 and fields[-1] in shown, response.status
            times["open"].append((time.perf_counter() - started) * 1000)
        for number in range(SAVES):
            body = {
                "csrf": csrf[1],
                "field": fields[number % len(fields)],
                "value": f"Nguyễn Thị Mai {number}",
                "seen": "",
            }
            started = time.perf_counter()
            async with session.post(f"{base}/ho-so/{draft}/o", data=body) as response:
                answer = await response.json()
            times["save"].append((time.perf_counter() - started) * 1000)
            assert response.status == 200 and not answer["closed"], answer


def forms_on_the_page(running: Stack) -> dict[str, Any]:
    """Milliseconds (95th percentile) of opening and saving, for one person and for PEOPLE at once."""
    settings = Settings(var=running.var)
    drafts = Drafts(settings.submissions_path, keys.load(settings))
    made = [long_draft(drafts, number) for number in range(PEOPLE + 1)]
    form = forms()[FORM]
    asked = len(asked_fields(form, drafts.get(made[0][0]).content.values))
    alone: dict[str, list[float]] = {"open": [], "save": []}
    together: dict[str, list[float]] = {"open": [], "save": []}

    async def all_at_once() -> None:
        await asyncio.gather(*(_person(running.base, *one, together) for one in made[1:]))

    asyncio.run(_person(running.base, *made[0], alone))
    time.sleep(60)  # until all twenty links may be used at once again
    started = time.perf_counter()
    asyncio.run(all_at_once())
    seconds = time.perf_counter() - started
    return {
        "fields": asked,
        "open_ms": round(max(alone["open"]), 1),
        "save_p95_ms": _p95(alone["save"]),
        "people": PEOPLE,
        "together_open_p95_ms": _p95(together["open"]),
        "together_save_p95_ms": _p95(together["save"]),
        "together_saves_per_second": round(len(together["save"]) / seconds, 1),
    }


def _p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=100)[94], 1)
