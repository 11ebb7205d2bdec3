"""Facts as Vietnamese sentences: complete without a screen (Zalo, screen readers), one block per aspect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procedures_kb.model import Procedure

CHANNELS = {"in_person": "nộp trực tiếp", "online": "nộp trực tuyến", "post": "gửi bưu điện"}
UNITS = {"hour": "giờ", "day": "ngày", "working_day": "ngày làm việc"}
UNSURE = " (cần hỏi lại)"
HEADINGS = {
    "overview": "",
    "documents": "Giấy tờ",
    "fee": "Lệ phí",
    "duration": "Thời gian giải quyết",
    "place": "Nơi nộp",
    "steps": "Các bước",
    "eligibility": "Điều kiện",
    "form": "Tờ khai, mẫu đơn",
    "result": "Kết quả",
    "legal_basis": "Căn cứ pháp lý",
    "online": "Làm trực tuyến",
}


def day(value: str | dt.date) -> str:
    """ "2026-12-31" → "31/12/2026"."""
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{date:%d/%m/%Y}"


def money(amount: int) -> str:
    """8000 → "8.000 đồng"."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def _mark(fact: dict[str, Any]) -> str:
    return UNSURE if fact.get("confidence", "checked") != "checked" else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def copies(component: dict[str, Any]) -> str:
    """ "1 bản chính, 2 bản sao", or nothing for what is only shown."""
    parts = []
    if component["originals"]:
        parts.append(f"{component['originals']} bản chính")
    if component["copies"]:
        parts.append(f"{component['copies']} bản sao")
    return ", ".join(parts)


def component_line(component: dict[str, Any]) -> str:
    """One paper of the list, with how many and when it is needed."""
    line = component["name"]
    details = [copies(component)] if copies(component) and component["kind"] != "present" else []
    if component.get("channels"):
        details.append("khi " + ", ".join(CHANNELS[c] for c in component["channels"]))
    if component.get("condition"):
        details.append(component["condition"])
    return f"{line} ({'; '.join(details)})" if details else line


def documents(facts: dict[str, Any], case_labels: dict[str, str]) -> str:
    """The checklist: hand in, show, need not bring and why; then what single cases add."""
    items = facts["items"]
    lines: list[str] = []
    groups = [
        ("Nộp:", [c for c in items if c["kind"] in ("form", "submit") and not c.get("waiver")]),
        ("Mang theo để xuất trình:", [c for c in items if c["kind"] == "present" and not c.get("waiver")]),
    ]
    for title, members in groups:
        if members:
            lines.append(title)
            lines.extend(f"- {component_line(c)}{_mark(c)}" for c in members)
    waived = [c for c in items if c.get("waiver")]
    if waived:
        lines.append("Không phải nộp nếu cơ sở dữ liệu đã có:")
        for component in waived:
            waiver = component["waiver"]
            lines.append(f"- {component['name']}: đã có trong {waiver['database']}. {_sentence(waiver['fallback'])}")
    for case, extra in facts.get("by_case", {}).items():
        names = ", ".join(c["name"] for c in extra)
        lines.append(f"Nếu {lower_first(case_labels.get(case, case))}: thêm {names}.")
    return "\n".join(lines) if lines else "Không phải nộp giấy tờ nào."


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def fee_line(fee: dict[str, Any]) -> str:
    """One fee with channel, amount, end date and legal basis."""
    channels = fee.get("channels") or []
    where = (
        ""
        if len(channels) in (0, 3) or "nộp tr" in fee["label"]
        else " khi " + ", ".join(CHANNELS[c] for c in channels)
    )
    match fee["rule"]:
        case "free":
            amount = "không mất phí"
        case "included":
            amount = "đã tính trong khoản khác"
        case "city_council" if fee.get("amount") is None:
            amount = "theo nghị quyết của Hội đồng nhân dân thành phố; em chưa có mức chắc chắn, anh/chị hỏi 1022 hoặc tại quầy"
        case _:
            amount = f"{money(fee['amount'])}/{fee.get('unit', 'hồ sơ')}"
    until = f", đến hết {day(fee['effective_to'])}" if fee.get("effective_to") else ""
    condition = f" ({fee['condition']})" if fee.get("condition") else ""
    note = f" {_sentence(fee['note'])}" if fee.get("note") else ""
    return f"{fee['label']}{where}{condition}: {amount}{until}.{note} Căn cứ: {fee['legal_basis']}.{_mark(fee)}"


def fees(facts: dict[str, Any], case_labels: dict[str, str]) -> str:
    lines = [f"- {fee_line(fee)}" for fee in facts["items"]]
    for case, extra in facts.get("by_case", {}).items():
        lines.extend(f"- Nếu {lower_first(case_labels.get(case, case))}: {lower_first(fee_line(fee))}" for fee in extra)
    lines += [f"- {exemption_line(exemption)}" for exemption in facts.get("exemptions", [])]
    return "\n".join(lines)


def exemption_line(exemption: dict[str, Any]) -> str:
    """Who pays less or nothing, and by what law."""
    less = "Không phải nộp" if exemption["percent"] == 100 else f"Được giảm {exemption['percent']}%"
    note = f" {_sentence(exemption['note'])}" if exemption.get("note") else ""
    return f"{less}: {', '.join(exemption['who'])}.{note} Căn cứ: {exemption['legal_basis']}.{_mark(exemption)}"


def due_line(due: dict[str, Any]) -> str:
    """When the result is due for a dossier handed in now, with what moved the day."""
    when = f"{due['at']} " if due.get("at") else ""
    why = f" ({' '.join(due['steps'])})" if due["steps"] else ""
    condition = f", {due['condition']}" if due.get("condition") else ""
    return f"Nếu nộp bây giờ{condition}: hạn trả {when}{due['day']}{why}."


def duration_line(fact: dict[str, Any]) -> str:
    text = "Trả kết quả trong ngày" if fact["value"] == 0 else f"{fact['value']} {UNITS[fact['unit']]}"
    if fact.get("next_day_after_15h"):
        text += "; nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo"
    if fact.get("condition"):
        text += f" ({fact['condition']})"
    return f"{text}.{_mark(fact)}"


def durations(facts: dict[str, Any], case_labels: dict[str, str]) -> str:
    lines = [duration_line(fact) for fact in facts["items"]]
    for case, extra in facts.get("by_case", {}).items():
        lines.extend(f"Nếu {lower_first(case_labels.get(case, case))}: {lower_first(duration_line(f))}" for f in extra)
    lines += [due_line(due) for due in facts.get("if_filed_now", [])]
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def _lines(values: list[str]) -> str:
    return "\n".join(f"- {value}" for value in values)


def aspect_text(aspect: str, facts: Any, case_labels: dict[str, str]) -> str:
    """The text of one aspect, without its heading; empty when nothing is known."""
    match aspect:
        case "overview":
            return str(facts["text"])
        case "documents":
            return documents(facts, case_labels)
        case "fee":
            return fees(facts, case_labels)
        case "duration":
            return durations(facts, case_labels)
        case "place":
            return _lines([
                *(f"{_sentence(p['where'])} Cơ quan giải quyết: {p['agency']}.{_mark(p)}" for p in facts if "where" in p),
                *(point_line(p) for p in facts if "point" in p),
            ])  # fmt: skip
        case "steps":
            return "\n".join(f"{number}. {step['text']}{_mark(step)}" for number, step in enumerate(facts, 1))
        case "eligibility":
            return _lines([f"{_sentence(rule['text'])}{_mark(rule)}" for rule in facts]) or "Không có điều kiện riêng."
        case "form":
            return (
                _lines([f"{f['name']}" + (f" ({f['number']})" if f.get("number") else "") for f in facts])
                or "Không có mẫu riêng."
            )
        case "result":
            return _lines([r["name"] for r in facts])
        case "legal_basis":
            return _lines([f"{t['number']}: {t['name']}" for t in facts])
        case "online":
            levels = {
                "full": "Làm trực tuyến toàn trình được",
                "partial": "Nộp trực tuyến được một phần",
                "none": "Chưa làm trực tuyến được",
            }
            return _lines([
                levels[o["level"]] + (f": {o['url']}" if o.get("url") else "") + "."
                + (f" {_sentence(o['note'])}" if o.get("note") else "") + _mark(o)
                for o in facts
            ])  # fmt: skip
        case _:
            return ""


def point_line(near: dict[str, Any]) -> str:
    """A point near the citizen: name, address, distance, whether it is open."""
    point = near["point"]
    address = f", {point['address']}" if point.get("address") else " (chưa có địa chỉ trong dữ liệu)"
    distance = f", cách khoảng {near['distance_km']:.1f} km".replace(".", ",") if near.get("distance_km") else ""
    state = (
        f" Đang mở, tới {near['until']}."
        if near["open_now"]
        else f" Đang đóng, mở lại {near['reopens']}."
        if near.get("reopens")
        else ""
    )
    note = f" {_sentence(point['note'])}" if point.get("note") else ""
    return f"Gần anh/chị: {point['name']}{address}{distance}.{state}{note}"


LONGEST_TITLE = 80  # characters of an official name that is still read as a title


def title(procedure: Procedure) -> str:
    """The official name; where it runs on for lines, what citizens call it, with the code that finds the official one."""
    if len(procedure.name) <= LONGEST_TITLE:
        return procedure.name
    return f"{procedure.short_name[:1].upper()}{procedure.short_name[1:]} (mã {procedure.code})"


def answer_text(procedure: Procedure, facts: Mapping[Any, Any], case_label: str | None) -> str:
    """The whole answer: name, a block per aspect, the source with decision and date."""
    labels = {case.id: case.label for case in procedure.cases}
    head = title(procedure) + (f" – trường hợp: {lower_first(case_label)}" if case_label else "")
    blocks = [head]
    for aspect, values in facts.items():
        body = aspect_text(aspect, values, labels)
        if body:
            heading = HEADINGS[aspect]
            blocks.append(f"{heading}:\n{body}" if heading else body)
    source = procedure.sources[0]
    blocks.append(f"Nguồn: {source.decision}, kiểm tra ngày {day(source.verified_on)}.")
    return "\n\n".join(blocks)
