"""Sending turns over real sockets and timing them."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from typing import Any

import aiohttp
import msgspec

# Guidance turns of one conversation, none of them from a test set.
CONVERSATION = [
    "chào em", "làm giấy khai sinh cho con cần giấy tờ gì", "thế lệ phí bao nhiêu", "nộp ở đâu", "mấy ngày thì xong",
    "xin giấy độc thân cần gì", "có làm trực tuyến được không", "doi can cuoc het bao nhieu tien", "phí chứng thực bản sao", "cảm ơn em",
]  # fmt: skip


class Figures(msgspec.Struct):
    """Times of turns in milliseconds, and turns per second over the whole run."""

    turns: int
    failed: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    turns_per_second: float


def figures(times: list[float], failed: int, seconds: float) -> Figures:
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return Figures(
        len(times), failed, round(statistics.median(times), 1), round(cuts[94], 1), round(cuts[98], 1),
        round(len(times) / seconds, 1),
    )  # fmt: skip


async def drive(url: str, senders: int, conversations: int) -> tuple[Figures, int]:
    """Let ``senders`` hold ``conversations`` each, turn after turn.

    Returns:
        The figures, and the number of replies that did not belong to the turn before them (lost or out of order).
    """
    times: list[float] = []
    failed = misplaced = 0

    async def hold(session: aiohttp.ClientSession) -> None:
        nonlocal failed, misplaced
        for _ in range(conversations):
            sender = uuid.uuid4().hex
            for number, text in enumerate(CONVERSATION):
                started = time.perf_counter()
                async with session.post(url, json={"sender": sender, "message": text}) as response:
                    messages: list[dict[str, Any]] = await response.json()
                    ok = response.status == 200 and bool(messages)
                times.append((time.perf_counter() - started) * 1000)
                failed += not ok
                if ok and number == 2 and "custom" in messages[0]:  # the fee of what was asked one turn before
                    custom = messages[0]["custom"]
                    misplaced += custom.get("procedure", {}).get("code") != "1.001193" or custom.get("aspects") != [
                        "fee"
                    ]

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        begun = time.perf_counter()
        await asyncio.gather(*(hold(session) for _ in range(senders)))
        return figures(times, failed, time.perf_counter() - begun), misplaced
