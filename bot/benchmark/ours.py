"""The measurements of our own product: turn, throughput, linking, publish, start, memory, forms, training, PDF."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bot import stack
from bot.benchmark.filling import forms_on_the_page
from bot.benchmark.growth import linking_by_records, turns_by_session_length
from bot.benchmark.load import drive


def training(var: Path) -> dict[str, float]:
    """Seconds to train from nothing, in a process of its own as ``serve`` does it, its start included."""
    started = time.perf_counter()
    variables = {**os.environ, "MOTCUA_VAR": str(var), "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-m", "bot", "train", "--force"], env=variables, check=True, capture_output=True)
    return {"seconds": round(time.perf_counter() - started, 1)}


def memory_mb(pid: int) -> float:
    """Memory of a process and its children in MB; shared pages counted once (PSS)."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return round(sum(process.memory_full_info().pss for process in processes) / 1e6, 1)


def product(var: Path) -> dict[str, Any]:
    """Start to first answer, turn times, throughput, publish, memory: over the REST channel of the real product."""
    begun = time.perf_counter()
    with stack.running(var) as running:
        running.say("làm giấy khai sinh cho con cần giấy tờ gì", "first")
        first_answer = time.perf_counter() - begun
        url = f"{running.base}/webhooks/rest/webhook"
        asyncio.run(drive(url, 2, 3))  # warm
        one, misplaced_one = asyncio.run(drive(url, 1, 12))
        sixteen, misplaced = asyncio.run(drive(url, 16, 6))
        return {
            "start_to_first_answer_s": round(first_answer, 1),
            "one_sender": msgspec.to_builtins(one),
            "sixteen_senders": msgspec.to_builtins(sixteen),
            "replies_out_of_place": misplaced_one + misplaced,
            "by_session_length_ms": turns_by_session_length(url),
            "publish_to_changed_answer_s": publish(running),
            "memory_mb": memory_mb(running.process.pid),
            "filling": forms_on_the_page(running),
        }


def publish(running: stack.Stack) -> float:
    """Seconds from publishing a fee to the first answer that shows it."""
    from procedures_kb.store import Store

    store = Store(running.var / "kb.sqlite")
    procedure = store.get("2.000635").procedure
    assert procedure is not None
    fees = [msgspec.structs.replace(fee, amount=8_765) if fee.amount == 8_000 else fee for fee in procedure.fees]
    started = time.perf_counter()
    store.publish(msgspec.structs.replace(procedure, fees=fees), "bench", "bench")
    while "8.765" not in running.say("phí xin trích lục khai sinh bao nhiêu tiền", uuid.uuid4().hex)[0]["text"]:
        if time.perf_counter() - started > 10:
            raise RuntimeError("the published fee was not seen within 10 s")
    seconds = time.perf_counter() - started
    store.publish(procedure, "bench", "put back")
    store.close()
    return round(seconds, 3)


def linking(var: Path, rows: list[str]) -> dict[str, Any]:
    """Milliseconds of one look-up (normalising included) over the knowledge base in ``var``, and seconds to build."""
    from bot.nlu.link_document import document
    from bot.nlu.link_index import LinkIndex
    from bot.nlu.normalise import normalise
    from bot.nlu.ranking import link
    from procedures_kb.store import Store

    store = Store(var / "kb.sqlite")
    documents = [document(entry) for entry in store.entries()]
    started = time.perf_counter()
    index = LinkIndex(documents)
    built = time.perf_counter() - started
    times = []
    for text in rows:
        normalise.cache_clear()
        begun = time.perf_counter()
        link(index, normalise(text))
        times.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(times, n=100)
    store.close()
    del index
    return {
        "by_records": linking_by_records(documents, rows[:100]),
        "records": len(documents),
        "build_s": round(built, 2),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(cuts[94], 2),
    }


def pdf() -> dict[str, float]:
    """Milliseconds of the filled form, 95th percentile of 40."""
    from bot.submissions.documents import form_pdf
    from bot.submissions.store import Content, Draft
    from procedures_kb.form_model import forms

    form = forms()["xac_nhan_tinh_trang_hon_nhan"]
    values = {field.id: field.options[0].value if field.options else "Nguyễn Thị Mai" for field in form.fields}
    values["ngay_sinh"] = dt.date(1995, 1, 3).isoformat()
    draft = Draft(
        id="bench", procedure=form.procedure, form=form.id, state="submitted", channel="web", release=1, created_at="",
        expires_at="", content=Content(values=values), reference="BENCH123",
    )  # fmt: skip
    times = []
    for _ in range(40):
        started = time.perf_counter()
        form_pdf(draft, form, "http://localhost")
        times.append((time.perf_counter() - started) * 1000)
    return {"p95_ms": round(statistics.quantiles(times, n=100)[94], 1)}
