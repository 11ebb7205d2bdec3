"""The same facts in a line or two: for saying it again shorter, for comparing, for two matters in one turn."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions.wording import CHANNELS, UNSURE, component_line, day, duration_line, money
from procedures_kb.facts import Aspect, facts
from procedures_kb.model import Procedure

MOST_ITEMS = 4  # of a list that is said in one line
_ONLINE = {
    "full": "làm trực tuyến toàn trình được",
    "partial": "nộp trực tuyến được một phần",
    "none": "chưa làm trực tuyến được",
}


def brief(procedure: Procedure, aspect: Aspect, on: dt.date, case: str | None) -> str:
    """One aspect in short, without its heading; empty when nothing is known."""
    held = facts(procedure, aspect, on, case)
    match aspect:
        case "overview":
            return _first_sentence(held["text"])
        case "documents":
            return _documents(held)
        case "fee":
            return _listed([_fee(fee) for fee in held["items"]]) or "tùy trường hợp"
        case "duration":
            return _listed([duration_line(item).rstrip(".") for item in held["items"]]) or "tùy trường hợp"
        case "place":
            return _listed([place["where"].rstrip(".") for place in held][:2])
        case "steps":
            return " ".join(f"({number}) {step['text']}" for number, step in enumerate(held, 1))
        case "eligibility":
            return _listed([rule["text"].rstrip(".") + _mark(rule) for rule in held]) or "không có điều kiện riêng"
        case "online":
            return _listed([_ONLINE[item["level"]] + _mark(item) for item in held])
        case "legal_basis":
            return _listed([text["number"] for text in held])
        case _:
            return _listed([item["name"] for item in held])


def _mark(fact: dict[str, Any]) -> str:
    return UNSURE if fact.get("confidence", "checked") != "checked" else ""


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0].rstrip(".")


def _listed(items: list[str]) -> str:
    items = list(dict.fromkeys(item for item in items if item))
    more = len(items) - MOST_ITEMS
    return "; ".join(items[:MOST_ITEMS]) + (f"; và {more} mục nữa" if more > 0 else "")


def _documents(held: dict[str, Any]) -> str:
    needed = [c for c in held["items"] if not c.get("waiver")]
    submit = [component_line(c) + _mark(c) for c in needed if c["kind"] in ("form", "submit")]
    show = [c["name"] + _mark(c) for c in needed if c["kind"] == "present"]
    parts = [f"nộp {'; '.join(submit)}"] if submit else []
    parts += [f"mang theo {'; '.join(show)}"] if show else []
    return ". ".join(part[:1].upper() + part[1:] for part in parts) or "Không phải nộp giấy tờ nào"


def _fee(fee: dict[str, Any]) -> str:
    match fee["rule"]:
        case "free":
            amount = "không mất phí"
        case "included":
            return ""
        case "city_council" if fee.get("amount") is None:
            amount = "theo nghị quyết của Hội đồng nhân dân thành phố, em chưa có mức chắc chắn"
        case _:
            amount = f"{money(fee['amount'])}/{fee.get('unit', 'hồ sơ')}"
    channels = fee.get("channels") or []
    details = [", ".join(CHANNELS[c] for c in channels)] if len(channels) in (1, 2) else []
    details += [fee["condition"]] if fee.get("condition") else []
    until = f" đến hết {day(fee['effective_to'])}" if fee.get("effective_to") else ""
    shown = f" ({'; '.join(details)})" if details else ""
    return f"{amount}{until}{shown}{_mark(fee)}"
