"""An officer changes a fact and the next answer shows it, within a second, with no restart."""

from __future__ import annotations

import time
import uuid

import msgspec

from bot.stack import Stack
from procedures_kb.store import Store


def test_the_next_answer_shows_a_published_fee(product: Stack) -> None:
    sender = f"p-{uuid.uuid4().hex}"
    assert "8.000 đồng" in product.say("phí xin trích lục khai sinh bao nhiêu tiền", sender)[0]["text"]
    store = Store(product.var / "kb.sqlite")
    entry = store.get("2.000635")
    assert entry.procedure
    fees = [msgspec.structs.replace(fee, amount=8_765) if fee.amount == 8_000 else fee for fee in entry.procedure.fees]
    started = time.perf_counter()
    release = store.publish(msgspec.structs.replace(entry.procedure, fees=fees), "mai", "thử mức mới")
    answer = product.say("phí xin trích lục khai sinh bao nhiêu tiền", f"p-{uuid.uuid4().hex}")[0]
    assert "8.765 đồng" in answer["text"] and answer["custom"]["release"] == release
    assert time.perf_counter() - started < 5  # the budget of 1 s is measured by ./motcua bench
    store.publish(entry.procedure, "mai", "trả lại mức cũ")
    store.close()
